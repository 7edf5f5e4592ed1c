"""The embedded PostgreSQL and the way to any other.

Two commands on a fresh machine need a database that nobody has installed: the
wheel's binaries under a small supervisor of our own. The wheel's own `get_server()`
leaves servers behind, trusts stale pid files and opens parents of the data directory.

    layout.py      what lies where in a data directory
    account.py     as whom the server runs when we are root
    binaries.py    whose binaries
    ownership.py   one owner per data directory, and who it is
    pidfile.py     what a killed server left behind
    cluster.py     initdb, all or nothing
    server.py      the child process: start, ready, stop
    opening.py     all of it together: own, attach or external
"""

from api.database.errors import DatabaseError, DataDirectoryOwned
from api.database.opening import Database, database, opened

__all__ = ["DataDirectoryOwned", "Database", "DatabaseError", "database", "opened"]
