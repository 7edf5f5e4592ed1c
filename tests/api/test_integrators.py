"""docs/integrators.md is run as it stands: every block, in its order."""

import json
import re
from pathlib import Path
from typing import Any

from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, GRID

GUIDE = Path(__file__).parents[2] / "docs" / "integrators.md"
BLOCK = re.compile(r"```graphql\n(.*?)```\n(?:```json\n(.*?)```)?", re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    return [(text, given or "{}") for text, given in BLOCK.findall(GUIDE.read_text("utf-8"))]


async def test_the_guide_works_as_it_stands(app: App, client: Client) -> None:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    board, report, mine, follow, changed = blocks()
    answer = await asked(acceptor, board)
    assert answer["data"]["cases"] == {
        "nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None},
    }  # fmt: skip
    payload = (await asked(acceptor, report))["data"]["reportCase"]
    assert (payload["userErrors"], payload["event"]["duplicate"]) == ([], False)
    again = (await asked(acceptor, report))["data"]["reportCase"]
    assert again["event"] == {**payload["event"], "duplicate": True}
    extensions = {"minPosition": payload["event"]["position"], "timeoutMs": 2_000}
    own = (await asked(acceptor, mine, extensions, case=payload["case"]["id"]))["data"]
    assert own["case"]["number"] == payload["case"]["number"]
    assert own["case"]["timeline"]["nodes"][0]["topic"] == "case.reported"
    await followed(app, acceptor, follow, payload["case"]["id"])
    told = (await asked(acceptor, changed))["data"]["schemaChanges"]
    assert {one["since"] for one in told} == {"0.1.0"}


async def asked(
    asking: Client,
    block: tuple[str, str],
    extensions: dict[str, Any] | None = None,
    case: str = "",
) -> dict[str, Any]:
    text, given = block
    variables = json.loads(given.replace("$case", case))
    body = {"query": text, "variables": variables, "extensions": extensions}
    found: dict[str, Any] = (await asking.post(body)).json()
    assert "errors" not in found, found["errors"]
    return found


async def followed(app: App, asking: Client, block: tuple[str, str], case: str) -> None:
    """Follow, be cut, miss something, and go on after the cursor."""
    text, given = block
    variables = json.loads(given)
    async with socket(app) as first:
        await first.init(asking.token)
        message = await subscribed(first, text, variables)
    assert message["__typename"] == "CaseFeedSnapshot"
    assert [one["id"] for one in message["nodes"]] == [case]
    missed = await asking.done(
        "reportCase", channel="HOTLINE", category="06010", place={"grid": GRID}
    )
    assert await app.platform.reached(int(missed["event"]["last"]), 30)
    async with socket(app) as second:
        await second.init(asking.token)
        message = await subscribed(second, text, {**variables, "after": message["cursor"]})
    assert message["__typename"] == "CaseFeedDelta"
    assert [one["id"] for one in message["upserts"]] == [missed["case"]["id"]]


async def subscribed(one: Any, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    payload = {"query": text, "variables": variables}
    await one.say({"id": "1", "type": "subscribe", "payload": payload})
    while True:
        heard = await one.hear()
        assert heard["type"] == "next", heard
        found: dict[str, Any] = heard["payload"]["data"]["caseFeed"]
        if found["__typename"] != "Heartbeat":
            return found
