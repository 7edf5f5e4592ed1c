"""Alarms and alerts as of any moment, on both axes, are those of a fold of the events up to it."""

import random
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import asyncpg

from domain.alert.events import AlertConfirmed, AlertRaised
from eventlog.postgres import PostgresLog
from projections.alarm_list import queries as alarms
from projections.alarm_list.earlier import alarms_at, cycles, folded, standing_at
from projections.alarm_list.queries import AlarmRow, Seen
from projections.alert_list import queries as alerts
from projections.as_of import At, resolve
from projections.case_board import queries as board
from projections.history import History
from projections.reading import standing
from projections.seen import Seen as Event
from tests.projections import beside
from tests.projections.logs import append, project
from tests.projections.test_as_of import told_events, until

EVENTS = 300
MOMENTS = 25
ALL = Seen()
WHOLE = (0, 2**62)
TEN_MINUTES_US = 600_000_000


async def told_more(dsn: str, connection: asyncpg.Connection) -> list[Event]:
    """Append alarms about five cases, and alerts; return all events of the log."""
    found = await connection.fetch(f"select id from {board.STATES.table} order by id limit 5")
    async with PostgresLog.open(dsn) as log:
        await append(log, beside.alarms([row[0] for row in found], EVENTS))
        await append(log, beside.alerts(EVENTS))
        await project(log, dsn)
    return await told_events(connection)


async def moments(connection: asyncpg.Connection, events: list[Event], seed: int) -> list[At]:
    """Return moments of some of these events, on both axes, and the end."""
    rng, here = random.Random(seed), await standing(connection)
    chosen = [rng.choice(events) for _ in range(MOMENTS)]
    return [
        *[await resolve(connection, here, position=one.position) for one in chosen],
        *[await resolve(connection, here, effective_at=one.meta.effective_at) for one in chosen],
        await resolve(connection, here, position=here.position),
    ]


def latest(events: Iterable[Event], topic: str) -> dict[UUID, list[Event]]:
    streams: dict[UUID, list[Event]] = {}
    for one in events:
        if one.topic.startswith(topic):
            streams.setdefault(one.stream, []).append(one)
    return streams


async def test_figures_of_alarms_are_those_of_the_moment(
    told_database: str, told: asyncpg.Connection
) -> None:
    events = await told_more(told_database, told)
    log, rng, answered = History(told), random.Random(3), set[str]()
    alarmed = [one for one in events if one.topic.startswith("alarm.")]
    for at in await moments(told, alarmed, 9):
        streams = latest(until(events, at), "alarm.")
        rows = [row for told_of in streams.values() for row in cycles(told_of).values()]
        some = rng.choice(alarmed).meta.effective_at
        for window in (WHOLE, (some, some + rng.randrange(1, 50) * TEN_MINUTES_US)):
            of = await alarms_at(told, log, ALL, window, at)
            inside = [row for row in rows if window[0] <= row.raised_at < window[1]]
            assert await counted(told, window, of) == expected(inside), (at, window)
            answered.add(str(expected(inside)))
        lasting = [folded(told_of) for told_of in streams.values()]
        stood = {(row.alarm, row.cycle) for row in lasting if row is not None and row.stands}
        found = await standing_at(told, log, ALL, at)
        assert {(row.alarm, row.cycle) for row in found} == stood, at
    assert len(answered) > 60


async def counted(told: asyncpg.Connection, window: tuple[int, int], of: alarms.Alarms) -> object:
    return (
        {row.priority: (row.raised, row.acknowledged, row.shelved, row.acknowledge_p50_s)
         for row in await alarms.counts(told, ALL, *window, of)},
        await alarms.busiest(told, ALL, *window, of),
        [row.cycles for row in await alarms.chattering(told, ALL, *window, of)],
    )  # fmt: skip


def expected(rows: list[AlarmRow]) -> object:
    by: dict[str, list[AlarmRow]] = {}
    for row in rows:
        by.setdefault(row.priority, []).append(row)
    tens = Counter(row.raised_at // TEN_MINUTES_US for row in rows)
    often = Counter(row.alarm for row in rows)
    return (
        {
            priority: (
                len(some), sum(row.acknowledged_at is not None for row in some),
                sum(row.shelved_until is not None for row in some), middle(some),
            )
            for priority, some in by.items()
        },
        max(tens.values(), default=0),
        sorted((n for n in often.values() if n > 1), reverse=True)[: alarms.CHATTERING],
    )  # fmt: skip


def middle(rows: list[AlarmRow]) -> int | None:
    """Return the median as PostgreSQL's percentile_disc has it, in whole seconds."""
    took = sorted(r.acknowledged_at - r.raised_at for r in rows if r.acknowledged_at is not None)
    return took[(len(took) + 1) // 2 - 1] // 1_000_000 if took else None


async def test_alerts_are_those_of_the_moment(told_database: str, told: asyncpg.Connection) -> None:
    events = await told_more(told_database, told)
    sizes = set()
    for at in await moments(told, [one for one in events if one.topic.startswith("alert.")], 4):
        streams = latest(until(events, at), "alert.")
        undecided = [s[0].position for s in streams.values() if len(s) == 1]
        found = await alerts.undecided(told, "", None, 500, at=at)
        assert [row.position for row in found] == sorted(undecided), at
        assert all(row.outcome is None and row.category is None for row in found)
        for confirmed in (True, False):
            rows = await alerts.decided(told, "", None, 500, confirmed=confirmed, at=at)
            wanted = [s[1] for s in streams.values() if len(s) == 2
                      and isinstance(s[1].event, AlertConfirmed) is confirmed]  # fmt: skip
            wanted.sort(key=lambda one: -one.position)
            assert [row.decision for row in rows] == [one.position for one in wanted], at
        sizes.add(len(streams))
    assert len(sizes) > 20
    here = await alerts.undecided(told, "", None, 500)
    assert len(here) == sum(
        len(s) == 1 and isinstance(s[0].event, AlertRaised)
        for s in latest(events, "alert.").values()
    )
