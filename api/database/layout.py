"""What lies where in a data directory.

    DATA/pg        the cluster                     DATA/pg.new    one half made
    DATA/s         the socket, 0700                DATA/pg.log    the server's words
    DATA/lock      who owns the directory          DATA/guests    who reads beside the owner
    DATA/keys      signing and sealing keys, never inside pg
    DATA/sealer    the key of the log's head and what it signed last: the sealer's alone
    DATA/binaries  a copy of the binaries, where the server's account can't read ours

The socket moves to a short run-time directory when its path would not fit into the
107 bytes the kernel allows.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 107
PG_PORT = 5432
SUPERUSER = "quanke"
DATABASE = "quanke"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths inside one data directory (absolute)."""

    data: Path

    @property
    def cluster(self) -> Path:
        """The cluster, owned by the server's account."""
        return self.data / "pg"

    @property
    def unfinished(self) -> Path:
        """A cluster that initdb is still making."""
        return self.data / "pg.new"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data / "pg.log"

    @property
    def lock(self) -> Path:
        """Held by the owner for as long as it lives; holds its pid and port as JSON."""
        return self.data / "lock"

    @property
    def guests(self) -> Path:
        """Held, shared, by each process that uses the owner's server."""
        return self.data / "guests"

    @property
    def binaries(self) -> Path:
        """Our copy of the binaries."""
        return self.data / "binaries"

    @property
    def socket_dir(self) -> Path:
        """The directory of the socket: DATA/s, or a short one when that is too long."""
        inside = self.data / "s"
        if len(os.fsencode(inside / f".s.PGSQL.{PG_PORT}")) <= SOCKET_PATH_LIMIT:
            return inside
        return _short_runtime_dir(self.data)

    @property
    def socket(self) -> Path:
        """The socket itself."""
        return self.socket_dir / f".s.PGSQL.{PG_PORT}"

    def dsn(self, name: str = DATABASE) -> str:
        """Return the connection string of a database on this server."""
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{SUPERUSER}@/{name}?host={host}&port={PG_PORT}"


def _short_runtime_dir(data: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    shared = "/run" if os.geteuid() == 0 else tempfile.gettempdir()
    base = os.environ.get("XDG_RUNTIME_DIR") or shared
    return Path(base) / f"quanke-{digest}"
