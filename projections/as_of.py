"""Ask a read model as of an earlier moment: exactly what it would say had the log ended there.

Two axes. By *position* (and by recorded time, which is one): what was known. By *effective
time*: what had happened by then, as known now. On both, each case was in one state from one
of its events up to the next: the present state lies in the board, all earlier ones in
`case_past`. Every question is asked over the same columns, so `states` puts the two
together under the name that the question has for its table.

    at = await resolve(reads, standing, position=1_234)
    rows = await board.page(reads, wanted, at=at)

A query's text says `:states` where it means the table. Live, that is the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.case_past.queries import BLOCK
from projections.case_past.queries import SQL as PAST
from projections.named import Queries
from projections.port import Reads
from projections.reading import Standing
from projections.sight import Sight

SQL: Final = Queries(Path(__file__).with_name("as_of.sql"), PAST.schema)


class NotYet(LookupError):
    """It was asked as of a position that the read models have not reached."""


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A moment to ask as of: by position, or by effective time where `effective_at` is set.

    `position` is the last event looked at; `clock` the time by which stated targets have run
    out: the log's own there, or the effective time itself. No case that is visible here was
    reported or touched later than `bound`.
    """

    position: int
    clock: Microseconds
    bound: Microseconds
    effective_at: Microseconds | None = None

    @property
    def value(self) -> int:
        """The moment on its axis."""
        return self.position if self.effective_at is None else self.effective_at

    @property
    def name(self) -> str:
        """The moment in a word, as cursors carry it: `p1234` or `e1767225600000000`."""
        return f"p{self.position}" if self.effective_at is None else f"e{self.effective_at}"


async def resolve(
    reads: Reads,
    standing: Standing,
    *,
    position: int | None = None,
    recorded_at: Microseconds | None = None,
    effective_at: Microseconds | None = None,
) -> At:
    """Return the moment that one of the three names. Raises NotYet past the read models' head.

    A recorded time is the last position that the log had taken by then.
    """
    if effective_at is not None:
        return At(
            position=standing.position,
            clock=effective_at,
            bound=effective_at,
            effective_at=effective_at,
        )
    if recorded_at is not None:
        position = await position_at(reads, recorded_at)
    assert position is not None, "one of the three is given"
    if position > standing.position:
        raise NotYet(f"position {position} is not reached; {standing.position} is")
    clock, bound = await reads.fetchrow(SQL["place"], position, position >> BLOCK)
    return At(position=position, clock=clock, bound=bound)


async def position_at(reads: Reads, recorded_at: Microseconds) -> int:
    """Return the last position recorded by an instant, 0 for none. Twenty index look-ups."""
    return int(await reads.fetchval(SQL["position_at"], recorded_at))


@dataclass(frozen=True, slots=True)
class States:
    """A table of one read model as it was: what lies in it now, and the same of the past.

    `now` and `then` are select lists, over `source` (where `n` has the case's position and
    updated_at) and over the past `p`. `present` has today's place and departments of a case.
    """

    table: str
    source: str
    now: str
    then: str
    present: str = ""
    walked: str = "n.updated_at"
    """Never later than the bound: where a walk back in time begins."""
    unfolded: str = ""
    """What a row of the past is joined with where it stands for several."""


def over(
    text: str,
    states: States,
    arguments: Sequence[Any],
    at: At | None,
    sight: Sight | None = None,
) -> tuple[str, tuple[Any, ...]]:
    """Return a query over `:states` as of a moment, the present for None, and its arguments.

    `sight` is for the past only: the live queries have it in their filter.
    """
    if at is None:
        return _live(text, states), tuple(arguments)
    by = "position" if at.effective_at is None else "effective"
    sql, names = _earlier(text, states, by, len(arguments), sight is not None)
    seen = sight or Sight()
    low, high = scope_range(seen.scope) if seen.scope else (None, None)
    values = {
        ":at": at.value, ":clock": at.clock, ":bound": at.bound,
        ":low": low, ":high": high, ":units": seen.units,
    }  # fmt: skip
    return sql, (*arguments, *(values[name] for name in names))


_TYPES: Final = {
    ":at": "bigint", ":clock": "bigint", ":bound": "bigint",
    ":low": "text", ":high": "text", ":units": "text[]",
}  # fmt: skip


@cache
def _live(text: str, states: States) -> str:
    return text.replace(":states", states.table)


@cache
def _earlier(
    text: str, states: States, by: str, given: int, limited: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the query, and which of `_TYPES` are its arguments from `given` + 1 on.

    A page is cut from each half first, so that the present half walks its index.
    """
    now, then = f"({SQL[f'now_by_{by}']})", f"({SQL['then']})"
    _, ordered, order = text.partition("\n order by")
    if ordered and " limit " in order:
        halves = (text.replace(":states", half) for half in (now, then))
        sql = f"select * from (({') union all ('.join(halves)})) b{ordered}{order}"
    else:
        sql = text.replace(":states", f"({now} union all {then})")
    for name, value in (
        (":now", states.now),
        (":then", states.then),
        (":source", states.source),
        (":walked", states.walked),
        (":stretch", PAST["known" if by == "position" else "happened"]),
        (":seen_now", SQL["seen"].replace(":row", "n") if limited else "true"),
        (":seen_today", SQL["seen_today"].replace(":seen", SQL["seen"]) if limited else ""),
        (":present", states.present),
        (":unfolded", states.unfolded),
        (":row", "t"),
    ):
        sql = sql.replace(name, value)
    names = tuple(name for name in _TYPES if name in sql)
    for place, name in enumerate(names, start=given + 1):
        sql = sql.replace(name, f"${place}::{_TYPES[name]}")
    return sql, names
