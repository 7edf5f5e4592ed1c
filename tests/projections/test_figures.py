"""Figures: the Tianmen bulletin, the as-of fold, exact scores, drill-down."""

import random
from uuid import uuid5

import asyncpg
import pytest

from bench.histories import HOUR, SPACE, START, Step, Story, stories
from domain.case import events as ev
from domain.case.values import Channel, Clock, Due, Explanation
from eventlog.postgres import PostgresLog
from projections.case_past.queries import SQL as PAST
from projections.figures import queries
from projections.figures.definitions import ALL
from projections.figures.queries import FigureRow, Level, Window, cases, figures
from projections.reading import standing
from tests.projections.logs import append, moment, project

MONTH = Window(START, START + 31 * 24 * HOUR)


def _due(clock: Clock, at: int) -> Due:
    return Due(clock=clock, limit="5W", calendar="c@1", start=START, due=at)


def bulletin() -> list[Step]:
    """Tell Tianmen's December: 1,054 accepted, 996 filed, 972 due, 911 closed, 737 on time."""
    steps: list[Step] = []
    for number in range(1_054):
        story = Story(random.Random(number), number)
        story.at = START + 24 * HOUR
        total = START + (10 if number < 972 else 40) * 24 * HOUR
        story.steps.clear()
        place = story.place()
        story.tell(
            ev.CaseReported(
                number=f"TM{number:05}", channel=Channel.HOTLINE, category="00001", place=place,
                dues=(_due(Clock.TOTAL, total),),
            ),
            0,
        )  # fmt: skip
        story.tell(ev.CaseAccepted(), 0)
        if number < 996:
            story.tell(ev.CaseFiled(standard="s"), 0)
        if number < 911:
            story.at = total - HOUR if number < 737 else total + HOUR
            story.tell(ev.CaseClosed(), 0)
        steps += story.steps
    return steps


def by_code(rows: list[FigureRow], key: str) -> dict[str, FigureRow]:
    return {row.code: row for row in rows if row.key == key}


async def test_tianmen_bulletin(database: str) -> None:
    async with PostgresLog.open(database) as log:
        await append(log, bulletin())
        await project(log, database)
    connection = await asyncpg.connect(database)
    found = by_code(await figures(connection, MONTH, Level.DISTRICT), "371602.")
    closing, on_time = found["K7"], found["K7t"]
    assert (closing.numerator, closing.denominator, closing.n) == (911, 972, 972)
    assert (on_time.numerator, on_time.denominator) == (737, 972)
    assert round(10_000 * closing.numerator / closing.denominator) == 9_372
    assert round(10_000 * on_time.numerator / on_time.denominator) == 7_582
    assert (found["K1"].numerator, found["K1"].denominator) == (996, 1_054)
    assert closing.definition == "K7@1"
    townships = await figures(connection, MONTH, Level.TOWNSHIP, codes=["K7"])
    assert sum(row.denominator for row in townships) == 972
    assert sum(row.numerator for row in townships) == 911
    late = await cases(connection, "K7", MONTH, limit=2_000)
    assert len(late) == 972
    await connection.close()


async def test_as_of_a_position_equals_the_log_cut_there(postgres: str, database: str) -> None:
    steps = list(stories(150))
    cut = len(steps) // 2
    year = Window(START, START + 400 * 24 * HOUR)
    async with PostgresLog.open(database) as log:
        await append(log, steps[:cut], at_once=1)
        await project(log, database)
        connection = await asyncpg.connect(database)
        then = {level: await figures(connection, year, level) for level in Level}
        await append(log, steps[cut:], at_once=1)
        await project(log, database)
    for level in Level:
        assert (
            await figures(connection, year, level, at=await moment(connection, cut)) == then[level]
        )
        assert await figures(connection, year, level) != then[level]
    assert {row.code for row in then[Level.DISTRICT]} == set(ALL)
    await connection.close()


async def test_forced_and_exercise_are_never_on_time(database: str) -> None:
    steps: list[Step] = []
    for number, (exercise, forced) in enumerate([(True, False), (False, True), (False, False)]):
        story = Story(random.Random(1), number)
        story.at = START + HOUR
        dues = (_due(Clock.TOTAL, START + 99 * HOUR),)
        story.tell(
            ev.CaseReported(
                number=str(number), channel=Channel.HOTLINE, category="1", place=story.place(),
                exercise=exercise, dues=dues,
            ),
            0,
        )  # fmt: skip
        story.tell(ev.CaseForceClosed(reason="x") if forced else ev.CaseClosed(), 1)
        steps += story.steps
    async with PostgresLog.open(database) as log:
        await append(log, steps)
        await project(log, database)
    connection = await asyncpg.connect(database)
    found = by_code(await figures(connection, MONTH, Level.DISTRICT), "371602.")
    assert (found["K7"].numerator, found["K7"].denominator) == (3, 3)
    assert (found["K7t"].numerator, found["K7t"].denominator) == (1, 3)
    on_time = await cases(connection, "K7t", MONTH, numerator=True)
    assert on_time == [uuid5(SPACE, "case:2")]
    await connection.close()


def _led(number: int, handle: int) -> Story:
    """Tell a case that was dispatched, its handling due at an instant."""
    story = Story(random.Random(1), number)
    story.at = START
    place = story.place()
    for event in (
        ev.CaseReported(number=str(number), channel=Channel.HOTLINE, category="1", place=place),
        ev.CaseAccepted(), ev.CaseFiled(standard="s"),
        ev.CaseDispatched(
            assignment="a", department="parks", explanation=Explanation(),
            dues=(_due(Clock.HANDLE, handle),),
        ),
    ):  # fmt: skip
        story.tell(event, 1)
    return story


async def test_what_is_no_longer_open_is_not_overdue_and_open(database: str) -> None:
    forced, returned, waiting = (_led(number, START + 9 * HOUR) for number in range(3))
    forced.tell(ev.CaseForceClosed(reason="cannot_be_done"), 24)
    returned.tell(ev.CaseReturnUpheld(assignment="a", department="parks"), 1)
    async with PostgresLog.open(database) as log:
        await append(log, [*forced.steps, *returned.steps, *waiting.steps])
        await project(log, database)
    connection = await asyncpg.connect(database)
    later = Window(MONTH.end, MONTH.end + 31 * 24 * HOUR)
    found = {
        (window, row.code): (row.numerator, row.denominator)
        for window in (MONTH, later)
        for row in await figures(connection, window, Level.DISTRICT, codes=["K5", "K6", "K9"])
    }
    assert found == {
        (MONTH, "K5"): (0, 2), (MONTH, "K6"): (0, 2), (MONTH, "K9"): (1, 2),
        (later, "K5"): (0, 1), (later, "K6"): (0, 1), (later, "K9"): (1, 1),
    }  # fmt: skip
    await connection.close()


async def test_a_check_is_timed_from_the_work_it_checks(database: str) -> None:
    story = _led(1, START + 99 * HOUR)
    handled = ev.CaseHandled(assignment="a", department="parks", conclusion="done", evidence=())
    for event, hours in (
        (handled, 1), (ev.CaseCheckFailed(note="no"), 2), (ev.CaseReworkOrdered(round=1), 0),
        (handled, 5),
    ):  # fmt: skip
        story.tell(event, hours)
    before, handed_in = len(story.steps), story.at
    story.tell(ev.CaseCheckPassed(), 3)
    took = story.at - handed_in
    async with PostgresLog.open(database) as log:
        await append(log, story.steps, at_once=1)
        await project(log, database)
    connection = await asyncpg.connect(database)
    for as_of, n, median in ((before, 0, None), (before + 1, 1, took)):
        (row,) = await figures(
            connection,
            MONTH,
            Level.DISTRICT,
            at=await moment(connection, as_of),
            codes=["K15.check"],
        )
        assert (row.n, row.p50_us) == (n, median)
    await connection.close()


async def test_looking_from_the_floor_on_changes_no_figure(
    told: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, floors = await standing(told), []
    ends = await told.fetch(f"select at from {PAST.schema}.tide order by at")
    moments = [None, *[await moment(told, here.position * part // 4) for part in (1, 2, 3)]]
    for end in (row["at"] for row in ends):
        window = Window(end - 3 * HOUR, end + HOUR)
        floors.append(await queries._floor(told, window.start))
        for level, scope in (
            (Level.DISTRICT, "371602."), (Level.TOWNSHIP, "371602."), (Level.DEPARTMENT, ""),
        ):  # fmt: skip
            for at in moments:
                found = await figures(told, window, level, scope=scope, at=at)
                with monkeypatch.context() as patched:
                    patched.setattr(queries, "_floor", everything)
                    assert await figures(told, window, level, scope=scope, at=at) == found
    assert 0 < max(floors) < here.position
    assert await queries._floor(told, max(row["at"] for row in ends) + 1) > here.position


async def everything(_: object, __: int) -> int:
    return 0


async def test_while_events_are_held_back_no_floor_is_believed(told: asyncpg.Connection) -> None:
    last = await told.fetchval(f"select max(at) from {PAST.schema}.tide")
    assert await queries._floor(told, last) > 0
    await told.execute(
        "insert into quanke_quarantine (read_model, version, position, stream, stream_version,"
        " topic, state) values ('case_past', 3, 7, gen_random_uuid(), 1, 'case.closed', 'poison')"
    )
    assert await queries._floor(told, last) == 0
