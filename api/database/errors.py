"""What can go wrong before there is a database, said so that a person can act on it.

    DatabaseError
    ├── DataDirectoryOwned   another process has it: its pid, command and port
    ├── DataDirectoryClosed  the server's account cannot enter it
    ├── NoBinaries           no PostgreSQL on this machine
    ├── WrongMajor           the directory was made by another major version
    └── ServerFailed         it did not start, or it died; the end of its log

A command prints the message alone and exits with 1.
"""


class DatabaseError(Exception):
    """Base of all; the message is meant for the terminal."""


class DataDirectoryOwned(DatabaseError):
    """Another process owns the data directory."""


class DataDirectoryClosed(DatabaseError):
    """The account the server runs as cannot enter the data directory."""


class NoBinaries(DatabaseError):
    """There is no PostgreSQL to run."""


class WrongMajor(DatabaseError):
    """The data directory belongs to another major version of PostgreSQL."""


class ServerFailed(DatabaseError):
    """PostgreSQL did not start or went away."""
