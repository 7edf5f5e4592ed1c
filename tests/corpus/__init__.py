"""One stored record of every event version ever released: what the log may hold, for ever.

`python -m tests.corpus.write` adds what is missing and never touches what is there.
"""
