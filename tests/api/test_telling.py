"""A live message encoded by a plan is, to the byte, what the executor makes of it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from graphql import parse
from structlog.testing import capture_logs

from api.auth.identity import Identity
from api.graphql.context import Context
from api.graphql.executor import Executor
from api.graphql.live.source import heartbeat, pause, resync
from api.graphql.live.telling import Telling
from api.graphql.measured import OPERATIONS
from api.graphql.schema import SCHEMA_CORE
from api.graphql.wall.source import WallSource
from api.graphql.wall.types import WallDelta
from api.settings import REPOSITORY
from api.wiring import App
from domain.actor import Actor, Role
from projections.reading import standing
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.test_live import RUBBISH
from tests.sync.test_today import changes, led

WALL = (REPOSITORY / "api/graphql/live/documents/wall.graphql").read_text("utf-8")


def telling(app: App, text: str = WALL) -> Telling:
    """What encodes a document's messages."""
    actor = Actor(id="acct:anybody", role=Role.PUBLIC, scope="")
    context = Context(app.platform, Identity(actor))
    built: Any = Executor.build(SCHEMA_CORE, parse(text), context_value=context)
    assert isinstance(built, Executor), built
    return Telling(built, context)


async def messages(app: App, worker: Client) -> list[object]:
    """One of each kind."""
    district = app.platform.reference.area(DISTRICT)
    assert district is not None
    await led(app)
    source = WallSource(app.platform, district)
    with app.platform.hub.subscribe() as inbox:
        reported = await worker.done("reportCase", **RUBBISH)
        position = int(reported["event"]["last"])
        told = await changes(inbox, position)
    taken = await source.snapshot()
    cursor = taken.cursor
    beat = heartbeat(app.platform, cursor, await standing(app.platform.pool))
    delta = await source.delta(told, cursor)
    assert isinstance(delta, WallDelta)
    return [taken.payload, delta, beat.payload, resync("behind", position, cursor).payload]


async def test_each_kind_of_message_is_the_same_by_both_ways(app: App, worker: Client) -> None:
    both = telling(app)
    found = await messages(app, worker)
    for payload in found:
        assert await both.body(payload) == orjson.dumps(await both._by_executor(payload))
    assert both.planned == len(found)


async def test_what_a_message_must_not_lack_is_said_by_the_executor(
    app: App, worker: Client
) -> None:
    both = telling(app)
    _, delta, *_ = await messages(app, worker)
    assert isinstance(delta, WallDelta)
    body = await both.body(replace(delta, position=None))  # type: ignore[arg-type]
    assert b'"path":["wall","position"]' in body
    assert b'"errors"' in body
    assert both.planned == 0


async def test_a_message_whose_plan_is_wrong_is_told_and_reported(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = telling(app)
    _, delta, *_ = await messages(app, worker)
    told = await both.body(delta)

    def wrong(_payload: object) -> dict[str, Any]:
        raise KeyError("a bug")

    monkeypatch.setattr(both, "_planned", wrong)
    before = OPERATIONS.plans["message", "failed"]
    with capture_logs() as lines:
        assert await both.body(delta) == told
    assert OPERATIONS.plans["message", "failed"] == before + 1
    assert [one["request_id"] for one in lines] == [both._context.request_id]


async def test_fields_that_ask_further_are_told_too(app: App, worker: Client) -> None:
    text = "subscription { wall { ... on WallDelta { grids { code grid { name } } } } }"
    both = telling(app, text)
    _, delta, *_ = await messages(app, worker)
    assert await both.body(delta) == orjson.dumps(await both._by_executor(delta))


def test_a_group_whose_messages_take_long_gathers_longer() -> None:
    assert pause(0.05, 0.001) == 0.05
    assert pause(0.05, 0.02) == 0.16
    assert pause(0.05, 9.0) == 0.2
    assert pause(0, 9.0) == 0  # what is told change by change stays so
