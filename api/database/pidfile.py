"""What a killed server left behind.

`postmaster.pid` names a process. After a reboot, in a container or beside an unreaped
zombie that number says nothing: only a live `postgres` whose working directory is this
cluster counts. A real one is on its way out (its parent died) and is waited for.
"""

import os
import signal
import time
from pathlib import Path

import anyio

from api.database.errors import ServerFailed

LEAVING_S = 5.0
GONE_S = 60.0
POLL_S = 0.02


async def clear(cluster: Path) -> None:
    """Wait for a former server of this cluster to end, and remove a stale pid file.

    Called by the owner only. A server that does not leave within 5 s is told to.
    Raises ServerFailed when it is still there after a minute.
    """
    began = time.monotonic()
    told = False
    while running(cluster):
        waited = time.monotonic() - began
        if waited > GONE_S:
            raise ServerFailed(f"an old server (process {pid_in(cluster)}) of {cluster} won't end")
        if waited > LEAVING_S and not told:
            told = _tell(pid_in(cluster))
        await anyio.sleep(POLL_S)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def running(cluster: Path) -> bool:
    """Tell whether any live process works inside this cluster."""
    pid = pid_in(cluster)
    if pid is not None and _serves(pid, cluster):
        return True
    return any(_serves(other, cluster) for other in _processes())


def pid_in(cluster: Path) -> int | None:
    """Return the process that the pid file names."""
    try:
        first = (cluster / "postmaster.pid").read_text("ascii").splitlines()[0]
        return abs(int(first))
    except (OSError, ValueError, IndexError):
        return None


def _serves(pid: int, cluster: Path) -> bool:
    proc = Path("/proc") / str(pid)
    try:
        state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" and Path(os.readlink(proc / "cwd")) == cluster
    except (OSError, IndexError):
        return False


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _tell(pid: int | None) -> bool:
    if pid is not None:
        os.kill(pid, signal.SIGINT)
    return True
