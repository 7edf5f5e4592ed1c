"""The demo's year by two processes on a real database: all of it, each case once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from api.cli import telling
from api.cli.failure import Failed
from api.cli.telling import second_teller
from api.database import opened
from api.database.server import PASSING
from api.demo.arrivals import days, matters
from api.demo.chance import DAY
from api.demo.history import SEED, strand
from api.demo.seeding import seed
from api.settings import Settings
from api.wiring import App

DAYS, A_YEAR = 3, 6_000
NOW = 1_795_000_000_000_000


@asynccontextmanager
async def platform(settings: Settings) -> AsyncIterator[App]:
    async with (
        opened(settings, "run", exclusive=True, extra=PASSING) as database,
        App.open(settings, database.dsn) as app,
    ):
        yield app


def reported() -> set[UUID]:
    """Return the cases that must be in the log: those of all days but the last."""
    streams, number = set(), 0
    for day in days(NOW - DAYS * DAY, NOW):
        for matter in matters(SEED, day, number, A_YEAR):
            number += 1
            if NOW - DAYS * DAY <= matter.at < NOW - DAY:
                streams.add(strand(SEED, matter)[0].stream)
    return streams


@pytest.mark.slow
async def test_two_processes_tell_every_matter_once(home: Path) -> None:
    settings = Settings(data=home / "data")
    async with platform(settings) as app:
        parts = app.platform
        await seed(
            parts.dispatcher, parts.log, parts.reference, NOW, days_back=DAYS, a_year=A_YEAR,
            company=partial(second_teller, settings, DAYS, A_YEAR),
        )  # fmt: skip
        rows = await parts.pool.fetch(
            "select originator_id from quanke_log where topic = 'case.reported'"
        )
        head = await parts.log.head()
        count = await parts.pool.fetchval("select count(*) from quanke_log")
    streams = {row["originator_id"] for row in rows}
    assert len(reported()) > 30
    assert reported() <= streams
    assert len(streams) == len(rows)
    assert count == head


async def test_a_teller_that_fails_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "TELLERS", 2)
    with pytest.raises(ExceptionGroup) as raised:
        await _wait_for(Settings(data=Path("/proc/none")))
    assert raised.group_contains(Failed, match="ended with code 1")


async def _wait_for(settings: Settings) -> None:
    async with second_teller(settings) as others:
        others(NOW)
        await asyncio.sleep(30)
