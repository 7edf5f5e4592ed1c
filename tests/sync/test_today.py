"""Today's numbers, kept as cases move, are those that the database counts.

After every command that the loop can write, and for any made-up day of any cases: what a wall is
told without a question to the database is what the question would have answered.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.load import Overview, local_day, overview
from api.graphql.wall.source import WallSource
from api.graphql.wall.today import Today
from api.graphql.wall.types import WallDelta
from api.wiring import App
from projections.area_load import queries as areas
from projections.area_load.queries import AreaLoadRow
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.hub import Subscription
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID
from tests.api.steps import CASE_STEPS
from tests.sync.test_sync import _do

ZONE = "Asia/Shanghai"
NOON = int(datetime(2026, 11, 24, 4, tzinfo=UTC).timestamp()) * 1_000_000
HOUR = 3_600_000_000
DAY = 24 * HOUR
LOAD = AreaLoadRow(scope="d.", depth=1, open=1, overdue=0, life_safety=0, closed=0, total=1)


async def counted(app: App) -> Overview:
    """What the database counts now."""
    load = await areas.one(app.platform.pool, DISTRICT)
    zone = app.platform.reference.timezone(DISTRICT)
    return await overview(app.platform.pool, DISTRICT, load, zone, app.platform.clock())


async def led(app: App) -> None:
    """Return once the hub follows the read models: what it says first is that it was behind."""
    async with asyncio.timeout(20):
        while app.platform.hub.position < await app.platform.log.head():
            await asyncio.sleep(0.01)


async def changes(inbox: Subscription, position: int) -> list[Change]:
    """What the hub says up to a position."""
    found: list[Change] = []
    while not found or found[-1].position < position:
        message = await inbox.receive()
        assert isinstance(message, Change), message
        found.append(message)
    return found


@pytest.mark.slow
async def test_after_every_command_a_wall_counts_the_day_as_the_database_does(
    app: App, client: Client
) -> None:
    district = app.platform.reference.area(DISTRICT)
    assert district is not None
    await led(app)
    source, cases = WallSource(app.platform, district), dict[str, str]()
    told: list[Overview] = []
    with app.platform.hub.subscribe() as inbox:
        cursor = (await source.snapshot()).cursor
        for one in CASE_STEPS:
            position = await _do(app, client, one, cases)
            assert await app.caught_up(30)
            delta = await source.delta(await changes(inbox, position), cursor)
            if isinstance(delta, WallDelta):
                told.append(delta.overview)
                assert delta.overview == await counted(app), one
    assert len(told) > len(CASE_STEPS) // 2
    assert told[-1].accept_p50_s is not None
    assert told[-1].closed_today > 0


async def test_what_was_missed_and_a_new_day_are_read_anew(app: App, worker: Client) -> None:
    district = app.platform.reference.area(DISTRICT)
    assert district is not None
    await led(app)
    later = 0
    platform = replace(app.platform, clock=lambda: app.platform.clock() + later)
    source = WallSource(platform, district)
    with app.platform.hub.subscribe() as inbox:
        cursor = (await source.snapshot()).cursor
        given: dict[str, Any] = {"channel": "GRID_WORKER", "category": "06010"}
        place = {"grid": GRID}
        positions = [
            int((await worker.done("reportCase", **given, place=place))["event"]["last"])
            for _ in range(4)
        ]
        assert await app.caught_up(30)
        first, missed, third = [await changes(inbox, one) for one in positions[:3]]
        assert missed
        for told in (first, third):
            delta = await source.delta(told, cursor)
            assert isinstance(delta, WallDelta)
            assert delta.overview.reported_today == 4  # read from the database, which is ahead
        later = DAY
        delta = await source.delta(await changes(inbox, positions[3]), cursor)
        assert isinstance(delta, WallDelta)
        assert delta.overview.reported_today == 0


async def test_a_delta_names_everything_that_has_happened(app: App, worker: Client) -> None:
    district = app.platform.reference.area(DISTRICT)
    assert district is not None
    await led(app)
    source = WallSource(app.platform, district)
    given: dict[str, Any] = {"channel": "GRID_WORKER", "category": "06010"}
    with app.platform.hub.subscribe() as inbox:
        cursor = (await source.snapshot()).cursor
        positions = [
            int((await worker.done("reportCase", **given, place={"grid": GRID}))["event"]["last"])
            for _ in range(35)
        ]
        delta = await source.delta(await changes(inbox, positions[-1]), cursor)
    assert isinstance(delta, WallDelta)
    assert [one.position for one in delta.feed] == positions[::-1]


INSTANTS = st.none() | st.integers(-3, 3).map(lambda at: NOON + at * 6 * HOUR)
ROWS = st.tuples(
    st.integers(0, 4), st.sampled_from(["d.a.", "e."]), st.sampled_from(["observed", "source"]),
    INSTANTS, INSTANTS, INSTANTS,
)  # fmt: skip


def row(
    number: int, scope: str, basis: str, reported: int | None, accepted: int | None,
    closed: int | None,
) -> BoardRow:  # fmt: skip
    """A case of the board: what does not count is empty."""
    given: dict[str, Any] = dict.fromkeys(BoardRow.__struct_fields__)
    return BoardRow(**given | {
        "id": UUID(int=number), "scope": scope, "basis": basis, "reported_at": reported,
        "accepted_at": accepted, "closed_at": closed,
    })  # fmt: skip


@given(st.lists(ROWS, max_size=20), st.integers(0, 5))
def test_whatever_moves_the_counts_are_those_of_the_cases_as_they_are(
    moves: list[tuple[Any, ...]], each: int
) -> None:
    today = Today("d.", ZONE)
    today.go_on(NOON, [])
    rows = [row(*one) for one in moves]
    for at in range(0, len(rows), each + 1):
        today.go_on(NOON, rows[at : at + each + 1])
    start, end = local_day(NOON, ZONE)
    last = {one.id: one for one in rows}
    here = [one for one in last.values() if one.scope.startswith("d.")]

    def on(at: int | None) -> bool:
        return at is not None and start <= at < end

    waits = sorted(
        one.accepted_at - (one.reported_at or 0)
        for one in here
        if one.accepted_at is not None and on(one.accepted_at) and one.basis != "source"
    )
    told = today.overview(LOAD)
    assert told.reported_today == sum(on(one.reported_at) for one in here)
    assert told.closed_today == sum(on(one.closed_at) for one in here)
    middle = waits[(len(waits) - 1) // 2] // 1_000_000 if waits else None
    assert told.accept_p50_s == middle
    today.go_on(NOON + DAY, [])
    assert today.overview(LOAD).reported_today == 0
