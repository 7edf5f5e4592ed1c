"""`quanke subject` and `quanke keys`, as a person types them, without a platform running."""

import asyncio
import json
import stat
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from api.database import opened
from api.database.server import PASSING
from api.settings import Settings
from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import ReportCase
from domain.case.values import Channel, Place
from tests.api.ground import GRID, GRID_SCOPE, found
from tests.process.commands import quanke

ACCEPTOR = Actor(id="acct:a", role=Role.ACCEPTOR, scope="371602.")
T = TypeVar("T")


def alone(work: Coroutine[Any, Any, T]) -> T:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def _told(data: Path) -> str:
    settings = Settings(data=data, database_url=None)
    async with (
        opened(settings, "test", exclusive=True, extra=PASSING) as database,
        App.open(settings, database.dsn) as app,
    ):
        await found(app.platform.dispatcher)
        done = await app.platform.dispatcher.dispatch(
            ReportCase(
                channel=Channel.HOTLINE, category="06010",
                place=Place(scope=GRID_SCOPE, grid=GRID),
                description="王小明", contact="13899990000",
            ),
            actor=ACCEPTOR, command_id=uuid4(),
        )  # fmt: skip
        return str(done.stream)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_export_hold_erase_and_rotate_by_hand(home: Path) -> None:
    data = home / "data"
    case = alone(_told(data))
    at = ("--data", str(data))
    out = home / "export.json"
    assert quanke("subject", "export", case, "--out", str(out), *at).returncode == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    told = json.loads(out.read_text())
    assert told["events"][0]["what"]["description"] == "王小明"
    held = quanke("subject", "hold", case, "--name", "court-7", "--reason", "诉讼", *at)
    assert held.stdout.startswith(f"case:{UUID(case)}: written, position ")
    refused = quanke("subject", "erase", case, "--reason", "本人要求", *at)
    assert refused.returncode == 1
    assert "LEGAL_HOLD" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (
        quanke("subject", "lift", case, "--name", "court-7", "--reason", "x", *at).returncode == 0
    )
    rotated = quanke("keys", "rotate", *at)
    assert " keys wrapped anew under " in rotated.stdout
    erased = quanke("subject", "erase", case, "--reason", "本人要求", *at)
    assert erased.stdout.startswith(f"case:{case}: erased, position ")
    again = quanke("subject", "erase", case, "--reason", "request", *at)
    assert "nothing was erased" in again.stdout
    told = json.loads(quanke("subject", "export", case, *at).stdout)
    assert told["events"][0]["what"]["description"]["sealed"] == 1
    unknown = quanke("subject", "erase", "nobody", "--reason", "request", *at)
    assert unknown.returncode == 1
    assert "SUBJECT_MALFORMED" in unknown.stderr
