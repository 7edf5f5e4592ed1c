"""What may be asked of the departments' load. Dozens of rows: no paging."""

from pathlib import Path
from typing import Any, Final

import msgspec

from domain.case.values import Status
from projections.as_of import At, counting
from projections.case_board.queries import COUNTED
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "department_load"
VERSION: Final = 2
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))

HANDED_IN: Final = frozenset({Status.RESOLVED, Status.CHECKING, Status.PASSED, Status.CLOSED})


class DepartmentLoadRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The cases a department leads now or led last.

    `handled`: handed in and not sent back. `closed`: ended well. `total`: all it was given.
    """

    id: str
    open: int
    overdue: int
    handled: int
    closed: int
    total: int

    @property
    def closing_rate_bp(self) -> int | None:
        """Closed per total in basis points, rounded half up; None when nothing was given."""
        return closing_rate_bp(self.closed, self.total)


def closing_rate_bp(closed: int, total: int) -> int | None:
    """Return closed per total in basis points, rounded half up; None for a total of 0."""
    return None if total == 0 else (closed * 20_000 + total) // (2 * total)


async def every(reads: Reads, *, at: At | None = None) -> list[DepartmentLoadRow]:
    """Return all departments that lead a case or led it last, by id, as of a moment."""
    sql, arguments = every_query(at)
    return [DepartmentLoadRow(**row) for row in await reads.fetch(sql, *arguments)]


def every_query(at: At | None) -> tuple[str, tuple[Any, ...]]:
    """Return the query of all departments, and its arguments."""
    if at is None:
        return SQL["all"], ()
    return counting(SQL["all_as_of"], COUNTED, (sorted(HANDED_IN),), at)


async def one(reads: Reads, department: str) -> DepartmentLoadRow | None:
    """Return a department by id."""
    row = await reads.fetchrow(SQL["one"], department)
    return None if row is None else DepartmentLoadRow(**row)
