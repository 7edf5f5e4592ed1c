"""What stood at a moment: the counts of every grid, department and area, and today's cases.

Read once, in one snapshot of the read models, from the cases as they were then (`as_of.py`).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.area_load.project import around
from projections.as_of import At, over
from projections.case_board.queries import COUNTED, STATES
from projections.case_board.queries import SQL as BOARD
from projections.department_load.queries import HANDED_IN
from projections.named import Queries
from projections.port import Reads

SQL: Final = Queries(Path(__file__).with_name("standing.sql"), BOARD.schema)
BY_GRID, BY_DEPARTMENT, BY_SCOPE = 0b011, 0b101, 0b110
"""Which of grid, department and scope a row of `loads` is not grouped by, in bits."""
LOAD: Final = ("open", "overdue", "life_safety", "closed", "total")
DUTY: Final = ("open", "overdue", "handled", "closed", "total")


class Ahead(msgspec.Struct, frozen=True):
    """An open imported case whose stated target lies ahead, and what it then counts under."""

    due: Microseconds
    grid: str | None
    department: str | None
    scope: str


class Day(msgspec.Struct, frozen=True):
    """A case's milestones that a day is counted by."""

    basis: str
    reported_at: Microseconds | None
    accepted_at: Microseconds | None
    closed_at: Microseconds | None


@dataclass(slots=True)
class Stood:
    """Counts by key, in the orders of `LOAD` and `DUTY`; `places` are the grids' scopes."""

    grids: dict[str, list[int]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    departments: dict[str, list[int]] = field(default_factory=dict)
    areas: dict[str, list[int]] = field(default_factory=dict)
    ahead: dict[UUID, Ahead] = field(default_factory=dict)


async def stood(reads: Reads, at: At) -> Stood:
    """Return the counts at a moment. Three scans of the cases as they were: some 100 ms."""
    found = Stood()
    sql, arguments = over(SQL["loads"], COUNTED, (sorted(HANDED_IN),), at)
    for row in await reads.fetch(sql, *arguments):
        _take(found, row)
    sql, arguments = over(SQL["ahead"], STATES, (at.clock,), at)
    for row in await reads.fetch(sql, *arguments):
        found.ahead[row["id"]] = Ahead(row["due"], row["grid"], row["department"], row["scope"])
    return found


def _take(found: Stood, row: Any) -> None:
    load = [row[name] for name in LOAD]
    if row["kind"] == BY_GRID and row["grid"]:
        found.grids[row["grid"]] = load
        found.places[row["grid"]] = row["place"]
    elif row["kind"] == BY_DEPARTMENT and row["department"]:
        found.departments[row["department"]] = [row[name] for name in DUTY]
    elif row["kind"] == BY_SCOPE:
        for area in around(row["scope"]):
            counts = found.areas.setdefault(area, [0] * len(LOAD))
            for index, count in enumerate(load):
                counts[index] += count


async def day_of(
    reads: Reads, at: At | None, scope: str, start: Microseconds, end: Microseconds
) -> dict[UUID, Day]:
    """Return the cases of a scope with a milestone in [start, end), as of a moment."""
    sql, arguments = over(SQL["day"], COUNTED, (start, end, *scope_range(scope)), at)
    return {
        row["id"]: Day(row["basis"], row["reported_at"], row["accepted_at"], row["closed_at"])
        for row in await reads.fetch(sql, *arguments)
    }


async def hidden_now(reads: Reads, cases: list[UUID]) -> set[UUID]:
    """Return those of some cases that are sensitive today: whatever the past told of them."""
    return {row["id"] for row in await reads.fetch(SQL["hidden"], cases)}
