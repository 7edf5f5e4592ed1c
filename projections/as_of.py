"""Ask a read model as of an earlier moment: exactly what it would say had the log ended there.

Two axes. By *position* (and by recorded time, which is one): what was known. By *effective
time*: what had happened by then, as known now. On both, each case was in one state from one
of its events up to the next: the present state lies in the board, all earlier ones in
`case_past`. Every question is asked over the same columns, so `states` puts the two
together under the name that the question has for its table.

    at = await resolve(reads, standing, position=1_234)
    rows = await board.page(reads, wanted, at=at)

A query's text says `:states` where it means the table. Live, that is the table. A query that
only counts says `:moved`: the cases that wait at the moment, and those that have moved since
the counts were last kept (`earlier.py`), which it adds up with what was kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections import earlier, page_then
from projections.case_past.queries import BLOCK
from projections.case_past.queries import SQL as PAST
from projections.named import Queries
from projections.page_then import Texts
from projections.port import Reads
from projections.reading import Standing
from projections.sight import Sight

SQL: Final = Queries(Path(__file__).with_name("as_of.sql"), PAST.schema)
NEAR: Final = 64
"""So many blocks of positions are looked through for what moved; beyond, it is all counted."""


class NotYet(LookupError):
    """It was asked as of a position that the read models have not reached."""


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A moment to ask as of: by position, or by effective time where `effective_at` is set.

    `position` is the last event looked at; `clock` the time by which stated targets have run
    out: the log's own there, or the effective time itself. No case that is visible here was
    reported or touched later than `bound`. Counts kept at `base` hold nothing later than the
    moment; what moved up to it since lies in the stretches (low, high] of positions, anywhere
    after `base` where there are none.
    """

    position: int
    clock: Microseconds
    bound: Microseconds
    effective_at: Microseconds | None = None
    base: int = 0
    lows: tuple[int, ...] = ()
    highs: tuple[int, ...] = ()

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
        base, stretches = await _moved_by(reads, standing, effective_at)
        return At(
            position=standing.position,
            clock=effective_at,
            bound=effective_at,
            effective_at=effective_at,
            base=base,
            lows=tuple(low for low, _ in stretches),
            highs=tuple(high for _, high in stretches),
        )
    if recorded_at is not None:
        position = await position_at(reads, recorded_at)
    assert position is not None, "one of the three is given"
    if position > standing.position:
        raise NotYet(f"position {position} is not reached; {standing.position} is")
    clock, bound = await reads.fetchrow(SQL["place"], position, position >> BLOCK)
    at = At(position=position, clock=clock, bound=bound)
    if standing.held:
        return at
    base = earlier.last(position)
    return msgspec.structs.replace(at, base=base, lows=(base,), highs=(position,))


async def _moved_by(
    reads: Reads, standing: Standing, at: Microseconds
) -> tuple[int, list[tuple[int, int]]]:
    """Return where counts were last kept that hold nothing later than an effective time.

    And the stretches of positions after it with anything up to that time. (0, []) where it is
    less to count all: after years that were imported out of their order, and while events are
    held back from some counts.
    """
    first, blocks = await reads.fetchrow(
        SQL["waters"], at, (standing.position >> BLOCK) + 1, (earlier.EVERY >> BLOCK) + 1
    )
    base = earlier.last(max((first << BLOCK) - 1, 0))
    near = [block for block in blocks if (block + 1) << BLOCK > base + 1]
    if standing.held or len(near) > NEAR:
        return 0, []
    stretches: list[tuple[int, int]] = []
    for block in near:
        low, high = (block << BLOCK) - 1, ((block + 1) << BLOCK) - 1
        if stretches and stretches[-1][1] == low:
            stretches[-1] = (stretches[-1][0], high)
        else:
            stretches.append((max(low, base), high))
    return base, stretches


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
    among: str = ""
    """Which of `source` may be meant at all, where not all of it need be looked at."""
    along: str = "n"
    """Whose id and time of report a page is walked along."""
    unfolded: str = ""
    """What a row of the past is joined with where it stands for several."""


def over(
    text: str,
    states: States,
    arguments: Sequence[Any],
    at: At | None,
    sight: Sight | None = None,
    way: "Way | None" = None,
) -> tuple[str, tuple[Any, ...]]:
    """Return a query over `:states` as of a moment, the present for None, and its arguments.

    `sight` is for the past only: the live queries have it in their filter.
    """
    if at is None:
        return _live(text, states), tuple(arguments)
    by = "position" if at.effective_at is None else "effective"
    limited = None if sight is None else _Limits(bool(sight.scope), sight.units is not None)
    sql, names = _earlier(text, states, by, len(arguments), limited, way or WAY)
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
    ":base": "bigint", ":starts": "bigint[]", ":ends": "bigint[]",
}  # fmt: skip


MOMENT: Final = {":at", ":clock", ":bound"}


@cache
def _live(text: str, states: States) -> str:
    return text.replace(":states", states.table)


def counting(
    text: str, states: States, arguments: Sequence[Any], at: At
) -> tuple[str, tuple[Any, ...]]:
    """Return a query over `:moved` as of a moment, and its arguments.

    It also says `:base`, where counts were last kept; `:counts` of a place, and their `:sums`.
    """
    by = "position" if at.effective_at is None else "effective"
    sql, names = _since(text, states, by, len(arguments), bool(at.lows))
    values = {
        ":at": at.value, ":clock": at.clock,
        ":base": at.base, ":starts": at.lows, ":ends": at.highs,
    }  # fmt: skip
    return sql, (*arguments, *(values[name] for name in names))


@cache
def _since(
    text: str, states: States, by: str, given: int, near: bool
) -> tuple[str, tuple[str, ...]]:
    sql = text
    for name, value in (
        (":counts", SQL["counts"]),
        (":sums", SQL["sums"]),
        (":moved", f"({SQL['moved']})"),
        (":came", SQL["came_near" if near else "came"]),
        (":left", SQL[f"left_by_{by}"]),
        (":known_at_base", PAST["known"].replace(":at", ":base")),
        (":now", states.now),
        (":then", states.then),
        (":source", states.source),
        (":stretch", PAST["known" if by == "position" else "happened"]),
        (":had", SQL[f"had_by_{by}"]),
    ):
        sql = sql.replace(name, value)
    return _numbered(sql, given)


class Way(NamedTuple):
    """What is known of a page before it is planned.

    `once` hides the moment from the planner, which then finds after five times that a plan for
    any is as good as one for each, and plans no more: a third of what a page costs. `along`: of
    those in sight the order is walked, where the planner takes a range for one row in two
    hundred and would sort them. `from_today`: it is walked along today's rows (`page_then.py`).
    """

    once: bool = False
    along: bool = False
    from_today: bool = False


WAY: Final = Way()


class _Limits(NamedTuple):
    """What a sight is limited by."""

    scope: bool
    units: bool

    def of(self, row: str, *, along: bool) -> str:
        """Return the condition on a row of today."""
        said = SQL["inside"] if self.scope else "", SQL["theirs"] if self.units else ""
        text = " and ".join(one for one in said if one).replace(":row", row) or "true"
        return f"coalesce({text}, false)" if along and not self.units else text


@lru_cache(maxsize=4_096)
def _earlier(
    text: str, states: States, by: str, given: int, limits: _Limits | None, way: Way
) -> tuple[str, tuple[str, ...]]:
    """Return the query, and which of `_TYPES` are its arguments from `given` + 1 on.

    `limits` of whose sight; None for nobody's.
    """
    now, then = f"({SQL[f'now_by_{by}']})", f"({SQL['then']})"
    seen = "true" if limits is None else limits.of("n", along=way.along)
    today = "" if limits is None else limits.of("t", along=way.along)
    joined = SQL["seen_today"].replace(":seen", today) if today else ""
    paged = page_then.page(
        Texts(SQL, by, states.then.split(", ")), text, joined.replace(":past", "b"),
        from_today=states.along if way.from_today else "", unfolded=states.unfolded,
    )  # fmt: skip
    sql = paged or text.replace(":states", f"({now} union all {then})")
    for name, value in (
        (":now", states.now),
        (":then", states.then),
        (":among", states.among or states.source),
        (":source", states.source),
        (":walked", states.walked),
        (":stretch", PAST["known" if by == "position" else "happened"]),
        (":seen_now", seen),
        (":whole", f"{PAST.schema}.past"),
        (":seen_today", joined.replace(":past", "p")),
        (":present", states.present),
        (":unfolded", states.unfolded),
    ):
        sql = sql.replace(name, value)
    return _numbered(sql, given, hidden=way.once)


def _numbered(sql: str, given: int, *, hidden: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the query with its named arguments numbered from `given` + 1 on, and their names."""
    names = tuple(name for name in _TYPES if name in sql)
    for place, name in enumerate(names, start=given + 1):
        value = f"${place}::{_TYPES[name]}"
        sql = sql.replace(name, f"(select {value})" if hidden and name in MOMENT else value)
    return sql, names
