"""The rules one by one: pure functions that refuse or say nothing.

A guard gets state, command and facts and returns a `Rejected` with its code and what
it looked at, or None. `table/` says which guards stand before which command, and
in which order. They read; they never change anything.
"""
