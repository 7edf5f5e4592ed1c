"""What may be asked of the case board. One keyset page or one index lookup each."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At, States, Way, over
from projections.case_board import once_had
from projections.case_board.row import BoardRow
from projections.case_facts.facts import OPEN_STATUSES
from projections.named import Queries, live_schema
from projections.port import Reads
from projections.sight import Sight
from projections.writing import columns

NAME: Final = "case_board"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
_COLUMNS: Final = columns(BoardRow)
_OVERDUE: Final = "case when {0}.target is null then {0}.overdue else {0}.target <= :clock end"


_COUNTED: Final = (
    "id", "number", "status", "open", "overdue", "category", "scope", "grid", "severity",
    "basis", "department", "departments", "reported_at", "accepted_at", "closed_at",
    "target",
)  # fmt: skip
"""What counting looks at: each column more is taken out of every row of the board."""


def _listed(row: str, names: Sequence[str] = _COLUMNS) -> str:
    """Return the board's columns as of a moment: an imported case is overdue by its clock."""
    return ", ".join(
        f"{_OVERDUE.format(row)} as overdue" if name == "overdue" else f"{row}.{name}"
        for name in names
    )


STATES: Final = States(
    table=f"{SQL.schema}.board",
    source=f"{SQL.schema}.board n",
    now=_listed("n"),
    then=_listed("p"),
    present=f"{SQL.schema}.board",
)
COUNTED: Final = replace(STATES, now=_listed("n", _COUNTED), then=_listed("p", _COUNTED))
"""The same for queries that only count."""
REPORTED_STATES: Final = replace(STATES, walked="n.reported_at")


class Sort(StrEnum):
    """The orders a page can have; ties are broken by id."""

    REPORTED = "reported"  # newest first
    UPDATED = "updated"  # newest first
    DUE = "due"  # earliest first, only open cases with a running clock


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases; None does not filter. `number` is a prefix, `departments` means any of them.

    `reported_from` is inclusive, `reported_before` exclusive.
    """

    scope: str = ""
    statuses: tuple[str, ...] | None = None
    category: str | None = None
    departments: tuple[str, ...] | None = None
    overdue: bool | None = None
    severity: str | None = None
    number: str | None = None
    reported_from: Microseconds | None = None
    reported_before: Microseconds | None = None
    open: bool | None = None

    @property
    def of_open_states(self) -> bool:
        """Whether only states are asked in which a case is open."""
        return self.statuses is not None and OPEN_STATUSES.issuperset(self.statuses)

    def walks(self, sort: Sort) -> bool:
        """Tell whether nearly all cases along a page's order are wanted: a whole district's."""
        narrow = (
            self.statuses, self.category, self.departments, self.overdue, self.severity,
            self.number, self.reported_before, self.open,
        )  # fmt: skip
        timed = self.reported_from is None or sort is Sort.REPORTED
        return self.scope.count(".") < 2 and timed and all(one is None for one in narrow)

    def from_today(self, sort: Sort, *, wide: bool) -> bool:
        """Tell whether a page as of a moment is soon full of today's cases in their order.

        Also of what is open or has ended, if of a whole district and under a sight of one. What
        is rarer has an index in the present, or is looked for among what stood at the moment; a
        number is a case's for good.
        """
        rare = (self.category, self.overdue, self.severity)
        if sort is not Sort.REPORTED or any(one is not None for one in rare):
            return False
        of_any_state = self.statuses is None and self.open is None
        whole = self.scope.count(".") < 2
        if self.departments is not None:  # of those it ever had
            return of_any_state and whole
        soon = wide and whole and not self.of_open_states
        return of_any_state or soon or self.number is not None

    def ranges(self) -> bool:
        """Tell whether a stretch of places, numbers or times is asked: its ends tell how many."""
        stretches = (self.scope or None, self.number, self.reported_from, self.reported_before)
        return any(one is not None for one in stretches)

    def arguments(self) -> tuple[Any, ...]:
        """Return $1..$11 of the board's list queries as they are written; None is not asked."""
        low, high = scope_range(self.scope) if self.scope else (None, None)
        return (
            low, high, self.statuses, self.category, self.departments, self.overdue,
            self.severity, self.number,
            self.reported_from, self.reported_before, self.open,
        )  # fmt: skip


ALL: Final = Filter()


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The imported cases of one source, and position and recorded time of its newest event."""

    source: str
    cases: int
    position: int
    recorded_at: Microseconds


def sort_key(row: BoardRow, sort: Sort) -> tuple[Microseconds, UUID]:
    """Return what the next page starts after."""
    values = {Sort.REPORTED: row.reported_at, Sort.UPDATED: row.updated_at, Sort.DUE: row.due_at}
    return values[sort] or 0, row.id


async def page(
    reads: Reads,
    wanted: Filter = ALL,
    sort: Sort = Sort.REPORTED,
    after: tuple[Microseconds, UUID] | None = None,
    limit: int = 50,
    *,
    at: At | None = None,
    sight: Sight | None = None,
) -> list[BoardRow]:
    """Return the next page just after a sort key, at most `limit` rows, as of a moment."""
    sql, arguments = page_query(wanted, sort, after, limit, at, sight)
    return [BoardRow(**row) for row in await reads.fetch(sql, *arguments)]


def page_query(
    wanted: Filter,
    sort: Sort,
    after: tuple[Microseconds, UUID] | None,
    limit: int,
    at: At | None,
    sight: Sight | None,
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of a page, and its arguments."""
    if at is not None and wanted.open is None and wanted.of_open_states:  # it has an index
        wanted = msgspec.structs.replace(wanted, open=True)
    said = wanted if at is None else msgspec.structs.replace(wanted, open=None)
    asked = (*said.arguments(), *(after or (None, None)), limit)
    states = REPORTED_STATES if sort is Sort.REPORTED else STATES
    text, given = _only_asked(f"page_{sort}", asked)
    walked = wanted.from_today(sort, wide=sight is None or sight.wide)
    once = after is None and (walked or not wanted.ranges())
    along = (sight is not None and sight.wide) or not wanted.open
    if at is not None:
        text, given = text.replace(f"limit ${len(given)}", f"limit {limit:d}"), given[:-1]
        text = text.replace(_ORDERED, _OPEN[wanted.open] + _ORDERED)
        if not wanted.open and sort is not Sort.DUE:  # few are, and have indexes of their own
            states = once_had.those(states, text, wanted.departments)
        text = _HIDDEN.sub(r"\1(select $\2::text[])::text[]", text) if once else text
    if wanted.scope and wanted.walks(sort):
        text = text.replace(_INSIDE, f"coalesce({_INSIDE}, false)")
    return over(text, states, given, at, sight, Way(once, along, walked))


def marked_query(
    wanted: Filter, sort: Sort, after: tuple[Microseconds, UUID] | None, limit: int
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of a page of the present, with the table that each row lies in."""
    text, arguments = page_query(wanted, sort, after, limit, None, None)
    return text.replace("select *", "select b.*, b.tableoid as lies_in", 1), arguments


def _only_asked(name: str, asked: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return a query with the conditions that are asked alone, and their arguments.

    What nobody asks costs nothing, neither a row nor when the statement is planned.
    """
    text, places = _conditioned(name, tuple(one is not None for one in asked))
    return text, tuple(asked[place] for place in places)


@lru_cache(maxsize=1_024)
def _conditioned(name: str, asked: tuple[bool, ...]) -> tuple[str, tuple[int, ...]]:
    """Return the text, and which arguments stand for its $1, $2 … in turn."""
    places: list[int] = []

    def placed(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        if place not in places:
            places.append(place)
        return f"${places.index(place) + 1}"

    def condition(found: re.Match[str]) -> str:
        return f"   and ({found[2]})\n" if asked[int(found[1]) - 1] else ""

    text = _CONDITION.sub(condition, SQL[name])
    return _ARGUMENT.sub(placed, text), tuple(places)


_ORDERED: Final = "\n order by"
_OPEN: Final = {None: "", True: "\n   and b.open", False: "\n   and not b.open"}
"""As an argument it would be hidden from the indexes of what is open, once a plan serves all."""
_HIDDEN: Final = re.compile(r"(b\.status = any\(|b\.departments && )\$(\d+)")
"""What tells the planner how many rows there may be, so that it would plan each page anew."""
_INSIDE: Final = "b.scope >= $1 and b.scope < $2"
"""Of a whole district nearly all cases are inside, where the planner takes any range for one row in
two hundred; in a coalesce it takes it for half, and walks the order's index (docs/adr/0030)."""
_CONDITION: Final = re.compile(r"^   and \(\$(\d+)::[a-z\[\]]+ is null or (.+)\)\n", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"\$(\d+)")


async def count(
    reads: Reads, wanted: Filter = ALL, *, at: At | None = None, sight: Sight | None = None
) -> int:
    """Return how many cases a filter lets through, as of a moment."""
    text, given = _only_asked("count", wanted.arguments())
    among = COUNTED if at is None else once_had.those(COUNTED, text, wanted.departments)
    sql, arguments = over(text, among, given, at, sight)
    return int(await reads.fetchval(sql, *arguments))


async def one(reads: Reads, case: UUID, *, at: At | None = None) -> BoardRow | None:
    """Return a case by id, as of a moment; None when there was none."""
    return await _one(reads, "one", (case,), at)


async def many(reads: Reads, cases: list[UUID], *, at: At | None = None) -> dict[UUID, BoardRow]:
    """Return several cases by id, as of a moment; unknown ones are left out."""
    sql, arguments = over(SQL["many"], STATES, (cases,), at)
    rows = await reads.fetch(sql, *arguments)
    return {row["id"]: BoardRow(**row) for row in rows}


async def by_number(reads: Reads, number: str, *, at: At | None = None) -> BoardRow | None:
    """Return a case by the number people know, as of a moment."""
    return await _one(reads, "by_number", (number,), at)


async def key_of(reads: Reads, number: str) -> UUID | None:
    """Return the id of the case with a number that people know, now."""
    found: UUID | None = await reads.fetchval(SQL["key_of"], number)
    return found


async def _one(reads: Reads, name: str, given: tuple[Any, ...], at: At | None) -> BoardRow | None:
    sql, arguments = over(SQL[name], STATES, given, at)
    row = await reads.fetchrow(sql, *arguments)
    return None if row is None else BoardRow(**row)


async def today(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds, *, at: At | None = None
) -> tuple[int, int]:
    """Return how many cases were reported and closed in [start, end), as of a moment."""
    sql, arguments = over(SQL["today"], COUNTED, (start, end, *scope_range(scope)), at)
    row = await reads.fetchrow(sql, *arguments)
    return row["reported"], row["closed"]


async def accept_median_s(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds, *, at: At | None = None
) -> int | None:
    """Return the median seconds from report to acceptance of cases accepted in [start, end)."""
    sql, arguments = over(SQL["accept_median"], COUNTED, (start, end, *scope_range(scope)), at)
    value = await reads.fetchval(sql, *arguments)
    return None if value is None else int(value)


async def imported(
    reads: Reads, scope: str, *, at: At | None = None, sight: Sight | None = None
) -> list[SourceRow]:
    """Return the sources of the imported cases in a scope, the newest first."""
    sql, arguments = over(SQL["imported"], STATES, scope_range(scope), at, sight)
    rows = await reads.fetch(sql, *arguments)
    return [SourceRow(**row) for row in rows]
