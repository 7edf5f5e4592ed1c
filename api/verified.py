"""When the platform was last verified: a line for each `./quanke verify`, and the newest of them.

An auditor who opens the screen wants to know this before running it anew, which costs a core
for half a minute.
"""

from typing import Any, Final

import msgspec

from api.verify import Verdict
from domain.event import Microseconds
from projections.port import Connection

_NOTE: Final = """
insert into quanke_verification (at, head, read_models, faults) values ($1, $2, $3, $4)
"""
_LATEST: Final = """
select at, head, read_models, faults from quanke_verification order by at desc limit 1
"""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What one verification found. `at` is when it ended."""

    at: Microseconds
    head: int
    read_models: int
    faults: int


async def note(connection: Connection, verdict: Verdict, at: Microseconds) -> None:
    """Write down what a verification found."""
    found = (verdict.head, len(verdict.read_models), verdict.fault_count)
    await connection.execute(_NOTE, at, *found)


async def latest(reads: Any) -> Verified | None:
    """Return the newest verification; None before the first."""
    row = await reads.fetchrow(_LATEST)
    return None if row is None else Verified(**row)
