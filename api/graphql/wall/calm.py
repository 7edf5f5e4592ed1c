"""What a wall may tell while no life is in danger: the last danger, how it ended, how many.

A scene that waits for a danger shows what came of the one before. Anybody sees a wall, so the
rule is that of a grid in danger (`incident.py`): cases of open categories, nobody is named;
those that may not be told are counted with the rest.
"""

from collections.abc import Sequence
from statistics import median_low
from typing import Final

import strawberry

from api.graphql.as_of import Sighting
from api.graphql.place import Area, area_of
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.incident import IncidentCase, Tells, case_of, knows, steps_of
from domain.actor import Actor
from domain.case.values import Severity, Status
from domain.directory.state import AreaState
from projections.case_board import queries as board
from projections.case_board.queries import Filter
from projections.case_board.row import BoardRow

DAYS: Final = 90
LOOKED_AT: Final = 100
"""Of the newest that have ended, from which one that may be told is taken."""
ENDED: Final = (Status.CLOSED.value, Status.DECLINED.value, Status.CANCELLED.value)
"""A case that was merged goes on as another, so it has not ended."""
_DAY_US: Final = 86_400_000_000


@strawberry.type(description="The last danger to life that is over, as a wall may tell it.")
class LastDanger:
    """Instants are effective times."""

    case: IncidentCase = strawberry.field(description="The case, with its steps.")
    path: list[Area] = strawberry.field(description="The areas it lay in, the district first.")
    ended_at: Instant = strawberry.field(description="When it was closed, declined or cancelled.")


@strawberry.type(description="An area in which no life is in danger, as a wall may tell it.")
class WallCalm:
    """Everything of one snapshot of the read models."""

    position: LogPosition = strawberry.field(description="Position the values are as of.")
    days: int = strawberry.field(description="How many days back was looked.")
    ended: int = strawberry.field(
        description="Dangers to life that were reported since then and are over."
    )
    ended_at: Instant | None = strawberry.field(
        description="When the last of them was over, told or not; null when there was none."
    )
    half_over_s: int | None = strawberry.field(
        description="Half of them were over so many seconds after the report, or sooner."
    )
    last: LastDanger | None = strawberry.field(
        description="The one that ended last of those that may be told; null when there is none."
    )


async def calm(seen: Sighting, actor: Actor, area: AreaState) -> WallCalm:
    """Return what an actor's wall may tell of an area's last danger, as of a moment."""
    over = Filter(
        scope=area.scope, severity=Severity.LIFE_SAFETY.value, statuses=ENDED,
        reported_from=seen.now - DAYS * _DAY_US,
    )  # fmt: skip
    rows = await board.page(seen.reads, over, limit=LOOKED_AT, at=seen.at)
    tells = Tells(seen.platform.reference, knows=knows(actor, area.scope))
    last = max((row for row in rows if tells(row)), key=ended_at, default=None)
    latest = max(map(ended_at, rows), default=None)
    return WallCalm(
        position=LogPosition(seen.position),
        days=DAYS,
        ended=await board.count(seen.reads, over, at=seen.at),
        ended_at=None if latest is None else Instant(latest),
        half_over_s=_half_over_s(rows),
        last=None if last is None else await _told(seen, last),
    )


def ended_at(row: BoardRow) -> int:
    """Return when a case ended: the others than closed ones change no more afterwards."""
    return row.closed_at or row.updated_at


def _half_over_s(rows: Sequence[BoardRow]) -> int | None:
    spans = [ended_at(row) - row.reported_at for row in rows if row.reported_at is not None]
    return median_low(spans) // 1_000_000 if spans else None


async def _told(seen: Sighting, row: BoardRow) -> LastDanger:
    reference = seen.reference
    return LastDanger(
        case=case_of(row, reference, await steps_of(seen, row)),
        path=[area_of(area, reference) for area in reference.path(row.scope)],
        ended_at=Instant(ended_at(row)),
    )
