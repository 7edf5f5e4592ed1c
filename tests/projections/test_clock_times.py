"""K15 in the clock's own unit, against cases worked out by hand with a wall calendar.

Spring Festival 2024: Thursday 8 and Friday 9 February are worked, the 10th to the 17th
are off, Sunday the 18th is a make-up workday. Working hours 08–12 and 14–18.
"""

from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest

from api.graphql.figure import figure_of
from api.graphql.why.pages import Behind
from bench.histories import Step
from domain.calendar.china import publish_china
from domain.calendar.events import CalendarPublished
from domain.case import events as ev
from domain.case.values import Channel, Clock, Due, Explanation, Place
from domain.event import DomainEvent, Meta
from domain.streams import calendar_stream, imported_case_stream
from eventlog.postgres import PostgresLog
from projections.figures.clock_times import ClockTime
from projections.figures.queries import FigureRow, Level, Window, figures
from tests.domain.case.world import HOUR, at
from tests.projections.logs import append, moment, project

YEAR = Window(at("2024-01-01 00:00"), at("2025-01-01 00:00"))
SCOPE = "371602.001.001.001."
PLACE = Place(scope=SCOPE, grid="371602001001001")
HANDLED = ev.CaseHandled(assignment="a", department="parks", conclusion="done", evidence=())
ACKNOWLEDGED = ev.CaseAcknowledged(assignment="a", department="parks")
Told = tuple[str, DomainEvent]


def due(clock: Clock, limit: str) -> tuple[Due, ...]:
    """A clock as set; when it runs out does not matter here."""
    return (Due(clock=clock, limit=limit, calendar="china@2026.1", start=0, due=1),)


def reported(*dues: Due) -> DomainEvent:
    return ev.CaseReported(
        number="1", channel=Channel.HOTLINE, category="1", place=PLACE, dues=dues
    )


def dispatched(*dues: Due) -> DomainEvent:
    return ev.CaseDispatched(
        assignment="a", department="parks", explanation=Explanation(), dues=dues
    )


def told(name: str, *events: Told) -> list[Step]:
    """A case's events at local times."""
    stream = imported_case_stream("by hand", name)
    return [
        Step(stream, version, event, Meta(occurred_at=at(when), effective_at=at(when), role="r"))
        for version, (when, event) in enumerate(events, 1)
    ]


def handling(name: str, start: str, end: str, limit: str) -> list[Step]:
    return told(
        name,
        (start, reported()),
        (start, dispatched(*(due(Clock.HANDLE, limit) if limit else ()))),
        (end, HANDLED),
    )


SUSPENDED = told(
    "suspended",
    ("2024-02-08 09:00", reported(*due(Clock.ACCEPT, "2U"), *due(Clock.TOTAL, "5W"))),
    ("2024-02-08 09:20", ev.CaseAccepted()),
    ("2024-02-08 09:20", ev.CaseFiled(standard="s", dues=due(Clock.DISPATCH, "2H"))),
    ("2024-02-08 10:30", dispatched(*due(Clock.ACKNOWLEDGE, "2H"), *due(Clock.HANDLE, "16H"))),
    ("2024-02-08 14:30", ACKNOWLEDGED),
    ("2024-02-09 11:00", ev.CaseSuspended(reason="weather", review_at=at("2024-02-19 09:00"))),
    ("2024-02-19 09:00", ev.CaseResumed(dues=due(Clock.HANDLE, "16H") + due(Clock.TOTAL, "5W"))),
    ("2024-02-19 16:00", msgspec.structs.replace(HANDLED, dues=due(Clock.CHECK, "1C"))),
    ("2024-02-20 10:00", ev.CaseCheckPassed()),
    ("2024-02-21 09:00", ev.CaseClosed()),
)
OTHERS = (
    *handling("make-up day, in days", "2024-02-09 16:00", "2024-02-19 10:00", "3W"),
    *handling("weekend", "2024-02-23 17:00", "2024-02-26 09:30", "4H"),
    *handling("holiday", "2024-02-09 17:00", "2024-02-19 09:00", "4H"),
    *handling("no limit", "2024-02-26 08:00", "2024-02-26 09:00", ""),
    *told(
        "merged for two hours",
        ("2024-02-26 08:00", reported()),
        ("2024-02-26 08:00", dispatched(*due(Clock.HANDLE, "4H"))),
        ("2024-02-26 08:00", ACKNOWLEDGED),
        ("2024-02-26 09:00", ev.CaseMerged(into="x", was="in_progress")),
        (
            "2024-02-26 11:00",
            ev.CaseUnmerged(out_of="x", status="in_progress", dues=due(Clock.HANDLE, "4H")),
        ),
        ("2024-02-26 12:00", HANDLED),
    ),
    *told(
        "closed by order while suspended",
        ("2024-02-26 08:00", reported(*due(Clock.TOTAL, "8H"))),
        ("2024-02-26 08:00", dispatched()),
        ("2024-02-26 08:00", ACKNOWLEDGED),
        ("2024-02-26 09:00", ev.CaseSuspended(reason="weather", review_at=YEAR.end)),
        ("2024-02-26 15:00", ev.CaseForceClosed(reason="cannot_be_done")),
    ),
)


def published(version: int, name: str, **changes: object) -> Step:
    command = publish_china(version=name)
    event = CalendarPublished(**{**msgspec.structs.asdict(command), **changes})
    now = YEAR.start
    meta = Meta(occurred_at=now, effective_at=now, role="administrator")
    return Step(calendar_stream("china"), version, event, meta)


def times(kind: str, unit: str, n: int, p50: int, p90: int) -> ClockTime:
    return ClockTime(kind=kind, unit=unit, n=n, p50=p50, p90=p90)


ONE: dict[str, tuple[ClockTime, ...]] = {
    "K15.accept": (times("U", "min", 1, 20, 20),),
    "K15.dispatch": (times("H", "min", 1, 70, 70),),
    # to noon, and half an hour after the break
    "K15.ack": (times("H", "min", 1, 120, 120),),
    # 330 on Thursday, 180 on Friday to the suspension, 300 on Monday the 19th after it
    "K15.handle": (times("H", "min", 1, 810, 810),),
    # 18 hours of a day of 24
    "K15.check": (times("C", "d/1000", 1, 750, 750),),
    # 15 h Thursday, 11 h Friday, 15 h Monday, 24 h Tuesday, 9 h Wednesday: 74 h of 24
    "K15.total": (times("W", "d/1000", 1, 3_083, 3_083),),
}
ALL_OF_THEM = {
    **ONE,
    # H: 120 (merged), 150 (weekend), 600 (holiday, make-up day), 810; W: 8 + 24 + 10 hours
    "K15.handle": (times("H", "min", 4, 150, 810), times("W", "d/1000", 1, 1_750, 1_750)),
    "K15.total": (times("H", "min", 1, 60, 60), times("W", "d/1000", 1, 3_083, 3_083)),
}


@pytest.fixture
async def connection(database: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Position 11 is the last of the suspended case; a calendar of other hours ends the log."""
    async with PostgresLog.open(database) as log:
        assert await append(log, [published(1, "2026.1")], at_once=1) == 1
        assert await append(log, SUSPENDED, at_once=1) == 11
        await append(log, OTHERS, at_once=1)
        await append(log, [published(2, "2026.2", hours=((0, 1_440),))])
        await project(log, database)
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


def by_code(rows: list[FigureRow], key: str) -> dict[str, FigureRow]:
    return {row.code: row for row in rows if row.key == key and row.code.startswith("K15.")}


async def test_by_hand(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    found = by_code(await figures(connection, YEAR, Level.GRID), SCOPE)
    assert {code: row.clock_times for code, row in found.items()} == ALL_OF_THEM
    handle = found["K15.handle"]
    assert (handle.definition, handle.n) == ("K15.handle@2", 6)
    parks = by_code(await figures(connection, YEAR, Level.DEPARTMENT), "parks")
    assert {code: row.clock_times for code, row in parks.items()} == ALL_OF_THEM


async def test_as_of_an_earlier_position(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    found = by_code(
        await figures(connection, YEAR, Level.DISTRICT, at=await moment(connection, 11)), "371602."
    )
    assert {code: row.clock_times for code, row in found.items()} == ONE
    # 269.5 hours on the wall, 238 of them suspended
    assert (found["K15.handle"].p50_us, found["K15.handle"].n) == (31 * HOUR + HOUR // 2, 1)


async def test_only_durations_tell_them_and_only_when_asked(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows = await figures(connection, YEAR, Level.DISTRICT, codes=["K7", "K15.accept"])
    assert [(row.code, row.clock_times) for row in rows] == [
        ("K7", None), ("K15.accept", ONE["K15.accept"]),
    ]  # fmt: skip
    quick = await figures(connection, YEAR, Level.DISTRICT, codes=["K15.accept"], in_clocks=False)
    assert [row.clock_times for row in quick] == [None]
    shown = figure_of(Behind(rows[1], Level.DISTRICT, "", None)).clock_times
    assert shown is not None
    assert [(one.kind, one.unit, one.n, one.p50, one.p90) for one in shown] == [
        ("U", "min", 1, 20, 20)
    ]
