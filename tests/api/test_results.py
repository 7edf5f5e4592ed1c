"""Kept answers: the same bytes while nothing has moved, and never anybody else's."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID

BOARD = "{ overview { open } gridLoad { code open } cases(first: 5) { nodes { number status } } }"


@pytest.fixture
async def leader(app: App, client: Client) -> Client:
    assert await app.platform.reached(await app.platform.log.head(), 30)
    return client.acting(Role.DUTY_LEADER, DISTRICT)


async def report(worker: Client) -> dict[str, Any]:
    return await worker.done(
        "reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID}
    )


async def test_the_second_answer_is_kept_and_a_new_event_makes_another(
    app: App, leader: Client, worker: Client
) -> None:
    results = app.doors.engine.results
    first = await leader.post({"query": BOARD})
    assert results.hits == 0
    assert (await leader.post({"query": BOARD})).content == first.content
    assert results.hits == 1
    await report(worker)
    assert await app.caught_up(30)
    after = (await leader.post({"query": BOARD})).json()
    assert after["data"]["overview"] == {"open": 1}
    assert results.hits == 1
    assert int(after["extensions"]["position"]) > int(first.json()["extensions"]["position"])


async def test_what_somebody_else_may_see_is_another_answer(
    app: App, client: Client, worker: Client, leader: Client
) -> None:
    await report(worker)
    assert await app.caught_up(30)
    query = "{ cases(first: 5) { nodes { number } } }"
    mine = (await leader.ask(query))["cases"]["nodes"]
    away = client.acting(Role.DUTY_LEADER, "371602.006.")
    unit = client.acting(Role.HANDLER, DISTRICT, "sanitation")
    assert len(mine) == 1
    assert (await away.ask(query))["cases"]["nodes"] == []
    assert (await unit.ask(query))["cases"]["nodes"] == []
    assert app.doors.engine.results.hits == 0


@pytest.mark.parametrize(
    "query",
    [
        "{ me { id } }",
        "{ wall { serverTime } }",
        "{ cases(first: 5) { nodes { text { description } } } }",
        "{ cases(first: 5) { nodes { ...T } } } fragment T on Case { contact }",
        "{ claims { __typename } }",
        "{ rateLimit { cost } }",
    ],
)
async def test_what_depends_on_more_is_not_kept(app: App, leader: Client, query: str) -> None:
    for _ in range(2):
        assert "errors" not in (await leader.post({"query": query})).json()
    assert app.doors.engine.results.hits == 0


async def test_an_error_is_not_kept(app: App, leader: Client) -> None:
    for _ in range(2):
        assert await leader.refused('{ case(id: "x") { number } }') == "BAD_INPUT"
    assert app.doors.engine.results.hits == 0


async def test_many_at_once_make_it_once(app: App, leader: Client) -> None:
    app.doors.engine.planned = 0
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(leader.post({"query": BOARD})) for _ in range(8)]
    assert len({one.result().content for one in running}) == 1
    assert app.doors.engine.planned == 1


async def test_a_get_has_a_tag_and_is_spared_what_it_has(
    app: App, leader: Client, worker: Client
) -> None:
    path, who = f"/graphql?query={quote(BOARD)}", f"Bearer {leader.token}"
    first = await leader.get(path, authorization=who)
    tag = first.headers["etag"]
    again = await leader.get(path, authorization=who, **{"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    stranger = worker.acting(Role.DUTY_LEADER, COMMUNITY)
    other = await stranger.get(
        path, authorization=f"Bearer {stranger.token}", **{"if-none-match": tag}
    )
    assert other.status_code == 200
    await report(worker)
    assert await app.caught_up(30)
    moved = await leader.get(path, authorization=who, **{"if-none-match": tag})
    assert moved.status_code == 200
    assert moved.json()["data"]["overview"] == {"open": 1}
