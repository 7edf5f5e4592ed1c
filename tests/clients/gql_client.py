"""gql, the Python client: a page by HTTP, the feed over its WebSocket transport.

Speaks like `all.mjs`: {"ready": …}, a position on standard input, {"states": …}.
"""

import asyncio
import json
import sys
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

BOARD = gql("""query Board($first: Int!) { cases(first: $first, orderBy: REPORTED) {
    edges { cursor node { id version } } pageInfo { hasNextPage endCursor } } }""")
FEED = """subscription Feed($after: String) { caseFeed(after: $after) { __typename
    ... on CaseFeedSnapshot { cursor position nodes { id version } }
    ... on CaseFeedDelta { cursor position upserts { id version } removes { id } }
    ... on Heartbeat { cursor position } } }"""
AGAIN_S = 0.05


class Feed:
    """What the guide says to keep: the cases, the position and the cursor."""

    def __init__(self) -> None:
        self.cases: dict[str, int] = {}
        self.position = -1
        self.cursor: str | None = None
        self.came = asyncio.Event()

    def apply(self, message: dict[str, Any]) -> None:
        kind = message["__typename"]
        if kind == "Resync":
            self.cursor = None
        elif kind == "CaseFeedSnapshot":
            self.cases = {one["id"]: one["version"] for one in message["nodes"]}
        elif kind == "CaseFeedDelta" and int(message["position"]) > self.position:
            for one in message["removes"]:
                self.cases.pop(one["id"], None)
            self.cases |= {one["id"]: one["version"] for one in message["upserts"]}
        if kind in {"CaseFeedSnapshot", "CaseFeedDelta"}:
            self.position, self.cursor = int(message["position"]), message["cursor"]
        self.came.set()

    async def follow(self, url: str, token: str) -> None:
        """Follow, and after every cut go on with the cursor."""
        while True:
            transport = WebsocketsTransport(url, init_payload={"token": token})
            try:
                async with Client(transport=transport) as session:
                    asked = gql(FEED)
                    asked.variable_values = {"after": self.cursor}
                    async for answer in session.subscribe(asked):
                        self.apply(answer["caseFeed"])
            except (TransportError, OSError, EOFError):
                await asyncio.sleep(AGAIN_S)


async def main(door: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {door['token']}"}
    feed = Feed()
    async with asyncio.TaskGroup() as group:
        following = group.create_task(feed.follow(door["socket"], door["token"]))
        transport = HTTPXAsyncTransport(door["url"], headers=headers)
        async with Client(transport=transport) as session:
            asked = BOARD
            asked.variable_values = {"first": 5}
            page = (await session.execute(asked))["cases"]
        await feed.came.wait()
        say({"ready": {"gql": [edge["node"]["id"] for edge in page["edges"]]}})
        position = int(await asyncio.to_thread(sys.stdin.readline))
        while feed.position < position:
            feed.came.clear()
            await feed.came.wait()
        say({"states": {"gql": feed.cases}})
        following.cancel()


def say(line: dict[str, Any]) -> None:
    """Say one line."""
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
