"""The canary goes the whole way and is in nothing that anybody counts or reads."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from api.cli.serving import free_socket, serving
from api.reactors.canary import Canary, NotHeard, Somewhere
from api.settings import Settings
from api.verify import verify
from api.wiring import App
from domain.actor import Role
from domain.topics import decode_meta
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.steps import acting, report

COUNTED = """{ cases(first: 100, withTotal: true) { totalCount nodes { number } }
    overview { open total reportedToday } wall { feed { number } } logDensity { total } }"""


async def test_a_canary_comes_through_and_is_counted_nowhere(app: App, client: Client) -> None:
    leader = acting(client, "leader")
    await acting(client, "worker").done("reportCase", **report("x").given)
    assert await app.caught_up(30)
    before = await leader.ask(COUNTED)
    head = await app.log.head()
    listening = free_socket("127.0.0.1", 0)
    async with serving(app.asgi, listening):
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert 0 < await Canary(app.platform, url).fly() < 20
    (event,) = await app.log.read_all(Position(head), 10)
    assert (event.topic, decode_meta(event.meta).basis) == ("case.reported", "canary")
    assert b'"number":"canary"' in event.state
    assert await app.caught_up(30)
    assert await leader.ask(COUNTED) == before
    assert app.reactor.waiting == 1  # the worker's own case
    assert (await verify(app.dsn)).faults == []
    number = (await acting(client, "worker").done("reportCase", **report("y").given))["case"]
    first = before["cases"]["nodes"][0]["number"]
    assert int(number["number"]) == int(first) + 1


async def test_a_canary_that_is_not_heard_is_counted_as_lost(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(_self: Canary) -> float:
        raise NotHeard("somewhere")

    monkeypatch.setattr(Canary, "fly", lost)
    before = REGISTRY.get_sample_value("quanke_canary_lost_total") or 0
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        flying = tasks.create_task(Canary(app.platform, "http://127.0.0.1:1", 0.01).run())
        while (REGISTRY.get_sample_value("quanke_canary_lost_total") or 0) < before + 2:
            await asyncio.sleep(0.01)
        flying.cancel()


async def test_a_city_that_has_nothing_yet_loses_none(tmp_path: Path, database: str) -> None:
    turns: list[Somewhere | None] = []

    class Watched(Canary):
        def _somewhere(self) -> Somewhere | None:
            turns.append(found := super()._somewhere())
            return found

    before = REGISTRY.get_sample_value("quanke_canary_lost_total") or 0
    async with (
        App.open(Settings(data=tmp_path), database) as app,
        asyncio.timeout(20),
        asyncio.TaskGroup() as tasks,
    ):
        flying = tasks.create_task(Watched(app.platform, "http://127.0.0.1:1", 0.01).run())
        while len(turns) < 3:
            await asyncio.sleep(0.01)
        flying.cancel()
    assert set(turns) == {None}
    assert (REGISTRY.get_sample_value("quanke_canary_lost_total") or 0) == before


@pytest.mark.parametrize(
    ("asked", "demo", "sends"), [(None, False, True), (None, True, False), (False, False, False),
                                 (True, True, True)]
)  # fmt: skip
def test_a_city_has_one_and_the_demo_none_unless_it_is_said(
    asked: bool | None, demo: bool, sends: bool
) -> None:
    assert Settings(demo=demo, canary=asked).sends_canaries is sends


async def test_only_an_administrator_follows_canaries(client: Client) -> None:
    query = "subscription { canary { __typename } }"
    answer = await client.acting(Role.DISPATCHER, DISTRICT).get(
        "/graphql/stream?query=" + query, accept="text/event-stream"
    )
    assert answer.json()["errors"][0]["extensions"]["code"] in ("UNAUTHENTICATED", "FORBIDDEN")
