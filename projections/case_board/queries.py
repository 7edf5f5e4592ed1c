"""What may be asked of the case board. One keyset page or one index lookup each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At, States, Way, of_one, over, paged
from projections.case_board import once_had
from projections.case_board.conditions import conditions, place_of
from projections.case_board.row import BoardRow
from projections.case_facts.facts import OPEN_STATUSES
from projections.named import Queries, filled, live_schema
from projections.port import Reads
from projections.select import Select, read, where
from projections.sight import Sight
from projections.writing import columns

NAME: Final = "case_board"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
_BY_THE_CLOCK: Final = "case when {target} is null then {overdue} else {target} <= :clock end"
_COLUMNS: Final = tuple(
    (name, _BY_THE_CLOCK if name == "overdue" else f"{{{name}}}") for name in columns(BoardRow)
)
"""The board's columns as of a moment: an imported case is overdue by its clock."""
_COUNTED: Final = (
    "id", "number", "status", "open", "overdue", "category", "scope", "grid", "severity",
    "basis", "department", "departments", "reported_at", "accepted_at", "closed_at",
    "target",
)  # fmt: skip
"""What counting looks at: each column more is taken out of every row of the board."""


def _listed(row: str, names: Sequence[str] = columns(BoardRow)) -> str:
    return ", ".join(f"{read(text, row)} as {name}" for name, text in _COLUMNS if name in names)


STATES: Final = States(
    table=f"{SQL.schema}.board",
    source=f"{SQL.schema}.board n",
    now=_listed("n"),
    then=_listed("p"),
    columns=_COLUMNS,
    present=f"{SQL.schema}.board",
)
COUNTED: Final = replace(STATES, now=_listed("n", _COUNTED), then=_listed("p", _COUNTED))
"""The same for queries that only count."""


REPORTED_STATES: Final = replace(STATES, walked=":along.reported_at", latest="reported")


class Sort(StrEnum):
    """The orders a page can have; ties are broken by id."""

    REPORTED = "reported"  # newest first
    UPDATED = "updated"  # newest first
    DUE = "due"  # earliest first, only open cases with a running clock


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases; None does not filter. `number` is a prefix.

    `departments` means that any of them has a part in the case, `leads` that it leads.

    `reported_from` is inclusive, `reported_before` exclusive.
    """

    scope: str = ""
    statuses: tuple[str, ...] | None = None
    category: str | None = None
    departments: tuple[str, ...] | None = None
    leads: tuple[str, ...] | None = None
    overdue: bool | None = None
    severity: str | None = None
    number: str | None = None
    reported_from: Microseconds | None = None
    reported_before: Microseconds | None = None
    open: bool | None = None

    @property
    def parties(self) -> tuple[str, ...] | None:
        """The departments of which one is on each case: who leads a case is one of its own."""
        return self.leads if self.departments is None else self.departments

    @property
    def of_open_states(self) -> bool:
        """Whether only states are asked in which a case is open."""
        return self.statuses is not None and OPEN_STATUSES.issuperset(self.statuses)

    def walks(self, sort: Sort) -> bool:
        """Tell whether nearly all cases along a page's order are wanted: a whole district's."""
        narrow = (
            self.statuses, self.category, self.parties, self.overdue, self.severity,
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
        if sort is not Sort.REPORTED or self.rare:
            return False
        of_any_state = self.statuses is None and self.open is None
        whole = self.scope.count(".") < 2
        if self.parties is not None:  # of those it ever had
            return of_any_state and whole
        soon = wide and whole and not self.of_open_states
        return of_any_state or soon or self.number is not None

    @property
    def rare(self) -> bool:
        """Whether few cases are like it, a kind that has no index: in a township by place alone."""
        return any(one is not None for one in (self.category, self.overdue, self.severity))

    def ranges(self) -> bool:
        """Tell whether a stretch of places, numbers or times is asked: its ends tell how many."""
        stretches = (self.scope or None, self.number, self.reported_from, self.reported_before)
        return any(one is not None for one in stretches)

    def asked(self, *, walked: bool = False) -> dict[str, tuple[Any, ...]]:
        """Return the conditions that are asked (`conditions.sql`), each with its arguments.

        `walked`: of nearly all cases, in their order. A state in which a case is open has the
        indexes of what is open.
        """
        said = {
            "statuses": self.statuses, "category": self.category,
            "departments": self.parties, "leads": self.leads, "overdue": self.overdue,
            "severity": self.severity, "number": self.number,
            "reported_from": self.reported_from, "reported_before": self.reported_before,
        }  # fmt: skip
        found: dict[str, tuple[Any, ...]] = {}
        if self.scope:
            found["nearly_all" if walked else "scope"] = scope_range(self.scope)
        found |= {name: (value,) for name, value in said.items() if value is not None}
        if self.open is not None or self.of_open_states:
            found["ended" if self.open is False else "open"] = ()
        return found

    def arguments(self) -> tuple[Any, ...]:
        """Return $1..$12 of the export's query as it is written; None is not asked."""
        low, high = scope_range(self.scope) if self.scope else (None, None)
        return (
            low, high, self.statuses, self.category, self.parties, self.overdue,
            self.severity, self.number,
            self.reported_from, self.reported_before, self.open, self.leads,
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
    asked = asked_of(wanted, sort, after)
    given = tuple(chain.from_iterable(asked.values()))
    if at is None:
        return _present(tuple(asked), sort, "*"), (*given, limit)
    narrow = sight is not None and sight.narrow
    there = sight is not None and sight.scope.count(".") > 1
    walked = narrow or wanted.from_today(sort, wide=sight is None or sight.wide)
    once = after is None and (walked or not wanted.ranges())
    placed = "open" in asked or (wanted.rare and sort is not Sort.DUE)
    along = not narrow and ((sight is not None and sight.wide) or not placed)
    states = REPORTED_STATES if sort is Sort.REPORTED or narrow else STATES
    if not narrow and "open" not in asked and sort is not Sort.DUE:  # few are, and have indexes
        states = _once_had(states, wanted, tuple(asked), sight if walked else None)
    if narrow and ("open" in asked or sort is Sort.DUE):
        asked["open_or_moved"] = ()
    page = _page(tuple(asked), sort, f"{limit:d}", hidden=once)
    way = Way(once, along, walked, once and narrow, there, _sparse(wanted, sort, sight))
    return paged(page, states, given, at, sight, way)


def _sparse(wanted: Filter, sort: Sort, sight: Sight | None) -> bool:
    """Tell whether an order is walked for the few of it that are a department's.

    What is rare beside has to be looked for, and the order of what is due is short.
    """
    theirs = sight is not None and sight.units is not None and wanted.parties is None
    return theirs and sort is not Sort.DUE and not wanted.rare


def marked_query(
    wanted: Filter, sort: Sort, after: tuple[Microseconds, UUID] | None, limit: int
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of a page of the present, with the table that each row lies in."""
    asked = asked_of(wanted, sort, after)
    given = tuple(chain.from_iterable(asked.values()))
    return _present(tuple(asked), sort, "b.*, b.tableoid as lies_in"), (*given, limit)


def count_query(wanted: Filter, at: At | None, sight: Sight | None) -> tuple[str, tuple[Any, ...]]:
    """Return the query of how many there are, and its arguments."""
    asked = wanted.asked()
    text = filled(SQL["count"], {"conditions": where(conditions(tuple(asked)))})
    states = COUNTED if at is None else _once_had(COUNTED, wanted, tuple(asked))
    return over(text, states, tuple(chain.from_iterable(asked.values())), at, sight)


def asked_of(
    wanted: Filter, sort: Sort, after: tuple[Microseconds, UUID] | None
) -> dict[str, tuple[Any, ...]]:
    """Return the conditions of a page with their arguments."""
    found = wanted.asked(walked=wanted.walks(sort))
    if sort is Sort.DUE:
        found["running"] = ()
    if after is not None:
        found[f"after_{sort}"] = after
    return found


_ORDERS: Final[Mapping[Sort, tuple[str, bool]]] = {
    Sort.REPORTED: ("reported_at", True),
    Sort.UPDATED: ("updated_at", True),
    Sort.DUE: ("due_at", False),
}
"""By which column, and whether the greatest is first."""


@lru_cache(maxsize=1_024)
def _page(names: tuple[str, ...], sort: Sort, limit: str, *, hidden: bool = False) -> Select:
    key, down = _ORDERS[sort]
    return Select(conditions(names, hidden=hidden), key, down, limit)


@lru_cache(maxsize=1_024)
def _present(names: tuple[str, ...], sort: Sort, listed: str) -> str:
    """Return a page of today; how many rows is its last argument."""
    given = sum(len(one.arguments) for one in conditions(names))
    words = _page(names, sort, f"${given + 1}").words()
    return filled(SQL["page"], words | {"states": STATES.table, "listed": listed})


def _once_had(
    states: States, wanted: Filter, names: tuple[str, ...], sight: Sight | None = None
) -> States:
    """Return the cases of the departments asked for, else of those that alone are in sight."""
    if wanted.parties is not None:
        place = place_of("departments", names)
        return once_had.those(states, place, one=len(wanted.parties) == 1)
    if sight is not None and sight.units is not None:
        return once_had.those(states, ":units", one=len(sight.units) == 1)
    return states


async def count(
    reads: Reads, wanted: Filter = ALL, *, at: At | None = None, sight: Sight | None = None
) -> int:
    """Return how many cases a filter lets through, as of a moment."""
    sql, arguments = count_query(wanted, at, sight)
    return int(await reads.fetchval(sql, *arguments))


async def one(reads: Reads, case: UUID, *, at: At | None = None) -> BoardRow | None:
    """Return a case by id, as of a moment; None when there was none."""
    if at is None:
        return await _one(reads, "one", (case,), at)
    sql, arguments = of_one(STATES, "$1", (case,), at)
    row = await reads.fetchrow(sql, *arguments)
    return None if row is None else BoardRow(**row)


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
