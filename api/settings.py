"""Everything that can be set, in one file: the only reader of the environment.

Each field is read from `QUANKE_<NAME>`; `DATABASE_URL` goes by the name the world knows.
Command-line flags win over both. The order for the database: `--data` given → the
embedded server there; else DATABASE_URL; else the embedded server in the default place.
"""

import hashlib
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
ROOT_DATA = Path("/var/lib/quanke")
DEFAULT_PORT = 8000


class Settings(BaseSettings):
    """The platform's settings, frozen once read."""

    model_config = SettingsConfigDict(env_prefix="QUANKE_", frozen=True, extra="ignore")

    data: Path | None = None
    database_url: Annotated[
        str | None, Field(validation_alias=AliasChoices("DATABASE_URL", "QUANKE_DATABASE_URL"))
    ] = None
    pg_bin: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_PORT
    demo: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    attachments: str | None = None
    """Where evidence pictures lie: `s3://bucket/prefix`, credentials from the usual
    `AWS_…` variables; when left out, a folder of the data directory."""
    clamd: str | None = None
    """A ClamAV daemon, `host:port` or the path of its socket, that looks at each upload."""
    registered_only: bool = True
    """Whether displays and the public may ask the screens' own documents and nothing else."""

    stock_for_all: bool = False
    """Whether anybody may force the slowest way with `X-Execution: stock`: for measuring. Without
    it administrators and auditors may; the answers of others say that they were not heard."""

    sealer: bool = True
    """Whether `run` starts a sealer beside itself."""
    sealer_dir: Path | None = None
    """Where the sealer keeps its key and its memory, if not in the data directory."""
    witnesses: Path | None = None
    """The witnesses that are to cosign, a tlog-policy file; else `witnesses` beside the key."""

    webhook_private: bool = False
    """Whether webhooks may point into our own network, and speak plain HTTP there."""

    rate_limit: bool = True
    """Whether each client has a bucket of cost that empties and fills again."""

    io_uring: bool = True
    """Whether the kernel may be asked once to send a live message to many (Linux 5.18)."""

    canary: bool | None = None
    """Whether a report of its own tries the whole way each minute: never counted, never shown.
    When left out, a city's does and the demo's does not."""

    lossy: bool = False
    """Acknowledge before the disk has it: the control of `check kill`, and nothing else."""

    oidc_issuer: str | None = None
    """The identity provider that people sign in at, such as `https://id.example/realm`."""
    oidc_client: str = "quanke"
    """The platform's own name there."""
    oidc_secret: Path | None = None
    """A file with its secret there; none for a public client."""
    oidc_groups: Path | None = None
    """A table of which group there is which role here (`api/auth/rows.py`)."""
    oidc_idle_s: int = 1_800
    """After so long without a touch of its person a session begun there ends; not on phones."""
    public_url: str | None = None
    """The platform as browsers reach it, `https://quanke.example`, behind a proxy that ends TLS."""

    proxies: str | None = None
    """Addresses or networks of the proxies before us, by commas: whom they name in
    `X-Forwarded-For` is who asks. Without it every request through one is the proxy's."""

    reserve_mb: Annotated[int, Field(ge=0)] = 256
    """Megabytes kept free on the disk of the database: with less, nothing is written."""

    @property
    def sends_canaries(self) -> bool:
        """Whether the whole way is tried each minute."""
        return not self.demo if self.canary is None else self.canary

    @property
    def data_dir(self) -> Path:
        """The data directory, absolute."""
        return Path(os.path.abspath(self.data or default_data_dir()))

    @property
    def external_dsn(self) -> str | None:
        """The database of DATABASE_URL, unless a data directory was asked for."""
        return None if self.data is not None else self.database_url

    @property
    def keys_dir(self) -> Path:
        """Signing and sealing keys, outside the database directory; 0700."""
        return self.data_dir / "keys"

    @property
    def attachments_dir(self) -> Path:
        """Sealed evidence pictures, when no object store is set; 0700."""
        return self.data_dir / "attachments"

    @property
    def sealer_keys(self) -> Path:
        """The sealer's key and memory; the platform itself never opens it."""
        return Path(os.path.abspath(self.sealer_dir or self.data_dir / "sealer"))

    @property
    def witness_policy(self) -> Path:
        """The file that names the witnesses; it need not be there."""
        return self.witnesses or self.sealer_keys / "witnesses"


def default_data_dir() -> Path:
    """Return `.quanke` in the checkout, or for root a place the server's account can enter."""
    beside = REPOSITORY / ".quanke"
    if os.geteuid() != 0 or _open_to_all(REPOSITORY):
        return beside
    digest = hashlib.sha256(os.fsencode(REPOSITORY)).hexdigest()[:8]
    return ROOT_DATA / f"{REPOSITORY.name}-{digest}"


def _open_to_all(path: Path) -> bool:
    """Tell whether any account can pass into a directory: nothing above is closed."""
    return all(layer.stat().st_mode & 0o001 for layer in (path, *path.parents))
