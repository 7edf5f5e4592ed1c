"""A full disk and a stuck database refuse writing clearly, leave reading alone, and heal."""

from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from api.dispatch.room import Room
from api.wiring import App
from domain.actor import Role
from eventlog.connection import _SETTINGS as SETTINGS
from eventlog.errors import LogFull, LogUnavailable
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID
from tests.eventlog.samples import ACTOR, write

REPORT = """mutation($i: ReportCaseInput!) { reportCase(input: $i) {
    case { id } userErrors { code } } }"""
CASES = "{ cases(first: 1) { nodes { number } } }"


def asked() -> dict[str, object]:
    return {"clientMutationId": str(uuid4()), "channel": "HOTLINE", "category": "06010",
            "place": {"grid": GRID}, "description": "x"}  # fmt: skip


def test_room_is_looked_at_now_and_then_and_never_for_ever() -> None:
    free, now = [1_000], [0.0]
    room = Room(Path("/"), 500, lambda _: free[0], lambda: now[0])
    room()
    free[0] = 100
    room()  # the disk was looked at a moment ago
    now[0] = 0.3
    with pytest.raises(LogFull, match="nothing was written"):
        room()
    free[0], now[0] = 600, 0.6
    room()


async def test_no_room_refuses_writing_and_not_reading(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    await acceptor.ask(REPORT, i=asked())
    head, given = await app.log.head(), asked()
    room = app.platform.dispatcher._room
    assert isinstance(room, Room)
    with monkeypatch.context() as full:
        full.setattr(room, "_free", lambda _: 0)
        full.setattr(room, "_looked", -1.0)
        assert await acceptor.refused(REPORT, i=given) == "STORAGE_FULL"
        assert len((await acceptor.ask(CASES))["cases"]["nodes"]) == 1
    assert await app.log.head() == head
    monkeypatch.setattr(room, "_looked", -1.0)
    done = await acceptor.ask(REPORT, i=given)
    assert done["reportCase"]["userErrors"] == []


async def test_a_stuck_lock_times_out_and_heals(database: str) -> None:
    """Somebody else holds the lock of the log for longer than a command waits."""
    async with PostgresLog.open(database, deadline_s=1.0) as log:
        await log.append(uuid4(), ACTOR, [write(uuid4(), 0, 1)])
        stuck = await asyncpg.connect(database)
        await stuck.execute("begin; select quanke_log_lock()")
        command, late = uuid4(), write(uuid4(), 0, 1)
        with pytest.raises(LogUnavailable):
            await log.append(command, ACTOR, [late])
        assert len(await log.read_all(Position(0))) == 1
        await stuck.execute("rollback")
        await stuck.close()
        again = await log.append(command, ACTOR, [late])
        assert (again.first, await log.head()) == (2, 2)


SLOW = """
create function slowly() returns trigger language plpgsql as
$$ begin perform pg_sleep(1); return new; end $$;
create trigger slowly before insert on quanke_log for each row execute function slowly();
"""


async def test_a_statement_timeout_is_no_loss(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database gives up first: nothing is written, and the same command goes through."""
    monkeypatch.setitem(SETTINGS, "statement_timeout", "100ms")
    connection = await asyncpg.connect(database)
    await connection.execute(SLOW)
    async with PostgresLog.open(database, deadline_s=0.8) as log:
        command, given = uuid4(), write(uuid4(), 0, 1)
        with pytest.raises(LogUnavailable, match="QueryCanceled"):
            await log.append(command, ACTOR, [given])
        assert await log.read_all(Position(0)) == []
        await connection.execute("drop trigger slowly on quanke_log")
        assert (await log.append(command, ACTOR, [given])).first == 1
    await connection.close()
