"""`quanke graphiql`: build the explorer, once. Nobody who does not ask for it waits for it."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from api.cli.failure import Failed
from opscenter import EXPLORER, ROOT

FOLDER: Final = EXPLORER.parent
INSTALL: Final = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
PATIENCE_S: Final = 900.0
POLITE: Final = 15


def graphiql() -> None:
    """Build GraphiQL for `/graphiql`: from its locked packages; again only when changed."""
    print(f"graphiql: {'built' if explorer_built() else 'built already'}, at /graphiql")


def explorer_built() -> bool:
    """Build the explorer unless it stands as its sources say; whether it had to be.

    Raises Failed without npm, or when the packages can't be had or the build fails.
    """
    with (FOLDER / "package.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # one build at a time, whoever asks
        return _built()


def _built() -> bool:
    stamp, want = EXPLORER / ".stamp", sources_digest()
    if stamp.is_file() and stamp.read_text("ascii") == want:
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise Failed("npm is not on the PATH: install Node.js 20.19 or newer")
    if not (ROOT / "node_modules" / "vite").is_dir():
        _run([npm, *INSTALL], ROOT)
    _run([npm, *INSTALL], FOLDER)
    _run([npm, "run", "--silent", "build"], FOLDER)
    stamp.write_text(want, "ascii")
    return True


def sources_digest() -> str:
    """Return a digest of what the explorer is built from."""
    digest = hashlib.sha256()
    kept = [ROOT / "src" / "ui" / "session.ts", ROOT / "src" / "wall" / "icon.svg"]
    for path in sorted([*filter(Path.is_file, FOLDER.iterdir()), *kept]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
        preexec_fn=lambda: os.nice(POLITE) and None,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"{' '.join(command[1:])}: {done.stderr[-2_000:] or done.stdout[-2_000:]}")
