"""As of any moment, on both axes: every list is what a fold of the events up to there says."""

import random
from collections.abc import Iterable
from uuid import UUID

import asyncpg
import pytest

from api.graphql.case.feed import lets_through
from bench.histories import START
from eventlog.record import Position
from projections.as_of import At, NotYet, known, resolve
from projections.case_board import queries as board
from projections.case_board.project import board_row
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold
from projections.case_past.queries import SHORTEST, SHORTEST_AT
from projections.case_past.queries import SQL as PAST
from projections.decoding import seen_of
from projections.history import History
from projections.reading import standing
from projections.seen import Seen
from projections.sight import Sight

MOMENTS = 40
FILTERS = [
    Filter(), Filter(open=True), Filter(overdue=True), Filter(scope="371602.003."),
    Filter(statuses=("closed", "merged")), Filter(severity="urgent"), Filter(number="BC000000"),
    Filter(departments=("dep-01", "dep-99")), Filter(category="00007"),
    Filter(departments=("dep-02",)), Filter(leads=("dep-01",)),
    Filter(departments=("dep-02",), leads=("dep-01", "dep-02")),
    Filter(departments=("dep-03",), scope="371602."),
    Filter(departments=("dep-01", "dep-04"), statuses=("in_progress", "closed")),
    Filter(departments=("dep-04",), scope="371602.003."), Filter(departments=(), open=False),
    Filter(open=False, reported_from=START + 10**9), Filter(scope="371602.", open=True),
    Filter(scope="371602.003.", statuses=("in_progress", "accepted")),
    Filter(statuses=("in_progress", "suspended")), Filter(statuses=("accepted",), open=False),
    Filter(number="BC", open=True), Filter(reported_before=START + 10**12),
]  # fmt: skip


async def told_events(connection: asyncpg.Connection) -> list[Seen]:
    return [seen_of(one) for one in await History(connection).read_all(Position(0), 100_000)]


def folded(events: Iterable[Seen], clock: int) -> dict[UUID, BoardRow]:
    cases: dict[UUID, CaseFacts] = {}
    for one in events:
        if one.event is not None and one.topic.startswith("case."):
            facts = cases.setdefault(one.stream, CaseFacts(id=str(one.stream)))
            fold(facts, one.event, one.meta, one.version, one.position)
    return {stream: board_row(facts, clock) for stream, facts in cases.items()}


def listed(rows: Iterable[BoardRow], wanted: Filter, sort: Sort) -> list[BoardRow]:
    found = [row for row in rows if lets_through(wanted, row)]
    if sort is Sort.DUE:
        found = [row for row in found if row.open and row.due_at is not None]
    return sorted(found, key=lambda r: board.sort_key(r, sort), reverse=sort is not Sort.DUE)


async def moments(connection: asyncpg.Connection, events: list[Seen], seed: int) -> list[At]:
    """Return positions, recorded times and effective times all over the log."""
    rng, here = random.Random(seed), await standing(connection)
    last = len(events)
    chosen = [rng.randrange(1, last + 1) for _ in range(MOMENTS)]
    happened = [rng.choice(events).meta.effective_at + rng.randrange(2) for _ in chosen]
    recorded = [events[position - 1].recorded_at for position in chosen]
    return [
        *[await resolve(connection, here, position=one) for one in (0, last, *chosen)],
        *[await resolve(connection, here, effective_at=one) for one in happened],
        *[await resolve(connection, here, recorded_at=one) for one in recorded],
    ]


def until(events: list[Seen], at: At) -> list[Seen]:
    if at.effective_at is None:
        return events[: at.position]
    return [one for one in events if one.meta.effective_at <= at.effective_at]


async def test_lists_as_of_any_moment(told: asyncpg.Connection) -> None:
    events = await told_events(told)
    rng, answered = random.Random(5), 0
    for at in await moments(told, events, 7):
        rows = folded(until(events, at), at.clock)
        wanted, sort = rng.choice(FILTERS), rng.choice(list(Sort))
        expected = listed(rows.values(), wanted, sort)
        start = rng.randrange(len(expected)) if expected and rng.random() < 0.5 else None
        after = None if start is None else board.sort_key(expected[start], sort)
        page = expected if start is None else expected[start + 1 :]
        found = await board.page(told, wanted, sort, after, 17, at=at)
        assert found == page[:17], (at, wanted, sort)
        if sort is not Sort.DUE:
            assert await board.count(told, wanted, at=at) == len(expected)
        answered += bool(expected)
        some = rng.sample(sorted(rows), min(3, len(rows)))
        assert await board.many(told, some, at=at) == {one: rows[one] for one in some}
        for one in some:
            assert await board.one(told, one, at=at) == rows[one]
    assert answered > MOMENTS * 2


def sights(rng: random.Random, today: dict[UUID, BoardRow]) -> Sight:
    """Return a sight around some case of today: a district's, a narrower one, a department's."""
    row = rng.choice(list(today.values()))
    parts = row.scope.split(".")[:-1]
    scope = "".join(f"{part}." for part in parts[: rng.randrange(len(parts) + 1)])
    units = tuple(row.departments[:1]) if row.departments and rng.random() < 0.5 else None
    return Sight(scope=scope, units=units)


def in_sight(row: BoardRow, sight: Sight) -> bool:
    theirs = sight.units is None or bool(set(sight.units) & set(row.departments))
    return row.scope.startswith(sight.scope) and theirs


async def test_lists_as_of_any_moment_show_what_is_in_sight_today(told: asyncpg.Connection) -> None:
    events = await told_events(told)
    today = folded(events, events[-1].meta.effective_at)
    rng, answered, hidden = random.Random(11), 0, 0
    for at in await moments(told, events, 13):
        rows, sight = folded(until(events, at), at.clock), sights(rng, today)
        for wanted in rng.sample(FILTERS, 3):
            sort = rng.choice(list(Sort))
            there = listed(rows.values(), wanted, sort)
            expected = [row for row in there if in_sight(today[row.id], sight)]
            start = rng.randrange(len(expected)) if expected and rng.random() < 0.5 else None
            after = None if start is None else board.sort_key(expected[start], sort)
            page = expected if start is None else expected[start + 1 :]
            found = await board.page(told, wanted, sort, after, 7, at=at, sight=sight)
            assert found == page[:7], (at, wanted, sort, sight)
            answered, hidden = answered + bool(expected), hidden + (len(there) > len(expected))
    assert answered > MOMENTS * 2 < hidden


async def test_a_department_had_a_case_once_whatever_came_of_it(told: asyncpg.Connection) -> None:
    cases: dict[UUID, CaseFacts] = {}
    ever: set[tuple[str, int, UUID]] = set()
    for one in await told_events(told):
        if one.event is not None and one.topic.startswith("case."):
            facts = cases.setdefault(one.stream, CaseFacts(id=str(one.stream)))
            fold(facts, one.event, one.meta, one.version, one.position)
            ever |= {(unit, facts.reported_at or 0, one.stream) for unit in facts.departments}
    found = await told.fetch(f"select department, reported_at, id from {PAST.schema}.had")
    assert sorted(ever) == sorted(map(tuple, found))
    today = {(unit, stream) for stream, facts in cases.items() for unit in facts.departments}
    assert {(unit, stream) for unit, _, stream in ever} > today


async def test_what_lies_elsewhere_now_is_known_to_have_moved(told: asyncpg.Connection) -> None:
    places: dict[UUID, set[str]] = {}
    cases: dict[UUID, CaseFacts] = {}
    for one in await told_events(told):
        if one.event is not None and one.topic.startswith("case."):
            facts = cases.setdefault(one.stream, CaseFacts(id=str(one.stream)))
            fold(facts, one.event, one.meta, one.version, one.position)
            places.setdefault(one.stream, set()).add(facts.scope)
    moved = {stream for stream, scopes in places.items() if len(scopes) > 1}
    assert {row[0] for row in await told.fetch(f"select id from {PAST.schema}.moved")} == moved
    assert 0 < len(moved) < len(places)


async def test_the_shortest_stretches_are_found_by_one_look_up(told: asyncpg.Connection) -> None:
    """The look-ups begin where the spans do."""
    spans = await told.fetchrow(f"select min(span), min(span_at) from {PAST.schema}.past")
    assert spans is not None
    assert tuple(spans) == (SHORTEST, SHORTEST_AT)
    assert f"generate_series({SHORTEST}, 62)" in PAST["known"]
    assert f"generate_series({SHORTEST_AT}, 62)" in PAST["happened"]


async def test_a_recorded_time_is_the_last_position_by_then(told: asyncpg.Connection) -> None:
    events, here = await told_events(told), await standing(told)
    for index in range(0, len(events), 97):
        recorded_at = events[index].recorded_at
        last = max(one.position for one in events if one.recorded_at <= recorded_at)
        at = await resolve(told, here, recorded_at=recorded_at)
        assert (at.position, at.clock) == (last, recorded_at)
    before = await resolve(told, here, recorded_at=events[0].recorded_at - 1)
    assert (before.position, await board.count(told, at=before)) == (0, 0)


async def test_what_is_not_reached_is_not_answered(told: asyncpg.Connection) -> None:
    here = await standing(told)
    with pytest.raises(NotYet, match=f"position {here.position + 1} is not reached"):
        await resolve(told, here, position=here.position + 1)


async def test_a_statement_looks_up_the_moment_by_itself(told: asyncpg.Connection) -> None:
    events = await told_events(told)
    rng, here = random.Random(17), await standing(told)
    today = folded(events, events[-1].meta.effective_at)
    for position in (0, len(events), *(rng.randrange(1, len(events)) for _ in range(MOMENTS))):
        at = await resolve(told, here, position=position)
        for wanted in rng.sample(FILTERS, 3):
            sort, sight = rng.choice(list(Sort)), sights(rng, today)
            asked = (told, wanted, sort, None, 17)
            found = await board.page(*asked, at=known(position), sight=sight)
            assert found == await board.page(*asked, at=at, sight=sight), (at, wanted, sort)
            count = await board.count(told, wanted, at=known(position), sight=sight)
            assert count == await board.count(told, wanted, at=at, sight=sight)
