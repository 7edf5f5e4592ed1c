"""Peers that come from npm: installed from their lock file when a benchmark first needs them.

They are measured beside us and never shipped; nothing of the platform depends on them.
"""

import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PATIENCE_S = 300.0


def installed(name: str | Path) -> Path:
    """Return the folder of a peer's package.json, with its packages in place; below this one.

    Raises FileNotFoundError without npm, CalledProcessError when the lock can't be installed.
    """
    folder = FOLDER / name
    lock = (folder / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / ".quanke-lock"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is needed for these packages: install Node.js")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=PATIENCE_S)
    stamp.write_bytes(lock)
    return folder
