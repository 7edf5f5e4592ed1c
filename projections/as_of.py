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

from collections.abc import Iterator, Sequence
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
from projections.named import Queries, filled
from projections.port import Reads
from projections.reading import Standing
from projections.select import Select
from projections.sight import Sight

SQL: Final = Queries(Path(__file__).with_name("as_of.sql"), PAST.schema)
NEAR: Final = 64
"""So many blocks of positions are looked through for what moved; beyond, it is all counted."""
LAST: Final = (1 << 63) - 1
"""No position is later."""


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
    looked_up: bool = False
    """Whether a statement looks up clock and bound by the position, which are not said here."""

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


def known(position: int) -> At:
    """Return the moment of a position that the read models have reached, for rows alone.

    Nothing is asked for it: a statement looks up for itself what it needs to know of it.
    """
    return At(position=position, clock=0, bound=0, looked_up=True)


def happened(effective_at: Microseconds) -> At:
    """Return the moment of an effective time, for rows alone.

    The position that it is read at is its answer's to say.
    """
    return At(position=LAST, clock=effective_at, bound=effective_at, effective_at=effective_at)


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
    columns: tuple[tuple[str, str], ...] = ()
    """The columns of a page that is found by keys: each name, and what it is of one row."""
    present: str = ""
    walked: str = "n.updated_at"
    """Never later than the bound: where a walk back in time begins."""
    latest: str = "at"
    """Which of a block's latest times that is of."""
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
) -> tuple[str, tuple[Any, ...]]:
    """Return a query over `:states` as of a moment, the present for None, and its arguments.

    `sight` is for the past only: the live queries have it in their filter.
    """
    if at is None:
        return _live(text, states), tuple(arguments)
    sql, names = _earlier(text, states, _axis(at), len(arguments), _limits(sight), at.looked_up)
    return sql, (*arguments, *_values(names, at, sight))


def of_one(
    states: States, which: str, arguments: Sequence[Any], at: At
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of one case as of a moment, and its arguments; `which` says its id."""
    sql, names = _of_one(states, which, _axis(at), len(arguments))
    return sql, (*arguments, *_values(names, at, None))


def paged(
    page: Select,
    states: States,
    arguments: Sequence[Any],
    at: At,
    sight: Sight | None,
    way: "Way",
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of a page as of a moment, and its arguments.

    By position it looks clock and bound up by itself: of the bound it wants that of its order.
    """
    way = way._replace(looked_up=at.effective_at is None)
    sql, names = _page(page, states, _axis(at), len(arguments), _limits(sight), way)
    return sql, (*arguments, *_values(names, at, sight))


def _axis(at: At) -> str:
    return "position" if at.effective_at is None else "effective"


def _limits(sight: Sight | None) -> "_Limits | None":
    return None if sight is None else _Limits(bool(sight.scope), sight.units is not None)


def _values(names: tuple[str, ...], at: At, sight: Sight | None) -> Iterator[Any]:
    seen = sight or Sight()
    low, high = scope_range(seen.scope) if seen.scope else (None, None)
    values = {
        ":at": at.value, ":clock": at.clock, ":bound": at.bound,
        ":low": low, ":high": high, ":units": seen.units,
    }  # fmt: skip
    return (values[name] for name in names)


_TYPES: Final = {
    ":at": "bigint", ":clock": "bigint", ":bound": "bigint",
    ":low": "text", ":high": "text", ":units": "text[]",
    ":base": "bigint", ":starts": "bigint[]", ":ends": "bigint[]",
}  # fmt: skip


MOMENT: Final = frozenset({":at", ":clock", ":bound"})
PLACE: Final = frozenset({":low", ":high"})


@cache
def _live(text: str, states: States) -> str:
    return filled(text, {"states": states.table})


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
    words = {
        "counts": SQL["counts"],
        "sums": SQL["sums"],
        "moved": f"({SQL['moved']})",
        "came": SQL["came_near" if near else "came"],
        "left": SQL[f"left_by_{by}"],
        "known_at_base": filled(PAST["known"], {"at": ":base"}),
        "now": states.now,
        "then": states.then,
        "source": states.source,
        "stretch": PAST[STRETCH[by]],
        "read": "*",
        "had": SQL[f"had_by_{by}"],
    }
    return _numbered(filled(text, words), given)


STRETCH: Final = {"position": "known", "effective": "happened"}
"""What stood at a moment, by its axis."""


class Way(NamedTuple):
    """What is known of a page before it is planned.

    `once` hides the moment from the planner, which then finds after five times that a plan for
    any is as good as one for each, and plans no more: a third of what a page costs. `along`: of
    those in sight the order is walked, where the planner takes a range for one row in two
    hundred and would sort them. `from_today`: it is walked along today's rows (`page_then.py`).
    `narrow`: the few in sight are found by their place, which is hidden too. `there`: of what
    stood at the moment little lies in sight, so that is asked before today's rows are. `sparse`:
    of the order few are in sight, a department's, and it is walked all the same.
    """

    once: bool = False
    along: bool = False
    from_today: bool = False
    narrow: bool = False
    there: bool = False
    sparse: bool = False
    looked_up: bool = False
    """Clock and bound of the moment are looked up by its position, in the same statement."""

    @property
    def hidden(self) -> frozenset[str]:
        """Return which arguments the planner does not see."""
        once = MOMENT | {":units"} if self.once else frozenset[str]()
        return once | (PLACE if self.narrow else frozenset())


class _Limits(NamedTuple):
    """What a sight is limited by."""

    scope: bool
    units: bool

    def of(self, row: str, *, along: bool) -> str:
        """Return the condition on a row of today."""
        said = SQL["inside"] if self.scope else "", SQL["theirs"] if self.units else ""
        text = " and ".join(filled(one, {"row": row}) for one in said if one) or "true"
        return f"coalesce({text}, false)" if along and not self.units else text


@lru_cache(maxsize=4_096)
def _earlier(
    text: str, states: States, by: str, given: int, limits: _Limits | None, looked_up: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the query, and which of `_TYPES` are its arguments from `given` + 1 on.

    `limits` of whose sight; None for nobody's. What is ordered and cut is so in both halves.
    """
    words = _words(states, by, limits, Way(looked_up=looked_up))
    _, found, order = text.partition("\n order by")
    if " limit " not in order:
        return _numbered(filled(text, words | {"states": SQL["both"]}), given)
    cut = {
        "page_now": filled(text, {"states": "(:half_now)"}),
        "page_then": filled(text, {"states": "(:half_then)"}),
        "ordered": found + order,
    }
    return _numbered(filled(SQL["halves"], words | cut), given)


@cache
def _of_one(states: States, which: str, by: str, given: int) -> tuple[str, tuple[str, ...]]:
    way = Way(looked_up=by == "position")
    return _numbered(filled(SQL["of_one"], _words(states, by, None, way) | {"which": which}), given)


@lru_cache(maxsize=4_096)
def _page(
    page: Select, states: States, by: str, given: int, limits: _Limits | None, way: Way
) -> tuple[str, tuple[str, ...]]:
    """Return the same of a page: walked along today's rows, or by its keys."""
    if way.from_today:
        text = page_then.walked(page, states.along)
    else:
        text = page_then.keyed(
            page, dict(states.columns), PAST[STRETCH[by]],
            seen=limits is not None, there=way.there, bounded=not way.sparse,
            half_now=SQL[f"{'along' if way.sparse else 'now'}_by_{by}"],
        )  # fmt: skip
    return _numbered(filled(text, _words(states, by, limits, way)), given, way.hidden)


def _words(states: States, by: str, limits: _Limits | None, way: Way) -> dict[str, str]:
    """Return what a text about a moment may say, and what stands for it."""
    moment = {"clock": SQL["clock"], "bound": SQL["bound"], "block": str(BLOCK)}
    return (moment if way.looked_up else {}) | {
        "latest": states.latest,
        "half_now": SQL[f"now_by_{by}"],
        "half_then": SQL["then"],
        "now": states.now,
        "then": states.then,
        "among": states.among or states.source,
        "source": states.source,
        "walked": states.walked,
        "along": states.along,
        "stretch": PAST[STRETCH[by]],
        "read": "*",
        "whole": f"{PAST.schema}.past",
        "stood": SQL[f"stood_by_{by}"],
        "began": SQL[f"began_by_{by}"],
        "as_it_was": SQL["as_it_was"],
        "seen_there": _seen_there(limits, way),
        "has_moved": PAST["has_moved"],
        "seen_now": "true" if limits is None else limits.of("n", along=way.along),
        "seen_then": "true" if limits is None else limits.of("t", along=way.along or way.there),
        "held_today": SQL["held_today"] if limits is not None else "",
        "present": states.present,
        "unfolded": states.unfolded,
    }


def _seen_there(limits: _Limits | None, way: Way) -> str:
    """Return what is asked of what stood at the moment before today's rows are."""
    asked = [SQL["there"]] if way.there else []
    if limits is not None and limits.units:
        asked.append(SQL["once_theirs"])
    return " and ".join(asked) or "true"


def _numbered(
    sql: str, given: int, hidden: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...]]:
    """Return the query with its named arguments numbered from `given` + 1 on, and their names."""
    names = tuple(name for name in _TYPES if name in sql)
    for place, name in enumerate(names, start=given + 1):
        value = f"${place}::{_TYPES[name]}"
        # The cast outside keeps `any` from taking it for a list of rows.
        said = f"(select {value})::{_TYPES[name]}" if name in hidden else value
        sql = sql.replace(name, said)
    return sql, names
