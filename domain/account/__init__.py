"""Who may sign in: accounts with their roles, the keys of systems, the displays of walls.

Secrets never come here. A key's stream holds the SHA-256 of 256 random bits, from which
nothing can be told; a password is no fact of the log at all.
"""
