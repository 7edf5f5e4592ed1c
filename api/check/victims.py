"""Who can be killed, and how: every process that lives apart, and the projector's session.

The platform is three: the application (web server, dispatcher, projector and reactors as
tasks of one process), the sealer beside it, and PostgreSQL with a backend for each session.
The projector is no process of its own; what can be killed apart is its session, in the
middle of its transaction. A backend that is killed with -9 takes every session of the
server with it: PostgreSQL trusts its shared memory no more and recovers from the WAL.
"""

import os
import random
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import asyncpg
import uvloop

from api.check.running import Running
from api.database import pidfile
from api.database.layout import Layout

PROJECTOR: Final = "quanke projections"
_SESSIONS: Final = """
select application_name, pid from pg_stat_activity
 where backend_type = 'client backend' and pid <> pg_backend_pid()
   and application_name like 'quanke %'
 order by application_name, backend_start
"""

Kill = Callable[[Running, Layout, random.Random], str]
"""Kills one and says in a word or two what it was."""


class NotThere(Exception):
    """Who was to be killed does not run: the check would prove nothing."""


def kill_app(platform: Running, _layout: Layout, _chance: random.Random) -> str:
    """Kill the application; PostgreSQL and the sealer end with it."""
    platform.kill()
    return "app"


def kill_postgres(layout: Layout) -> None:
    """Kill the postmaster and every child of it with -9."""
    postmaster = _postmaster(layout)
    children = _children(postmaster)
    for pid in (postmaster, *children):
        _signal(pid, signal.SIGKILL)


def _kill_postmaster(_platform: Running, layout: Layout, _chance: random.Random) -> str:
    kill_postgres(layout)
    return "postmaster"


def kill_sealer(platform: Running, _layout: Layout, _chance: random.Random) -> str:
    """Kill the sealer's process."""
    found = sealer_of(platform)
    if found is None:
        raise NotThere("no sealer runs beside the platform")
    _signal(found, signal.SIGKILL)
    return "sealer"


def cut_projector(_platform: Running, layout: Layout, _chance: random.Random) -> str:
    """End the projector's session, whatever it is in the middle of."""
    sessions = dict(uvloop.run(_sessions(layout)))
    if PROJECTOR not in sessions:
        raise NotThere("the projector has no session")
    _signal(sessions[PROJECTOR], signal.SIGTERM)
    return "projector"


def kill_backend(_platform: Running, layout: Layout, chance: random.Random) -> str:
    """Kill one backend of the platform's with -9, whichever chance says."""
    sessions = uvloop.run(_sessions(layout))
    if not sessions:
        raise NotThere("the platform has no session")
    name, pid = chance.choice(sessions)
    _signal(pid, signal.SIGKILL)
    return f"backend ({name.removeprefix('quanke ')})"


VICTIMS: Final[Mapping[str, Kill]] = {
    "app": kill_app,
    "backend": kill_backend,
    "sealer": kill_sealer,
    "postmaster": _kill_postmaster,
    "projector": cut_projector,
}
ENDING: Final = frozenset({"app", "postmaster"})
"""With these the platform ends, and somebody has to start it again; the others it outlives."""


def sealer_of(platform: Running) -> int | None:
    """Return the process id of the sealer beside a platform; None while there is none."""
    for pid in _children(platform.pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            continue  # it has just ended
        if words[3:5] == [b"api", b"sealer"]:
            return pid
    return None


async def _sessions(layout: Layout) -> list[tuple[str, int]]:
    connection = await asyncpg.connect(layout.dsn(), timeout=5)
    try:
        return [tuple(row) for row in await connection.fetch(_SESSIONS)]
    finally:
        await connection.close()


def _postmaster(layout: Layout) -> int:
    found = pidfile.pid_in(layout.cluster)
    if found is None:
        raise NotThere("no server runs")
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it followed its parent, or has just ended by itself


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in found]
