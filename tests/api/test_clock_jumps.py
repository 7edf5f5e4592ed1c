"""The clock jumps a day ahead and back: nothing is refused, reordered or falsely overdue.

Both clocks are injected: the platform's, and the database's, whose `clock_timestamp` is
shadowed by one that adds an offset from a table.
"""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from api.dispatch.dispatcher import now_us
from api.reactors.clockwatch import SteadyClock
from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import ReportCase
from domain.case.values import Channel, Place
from tests.api.conftest import working
from tests.api.ground import GRID, GRID_SCOPE

ACCEPTOR = Actor(id="acct:a", role=Role.ACCEPTOR, scope="371602.")
DAY_S = 86_400
SHADOW = """
create schema shifted;
create table shifted.clock (seconds double precision not null);
insert into shifted.clock values (0);
create function shifted.clock_timestamp() returns timestamptz language sql volatile as
$$ select pg_catalog.clock_timestamp() + make_interval(secs => seconds) from shifted.clock $$;
"""


async def reported(app: App) -> int:
    done = await app.platform.dispatcher.dispatch(
        ReportCase(
            channel=Channel.HOTLINE, category="06010", place=Place(scope=GRID_SCOPE, grid=GRID),
        ),
        actor=ACCEPTOR, command_id=uuid4(),
    )  # fmt: skip
    return int(done.first)


async def test_a_day_ahead_and_a_day_back(
    founded_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset_s = [0]

    def shifted() -> int:
        return now_us() + offset_s[0] * 1_000_000

    looked = [0]

    def watched() -> int:
        looked[0] += 1
        return shifted()

    sql = await asyncpg.connect(founded_database)
    await sql.execute(SHADOW)
    name = await sql.fetchval("select current_database()")
    await sql.execute(f"alter database {name} set search_path = public, shifted, pg_catalog")
    async with working(tmp_path, founded_database) as app:
        clock = app.platform.clock
        assert isinstance(clock, SteadyClock)
        monkeypatch.setattr(clock.watch, "_wall_us", watched)
        assert await app.caught_up(30)
        app.gate.open()
        before, positions = await app.log.head(), []
        for seconds in (0, DAY_S, 0, -DAY_S, 0):
            offset_s[0] = seconds
            await sql.execute("update shifted.clock set seconds = $1", float(seconds))
            positions += [await reported(app) for _ in range(3)]
            seen = looked[0]
            async with asyncio.timeout(20):
                while looked[0] < seen + 2:  # whatever was due by the shifted clock is taken
                    await asyncio.sleep(0.05)
    told = await app_log(founded_database, before)
    await sql.close()
    assert positions == list(range(before + 1, before + 16))
    assert [row["topic"] for row in told] == ["case.reported"] * 15
    times = [row["recorded_at"] for row in told]
    assert times == sorted(times)
    assert (times[3] - times[2]).total_seconds() > DAY_S - 60, "the database's clock jumped"
    assert times[6] == times[5], "set back: the log's own time stands still"


async def app_log(dsn: str, after: int) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(
            await connection.fetch(
                "select topic, recorded_at from quanke_log where notification_id > $1"
                " order by notification_id", after,
            )
        )  # fmt: skip
    finally:
        await connection.close()
