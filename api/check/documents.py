"""Do the fast ways answer what the stock executor answers? `quanke check documents`.

Documents are drawn by hypothesis-graphql over the schema of the day, filled with values
that exist and written in every way (`decorated.py`), and asked by two actors each, four
ways: compiled plan, stock, encoded for the wire, and kept. Any difference is a failure, and
so is a run that proves nothing: too few documents with data, a fast way hardly taken, or by one
actor or one way to write only (`features.py`), or a planted fault that goes unnoticed.

    quanke check documents [--count N] [--seed S]
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import anyio
import orjson
from graphql import (
    DocumentNode,
    StringValueNode,
    is_scalar_type,
    is_specified_scalar_type,
    print_ast,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis_graphql import queries

from api.auth.identity import Identity
from api.check.decorated import Pools, decorated
from api.check.faults import ABOUT, faults
from api.check.features import BESIDE, Shown, asked
from api.check.founded import founded
from api.check.shapes import shaped
from api.graphql.access import QUERIES
from api.graphql.context import Context
from api.graphql.documents import InvalidDocument
from api.graphql.errors import Unavailable
from api.graphql.ids import encode_id
from api.graphql.measured import OPERATIONS
from api.graphql.plan.direct import ROOTS
from api.graphql.plan.given_up import FAILED
from api.graphql.schema import SCHEMA_CORE, sdl
from api.wiring import App
from domain.access import GRANTS
from domain.actor import Actor, Role

COUNT: Final = 2_000
WITH_DATA: Final = 0.7
LATE: Final = 0.01
HITS: Final = 100
"""How often each fast way has to be taken in a full run; a shorter one in proportion."""
OF_THEM: Final = 20
"""One in so many of these with fragments, one with aliases, with @skip and with @include each."""
BUSIEST: Final = """
select (select department from rm_case_board_v1.board where department is not null
         group by department order by count(*) desc limit 1) as department,
       (select substr(scope, 1, 11) from rm_case_board_v1.board
         group by 1 order by count(*) desc limit 1) as near
"""
"""The department with the most cases and the township with the most."""
CASES: Final = """
(select id, number, position from rm_case_board_v1.board
  order by (starts_with(scope, $1) and $2 = any(departments)) desc, starts_with(scope, $1) desc, id
  limit 14)
union all
(select id, number, position from rm_case_board_v1.board
  order by ($2 = any(departments)) desc, id limit 14)
union all
(select id, number, position from rm_case_board_v1.board order by id limit 12)
union all
(select id, number, position from rm_case_board_v1.board b
  where exists (select from rm_case_board_v1.board o
                 where o.open and o.id <> b.id and o.grid = b.grid and o.scope = b.scope
                   and o.reported_at >= b.reported_at)
  order by starts_with(scope, $1) desc, id limit 14)
"""
"""Of what is asked about a quarter lies in one township, a quarter with one department, a quarter
has an open case like it; the rest is anybody's."""
WAYS: Final = ("plan", "kept", *(f"sql {name}" for name in ROOTS), *BESIDE.values())
FAULTY: Final = ("areas", *ROOTS)
"""Where planted faults are looked for, so many documents at a time, until one tells: first
where they are (`faults.ABOUT`), then everywhere."""
FAULT_TRIES: Final = 30
FAULT_ROUNDS: Final = 4
PATIENCE_S: Final = 60.0
CHANGING: Final = frozenset({"rateLimit", "claims", "personalDataReads", "accounts", "__schema"})
"""Root fields whose answer is of the moment, or which are not in this check."""
MOMENT: Final = frozenset({"requestId", "serverTime"})


@dataclass
class Found:
    """What a run has shown."""

    documents: int = 0
    invalid: int = 0
    answers: int = 0
    with_data: int = 0
    with_errors: int = 0
    late: int = 0
    """Documents that some way had no time for: how busy the machine was, not what it answers."""
    roots: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    shown: Shown = field(default_factory=Shown)
    failed: int = 0
    """How often a plan failed where the executor did not: right, and seen as slowness only."""
    differences: list[str] = field(default_factory=list)


class Ground:
    """A platform that stands still, with people and values to ask about."""

    def __init__(self, app: App, actors: Sequence[Actor], pools: Pools) -> None:
        self.app = app
        self.actors = actors
        self.pools = pools
        self._loop = asyncio.get_running_loop()

    def wait_for(self, asking: Coroutine[Any, Any, None]) -> None:
        """Let the platform's loop do something for another thread."""
        asyncio.run_coroutine_threadsafe(asking, self._loop).result(PATIENCE_S)

    async def compare(self, made: Any, actor: Actor, found: Found) -> None:
        """Ask one document four ways and note what differs."""
        engine, text = self.app.doors.engine, print_ast(made.document)
        question = asked(made.document)
        try:
            operation = engine.prepare(text)
        except InvalidDocument:
            found.invalid += 1
            return
        planned, hits = engine.planned, engine.results.hits
        failed = OPERATIONS.plans["query", FAILED]

        def context() -> Context:
            return Context(self.app.platform, Identity(actor))

        stock = await engine.run(operation, made.variables, context(), stock=True)
        asking = context()
        fast = await engine.run(operation, made.variables, asking)
        sent = [await engine.answer(operation, made.variables, context()) for _ in range(2)]
        taken = set(question.ways(asking.written))
        if engine.planned > planned:
            taken.add("plan")
        if engine.results.hits > hits:
            taken.add("kept")
        found.ways.update(taken)
        found.failed += OPERATIONS.plans["query", FAILED] - failed
        found.answers += 1
        found.with_data += _has_data(stock.get("data"))
        found.with_errors += "errors" in stock
        found.shown.note(question, taken, str(actor.id), stock)
        found.roots.update(operation.fields)
        wanted, written = _still(stock), [_still(orjson.loads(one.body + b"}")) for one in sent]
        if any(map(_is_late, (wanted, fast, *written))):
            found.late += 1
            return
        bare = {key: one for key, one in wanted.items() if key != "extensions"}
        for way, got, want in (
            # Reading sealed words is itself an event, so the position may have moved on.
            ("plan", {**_still(fast), "extensions": None}, {**bare, "extensions": None}),
            ("sent", written[0], bare),
            ("kept", written[1], bare),
        ):
            if got != want:
                found.differences.append(
                    f"{way}, {actor.role}:\n{text}\n{made.variables}\n  {got}\n  {want}"[:4_000]
                )


def _still(value: Any) -> Any:
    """Return an answer without what is of the moment; JSON on both sides."""
    if isinstance(value, orjson.Fragment):
        value = orjson.loads(orjson.dumps(value))
    if isinstance(value, Mapping):
        return {key: _still(one) for key, one in value.items() if key not in MOMENT}
    if isinstance(value, list | tuple):
        return [_still(one) for one in value]
    return value


def _is_late(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer says that there was no time for it."""
    return any(one["extensions"]["code"] == Unavailable.code for one in answer.get("errors", ()))


def _has_data(data: Any) -> bool:
    """Tell whether anything but emptiness was answered."""
    if isinstance(data, Mapping):
        return any(_has_data(one) for key, one in data.items() if key != "pageInfo")
    if isinstance(data, list):
        return any(map(_has_data, data))
    return data is not None


def run(ground: Ground, count: int, number: int) -> Found:
    """Compare so many documents. Called in a thread of its own, as hypothesis knows no loop."""
    found = Found()
    fields = [name for name in asked_fields(ground) for _ in range(OFTENER.get(name, 1))]
    for name in dict.fromkeys(fields):
        share = -(-count * fields.count(name) // len(fields))
        compare_field(ground, name, share, number, found)
    return found


def asked_fields(ground: Ground) -> list[str]:
    """Return the root fields that somebody here may ask, but for those of the moment."""
    roles = {actor.role for actor in ground.actors}
    return sorted(
        name
        for name, action in QUERIES.items()
        if name not in CHANGING and not name.startswith("__") and roles & set(GRANTS[action])
    )


def compare_field(ground: Ground, name: str, count: int, number: int, found: Found) -> None:
    """Compare so many documents that begin with one root field.

    The values come from a generator of our own. Hypothesis likes numbers that stand in the source,
    and such a number as the seed of each document would choose the same values again and again.
    """
    rng = Random(f"{number} {name}")
    granted = [one for one in ground.actors if one.role in GRANTS[QUERIES[name]]]

    @seeded(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    @given(document=_of_field(name) | shaped(name))
    def ask(document: DocumentNode) -> None:
        found.documents += 1
        made = decorated(document, SCHEMA_CORE, ground.pools, rng)
        for actor in rng.sample(granted, min(2, len(granted))):
            ground.wait_for(ground.compare(made, actor, found))

    ask()


def _of_field(name: str) -> Any:
    if name not in _STRATEGIES:
        _STRATEGIES[name] = queries(
            _SDL, fields=[name], custom_scalars=_SCALARS, print_ast=lambda node: node,
            allow_x00=False,
        )  # fmt: skip
    return _STRATEGIES[name]


OFTENER: Final = {
    "cases": 8, "case": 9, "caseTimeline": 12, "grids": 3, "departments": 3, "nodes": 3, "node": 2,
    "overview": 8, "stageFunnel": 5, "gridLoad": 5, "departmentLoad": 5, "areaLoad": 5,
    "categories": 2, "similarCases": 5,
}  # fmt: skip
_STRATEGIES: Final[dict[str, Any]] = {}
_SDL: Final = sdl()
_SCALARS: Final = {
    name: st.just(StringValueNode(value="2026-01-01T00:00:00Z"))
    for name, kind in SCHEMA_CORE.type_map.items()
    if is_scalar_type(kind) and not is_specified_scalar_type(kind)
}


def unnoticed(ground: Ground, number: int, names: Sequence[str]) -> list[str]:
    """Plant each of these faults in turn and return those that no document has shown."""
    missed = []
    for name in names:
        about = ABOUT.get(name)
        likely = FAULTY if about is None else (about, *FAULTY)
        tries = [(number + again, begins) for again in range(FAULT_ROUNDS) for begins in likely]
        with faults()[name], forgetful(ground.app):
            seen = any(_differs(ground, begins, again) for again, begins in tries)
        if not seen:
            missed.append(name)
    forget(ground.app)
    return missed


def _differs(ground: Ground, begins: str, number: int) -> bool:
    found = Found()
    compare_field(ground, begins, FAULT_TRIES, number, found)
    return bool(found.differences)


@contextmanager
def forgetful(app: App) -> Iterator[None]:
    """Begin without a plan or a kept answer."""
    forget(app)
    yield


def forget(app: App) -> None:
    """Drop every plan and every kept answer."""
    engine = app.doors.engine
    engine.documents._by_text.clear()
    engine.documents._by_id.clear()
    engine.results._kept.clear()
    engine.documents.shelves.clear()


async def pools_of(app: App, near: str = "", department: str = "") -> Pools:
    """Return values that exist on a platform, by the argument they are for.

    Cases and areas as well of a place and a department, for those who see no others.
    """
    reference, pool = app.platform.reference, app.platform.pool
    rows = await pool.fetch(CASES, near, department)
    cases = [encode_id("Case", str(row["id"])) for row in rows]
    live = sorted(one.scope for one in reference.areas.values() if one.live)
    areas = [*live[:6], *[one for one in live if one.startswith(near)][:6]]
    head, begun = await app.platform.log.head(), min(row["position"] for row in rows)
    kinds = [
        *cases[:6], encode_id("Grid", next(iter(reference.grids))), encode_id("Area", areas[0]),
        encode_id("Department", next(iter(reference.departments))),
    ]  # fmt: skip
    nothing = [None] * 12
    return {
        "first": [*range(1, 21), *range(1, 21), 0], "after": [*nothing, *nothing, "x"],
        "id": [*kinds, *cases, *cases, "x"],
        "ids": [kinds, cases[:3], cases[-3:], [*cases[:2], "x"]], "case": [*cases, *cases, "x"],
        "number": [*nothing * 4, *(row["number"] for row in rows[:6]), rows[0]["number"][:8]],
        "status": [*nothing, ["CLOSED"], ["DISPATCHED", "CLOSED"]],
        "scope": [*nothing * 6, *areas, areas[0], "9."],
        "key": [*list(reference.departments)[:4], "w1"],
        "department": [*nothing, *list(reference.departments)[:6]],
        "lead": [*nothing, list(reference.departments)[:2]], "depth": [None, 1, 2, 3],
        "since": ["2020-01-01T00:00:00Z"], "until": ["2031-01-01T00:00:00Z"],
        "from": ["2026-01-01T00:00:00Z"], "to": ["2031-01-01T00:00:00Z"], "buckets": [1, 12],
        "codes": [None, ["K1", "K7"], ["K10"]], "lon": [118.0], "lat": [37.4],
        "owner": [reference.district.code if reference.district else "x"],
        "asOf": [
            *nothing, {"position": str(head)},
            *({"position": str((begun * (4 - part) + part * head) // 4)} for part in (3, 2, 3)),
        ],
        "severity": [*nothing, "NORMAL"],
        "overdue": [*nothing, False], "open": [None, None, True, False], "passed": [None],
        "clock": [*nothing, "TOTAL"], "category": [*nothing, "06010"],
        "reportedFrom": [None, "2020-01-01T00:00:00Z"],
        "reportedBefore": [None, "2031-01-01T00:00:00Z"], "dueBefore": [None],
        "minPosition": [None, str(head)], "timeoutMs": [None, 50], "purpose": [None],
    }  # fmt: skip


def actors_of(scope: str, near: str, department: str) -> list[Actor]:
    """Return who asks: about a district, about a part of it, and of one department."""
    roles = (Role.DISPATCHER, Role.DUTY_LEADER, Role.EVALUATOR, Role.INTEGRATOR, Role.AUDITOR)
    office = [Actor(id=f"acct:{role}", role=role, scope=scope) for role in roles]
    return [
        *office,
        Actor(id="acct:near", role=Role.DUTY_LEADER, scope=near),
        Actor(id="acct:unit", role=Role.HANDLER, scope=scope, unit=department),
    ]


@asynccontextmanager
async def _ground() -> AsyncIterator[Ground]:
    """A district with a fortnight of cases, its projections at work, nothing else."""
    async with founded("documents", 14, 6_000, rate_limit=False) as (app, _, _):
        parts = app.platform
        now = parts.clock()
        object.__setattr__(parts, "clock", lambda: now)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app.runner.run)
            assert await parts.reached(await parts.log.head(), 120)
            busy = await parts.pool.fetchrow(BUSIEST)
            assert busy is not None
            actors = actors_of("371602.", busy["near"], busy["department"])
            yield Ground(app, actors, await pools_of(app, busy["near"], busy["department"]))
            tasks.cancel_scope.cancel()


def shortcomings(found: Found, missed: Sequence[str], count: int) -> list[str]:
    """Return why a run is no proof; empty for one that is."""
    least = HITS * count // COUNT
    said = [f"a difference: {one}" for one in found.differences[:5]]
    if found.failed:
        said.append(f"a plan failed {found.failed} times where the executor did not")
    said += [f"the way {way!r} was taken {found.ways[way]} times, not {least}"
             for way in WAYS if found.ways[way] < least]  # fmt: skip
    said += found.shown.shortcomings(WAYS, least // OF_THEM, least)
    if found.with_data < WITH_DATA * found.answers:
        said.append(f"only {found.with_data} of {found.answers} answers had data")
    if found.late > LATE * found.answers:
        said.append(f"{found.late} of {found.answers} answers came too late to be compared")
    return said + [f"nobody noticed: {name}" for name in missed]


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a whole run: its documents begin elsewhere, its faults are its own."""

    number: int = 1
    of: int = 1

    @classmethod
    def parsed(cls, text: str) -> "Part":
        """Return the part that `2/4` names. Raises ValueError."""
        number, of = map(int, text.split("/"))
        if not 1 <= number <= of:
            raise ValueError(text)
        return cls(number, of)

    def count(self, whole: int) -> int:
        """Return how many documents are its own."""
        return -(-whole // self.of)

    def faults(self) -> list[str]:
        """Return which faults are planted in it."""
        return list(faults())[self.number - 1 :: self.of]


async def _shown(count: int, seed: int, planted: Sequence[str]) -> tuple[Found, list[str]]:
    async with _ground() as ground:
        found = await anyio.to_thread.run_sync(run, ground, count, seed)
        return found, await anyio.to_thread.run_sync(unnoticed, ground, seed + 1, planted)


def main(arguments: Sequence[str]) -> int:
    """Compare, plant the faults, print; exit 1 when anything falls short."""
    parser = argparse.ArgumentParser(prog="quanke check documents", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", type=Part.parsed, default=Part(), help="2/4: the second quarter")
    given_to = parser.parse_args(arguments)
    count, planted = given_to.part.count(given_to.count), given_to.part.faults()
    began = time.monotonic()
    number = 100 * given_to.seed + given_to.part.number
    found, missed = asyncio.run(_shown(count, number, planted))
    said = shortcomings(found, missed, count)
    share = found.with_data / max(1, found.answers)
    print(
        f"{found.documents} documents, {found.answers} answers, {share:.0%} with data,"
        f" {found.with_errors} with errors, {found.late} too late; by way:"
        f" {', '.join(f'{way} {found.ways[way]}' for way in WAYS)}; at least of each way:"
        f" {found.shown.told(WAYS)};"
        f" {len(found.differences)} differences; {len(planted) - len(missed)} of {len(planted)}"
        f" planted faults found; {time.monotonic() - began:.0f} s"
    )
    print("\n".join(said))
    return 1 if said else 0
