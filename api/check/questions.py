"""Random questions about cases, that can be asked live or as of a moment.

Conditions are taken from a case that exists where the question is asked, so that nearly
every answer has something in it.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.graphql.load import overview
from projections.area_load import queries as areas
from projections.as_of import At
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.case_timeline import queries as timeline
from projections.deadline_list import queries as deadlines
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.figures import queries as figures
from projections.figures.definitions import ALL
from projections.figures.queries import Level, Window
from projections.grid_load import queries as grids
from projections.port import Connection
from projections.stage_funnel import queries as funnel

DAY_US: Final = 86_400_000_000
Ask = Callable[[Connection, At | None], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in words, and how: at a moment, or live for None."""

    read_model: str
    words: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a question is asked: a case that is there, and the log's clock.

    `running` is one whose clock runs, which few do: what is asked of them alone begins with it.
    """

    case: BoardRow | None
    clock: int
    running: BoardRow | None = None


Kind = Callable[[random.Random, Ground], Question]
"""Makes a question out of where it is asked."""


async def ground(reads: Connection, rng: random.Random, clock: int) -> Ground:
    """Return a random case of a database, and a random one whose clock runs."""
    case = await _one(reads, rng, "true")
    return Ground(case, clock, case and await _one(reads, rng, "open and due_at is not null"))


async def _one(reads: Connection, rng: random.Random, which: str) -> BoardRow | None:
    rows = f"{board.STATES.table} where {which}"
    many = await reads.fetchval(f"select count(*) from {rows}")
    if not many:
        return None
    row = await reads.fetchrow(
        f"select * from {rows} order by id limit 1 offset $1", rng.randrange(many)
    )
    assert row is not None
    return BoardRow(**row)


def question(rng: random.Random, here: Ground, more: Sequence[Kind] = ()) -> Question:
    """Return a random question, `more` kinds among them; before the first case, one of these."""
    of_cases: tuple[Kind, ...] = _KINDS if here.case is not None or not more else ()
    return rng.choice((*of_cases, *more))(rng, here)


def scope_of(rng: random.Random, here: Ground) -> str:
    """Return a random area around the ground's case, empty for everywhere."""
    parts = here.case.scope.split(".")[:-1] if here.case else []
    depth = rng.randrange(len(parts) + 1)
    return "".join(f"{part}." for part in parts[:depth])


def _of_running(here: Ground) -> Ground:
    """Return the ground around the case whose clock runs, where there is one."""
    return here if here.running is None else replace(here, case=here.running)


def _filter(rng: random.Random, here: Ground) -> Filter:
    row = here.case
    if row is None:
        return Filter()
    reported = row.reported_at or 0
    conditions: dict[str, Any] = {
        "scope": scope_of(rng, here),
        "statuses": tuple({row.status, rng.choice(("closed", "in_progress", "merged"))}),
        "category": row.category,
        "departments": tuple(row.departments[:1]) or None,
        "leads": None if row.department is None else (row.department,),
        "overdue": row.overdue,
        "severity": row.severity,
        "number": row.number[: rng.randrange(2, len(row.number) + 1)],
        "reported_from": reported - rng.randrange(30) * DAY_US,
        "reported_before": reported + (1 + rng.randrange(30)) * DAY_US,
        "open": row.open,
    }
    chosen = rng.sample(sorted(conditions), rng.randrange(4))
    return Filter(**{name: conditions[name] for name in chosen})


def _cases(rng: random.Random, here: Ground) -> Question:
    sort = rng.choice(list(Sort))
    wanted = _filter(rng, _of_running(here) if sort is Sort.DUE else here)
    limit, second = rng.randrange(1, 101), rng.random() < 0.3

    async def ask(reads: Connection, at: At | None) -> Any:
        page = await board.page(reads, wanted, sort, None, limit, at=at)
        count = await board.count(reads, wanted, at=at)
        if not second or not page:
            return page, count
        after = board.sort_key(page[len(page) // 2], sort)
        return page, count, await board.page(reads, wanted, sort, after, limit, at=at)

    return Question("case_board", f"cases {wanted} {sort} {limit}", ask)


def _case(_: random.Random, here: Ground) -> Question:
    async def ask(reads: Connection, at: At | None) -> Any:
        if here.case is None:
            return None
        return (
            await board.one(reads, here.case.id, at=at),
            await board.by_number(reads, here.case.number, at=at),
            await timeline.of_case(reads, here.case.id, at=at),
            await deadlines.of_case(reads, here.case.id, at=at),
        )

    return Question("case_timeline", f"case {here.case and here.case.number}", ask)


def _grids(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here)
    return Question(
        "grid_load", f"grids {scope}", lambda reads, at: grids.inside(reads, scope, at=at)
    )


def _areas(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here)
    depth = rng.randrange(max(1, scope.count(".")), 5)
    return Question(
        "area_load", f"areas {scope} {depth}",
        lambda reads, at: areas.at_depth(reads, scope, depth, at=at),
    )  # fmt: skip


def _departments(_: random.Random, __: Ground) -> Question:
    return Question(
        "department_load", "departments", lambda reads, at: departments.every(reads, at=at)
    )


def _funnel(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here) or (here.case.scope if here.case else "x.")
    return Question(
        "stage_funnel", f"funnel {scope}", lambda reads, at: funnel.of_scope(reads, scope, at=at)
    )


def _overview(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here) or (here.case.scope if here.case else "x.")
    now = (here.case.updated_at if here.case else here.clock) + rng.randrange(DAY_US)

    async def ask(reads: Connection, at: At | None) -> Any:
        load = await areas.one(reads, scope, at=at)
        return load and await overview(reads, scope, load, "Asia/Shanghai", now, at)

    return Question("overview", f"overview {scope}", ask)


def _deadlines(rng: random.Random, here: Ground) -> Question:
    here = _of_running(here)
    row = here.case
    asked: dict[str, Any] = {
        "scope": scope_of(rng, here), "clock": rng.choice((None, None, "total", "handle")),
        "department": row.department if row and rng.random() < 0.3 else None,
        "passed": rng.choice((None, None, None, False)), "limit": rng.randrange(1, 101),
    }  # fmt: skip
    if rng.random() < 0.7:
        asked |= {"scope": asked["scope"][:7], "department": None}
    return Question(
        "deadline_list", f"deadlines {asked}",
        lambda reads, at: deadlines.page(reads, **asked, at=at),
    )  # fmt: skip


def _figures(rng: random.Random, here: Ground) -> Question:
    middle = here.case.updated_at if here.case else here.clock
    window = Window(middle - rng.randrange(1, 90) * DAY_US, middle + rng.randrange(1, 90) * DAY_US)
    level, scope = rng.choice(list(Level)), scope_of(rng, here)
    codes = rng.choice((None, rng.sample(sorted(ALL), 3)))
    return Question(
        "figures", f"figures {level.name} {scope} {codes}",
        lambda reads, at: figures.figures(
            reads, window, level, scope=scope, at=at, codes=codes, in_clocks=codes is not None
        ),
    )  # fmt: skip


def _feed(rng: random.Random, here: Ground) -> Question:
    scope, limit = scope_of(rng, here)[:7], rng.randrange(1, 60)
    return Question(
        "feed", f"feed {scope} {limit}",
        lambda reads, at: feed.latest(reads, scope, limit, at=at),
    )  # fmt: skip


_KINDS: Final = (
    _cases, _cases, _cases, _cases, _case, _grids, _areas, _departments, _funnel, _overview,
    _deadlines, _figures, _feed,
)  # fmt: skip
"""Case lists four times: they have the most ways to be asked."""
