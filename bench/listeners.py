"""The other side of `latency`: listeners and a reporter, one process.

Reads its job as JSON from standard input and writes, per listener, the position and the
instant (microseconds UTC) of each message to standard output.
"""

import asyncio
import json
import sys
import time
from typing import Any
from uuid import uuid4

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

FEED = (
    "subscription { caseFeed { __typename ... on CaseFeedSnapshot { position }"
    " ... on CaseFeedDelta { position upserts { id number status category { code } } } } }"
)
WALL = (
    "subscription { wall { __typename ... on WallSnapshot { position scene { overview { open } } }"
    " ... on WallDelta { position overview { open } grids { code open } feed { number topic } } } }"
)
REPORT = (
    "mutation($input: ReportCaseInput!) { reportCase(input: $input) {"
    " event { position } userErrors { code } } }"
)
GRID = "371602005036001"
SETTLE_S = 2.0


class Listener:
    """One subscription on a connection of its own."""

    def __init__(self, kind: str, query: str) -> None:
        self.kind = kind
        self._query = query
        self.messages: list[tuple[int, int]] = []
        self.ready = asyncio.Event()

    async def run(self, url: str, token: str) -> None:
        """Note every snapshot and delta until cancelled."""
        async with connect(
            f"ws://{url}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
            await socket.recv()
            payload = {"query": self._query}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            async for text in socket:
                at = time.time_ns() // 1_000
                self._note(json.loads(text), at)

    def _note(self, message: dict[str, Any], at: int) -> None:
        (found,) = message["payload"]["data"].values()
        if found["__typename"].endswith("Delta"):
            self.messages.append((int(found["position"]), at))
        elif found["__typename"].endswith("Snapshot"):
            self.ready.set()


async def offer(job: dict[str, Any]) -> None:
    """Report at a steady rate over one connection, whatever the answers take."""
    async with connect(
        f"ws://{job['url']}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
    ) as socket:
        token = {"token": job["tokens"][0]}
        await socket.send(json.dumps({"type": "connection_init", "payload": token}))
        await socket.recv()
        async with asyncio.TaskGroup() as tasks:
            count = int(job["rate"] * job["seconds"])
            tasks.create_task(answers(socket, count))
            began = time.monotonic()
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number / job["rate"] - time.monotonic()))
                await socket.send(json.dumps(report(number)))


def report(number: int) -> dict[str, Any]:
    """Return the message that reports one case."""
    given = {
        "clientMutationId": str(uuid4()),
        "channel": "HOTLINE",
        "category": "06010",
        "place": {"scope": "371602.005.036.", "grid": GRID},
    }
    payload = {"query": REPORT, "variables": {"input": given}}
    return {"id": str(number), "type": "subscribe", "payload": payload}


async def answers(socket: ClientConnection, count: int) -> None:
    """Read the answers; every report must have been taken."""
    while count:
        message = json.loads(await socket.recv())
        if message["type"] == "next":
            assert not message["payload"]["data"]["reportCase"]["userErrors"], message
        count -= message["type"] == "complete"


async def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    kinds = [("feed", FEED)] * job["feeds"] + [("wall", WALL)] * job["walls"]
    listeners = [Listener(kind, query) for kind, query in kinds]
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(one.run(job["url"], job["tokens"][1 + number // job["connections"]]))
            for number, one in enumerate(listeners)
        ]
        for one in listeners:
            await asyncio.wait_for(one.ready.wait(), 60)
        await offer(job)
        await asyncio.sleep(SETTLE_S)
        for task in running:
            task.cancel()
    json.dump([{"kind": one.kind, "messages": one.messages} for one in listeners], sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
