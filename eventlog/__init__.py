"""The immutable log: append, read, follow.

Knows bytes, topics and positions, never cases. `port.py` is the contract;
`memory.py` and `postgres.py` are its two implementations and one conformance
suite runs over both. `docs/log-format.md` freezes what is written.
"""
