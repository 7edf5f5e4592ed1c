"""The platform waits for screens that are still being built, knows them then, fails with them."""

import json
import os
from pathlib import Path

import anyio
import pytest

from api.cli import run
from api.cli.failure import Failed
from api.cli.screens import BUILDER, screens_built
from api.database import Database
from api.graphql.documents import document_id
from api.settings import Settings
from api.wiring import App
from tests.api.client import Client


def _builder(script: str) -> str:
    return str(os.posix_spawn("/bin/sh", ["sh", "-c", script], {}))


async def test_waits_for_the_builder_and_forgets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = tmp_path / "built"
    monkeypatch.setenv(BUILDER, _builder(f"sleep 0.3; : > '{built}'"))
    await screens_built()
    assert built.exists()
    assert BUILDER not in os.environ


async def test_a_failed_build_fails_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUILDER, _builder("exit 3"))
    with pytest.raises(Failed, match="could not be built"):
        await screens_built()


async def test_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BUILDER, raising=False)
    await screens_built()


WALL = "{ me { role } }"


async def _nothing(*_given: object) -> None:
    pass


async def test_an_unsigned_wall_is_let_in_at_the_very_first_start(
    monkeypatch: pytest.MonkeyPatch, database: str, tmp_path: Path
) -> None:
    """What the screens ask is known by `ready`, though they are built after the doors are made."""
    documents = tmp_path / "documents.json"

    async def build() -> None:
        documents.write_text(json.dumps({document_id(WALL): WALL}))

    monkeypatch.setattr("api.app.DIST", tmp_path)
    monkeypatch.setattr(run, "screens_built", build)
    monkeypatch.setattr(run, "_answers", _nothing)
    monkeypatch.setattr(run, "_announce", lambda *_given: None)
    monkeypatch.setattr(run, "settle_collector", lambda: None)
    settings = Settings(data=tmp_path, demo=False, sealer=False)
    async with App.open(settings, database) as app, anyio.create_task_group() as tasks:
        stranger = Client(app)
        assert await stranger.refused(WALL) == "DOCUMENT_NOT_REGISTERED"
        tasks.start_soon(run._live, app, Database(database), run.Address("127.0.0.1", 0), tasks)
        with anyio.fail_after(60):
            while not app.gate.is_open():
                await anyio.sleep(0.02)
        assert await stranger.ask(WALL) == {"me": {"role": "public"}}
        tasks.cancel_scope.cancel()
