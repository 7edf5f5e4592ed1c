"""The platform as it runs, with a publisher of made-up changes and the raw limit beside it.

`publish` hands changes to the hub, as the runner does after a commit: everything from
there to the socket is the real thing, and the database is not measured. `raw` writes one
prebuilt frame per event straight into plain sockets, a `write` each: without a call for many
nothing can be cheaper.
"""

import asyncio
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import msgspec
import uvloop

from api.cli.run import settle_collector
from api.cli.serving import free_socket, serving
from api.settings import Settings
from api.wiring import App
from bench.fan import control
from projections.case_board.row import BoardRow
from projections.delta import Change, Delta

NONE = dict.fromkeys(BoardRow.__struct_fields__)
NUMBERS = (
    "returned", "rework", "extensions", "reopened", "urged", "supervised", "version", "position",
)  # fmt: skip
TEMPLATE = BoardRow(**{  # type: ignore[arg-type]
    **NONE, **dict.fromkeys(NUMBERS, 1),
    "id": UUID(int=1), "number": "3716022026112300001", "status": "reported", "open": True,
    "overdue": False, "category": "06010", "channel": "grid_worker",
    "scope": "371602.005.036.001.", "grid": "371602005036001", "unlocated": False, "tier": "V",
    "max_tier": "V", "severity": "normal", "sensitive": False, "exercise": False,
    "basis": "simulated", "flags": [], "departments": [], "reported_at": 1_790_000_000_000_000,
    "updated_at": 1_790_000_000_000_000, "late": [], "self_handled": False, "forced": False,
    "children": [],
})  # fmt: skip


class Raw(asyncio.Protocol):
    """Somebody who gets prebuilt frames, straight into the kernel."""

    descriptors: set[int] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note who is there."""
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self.descriptors.add(self._descriptor)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Forget who has gone."""
        self.descriptors.discard(self._descriptor)


class Bench:
    """What the bench can ask of the server."""

    def __init__(self, app: App, raw_port: int) -> None:
        self._app = app
        self._raw_port = raw_port

    async def do(self, asked: dict[str, Any]) -> Any:
        """Do one thing."""
        match asked["do"]:
            case "publish":
                return await self._timed(asked, self._publish)
            case "raw":
                return await self._timed(asked, self._raw)
            case "flood":
                return await self.flood(asked["events"])
            case _:
                return self._stats()

    async def _timed(self, asked: dict[str, Any], one: Any) -> Any:
        cpu, sent = time.process_time(), {}
        began = time.monotonic()
        for number in range(asked["events"]):
            await asyncio.sleep(max(0.0, began + number / asked["rate"] - time.monotonic()))
            position = asked["from"] + number
            sent[position] = time.monotonic_ns() // 1_000
            one(position)
        await asyncio.sleep(asked.get("settle_s", 1.0))
        return {"cpu_s": time.process_time() - cpu, "sent": sent}

    def _publish(self, position: int) -> None:
        key = UUID(int=position)
        row = msgspec.structs.replace(TEMPLATE, id=key, position=position)
        delta = Delta("case_board", str(key), row, row.scope)
        self._app.platform.hub.publish(Change(position, position, row.updated_at, (delta,)))

    def _raw(self, position: int) -> None:
        body = FRAME % position
        frame = b"\x81\x7e" + len(body).to_bytes(2, "big") + body
        for descriptor in Raw.descriptors:
            assert os.write(descriptor, frame) == len(frame)

    @property
    def position(self) -> int:
        """Up to where the hub has told."""
        return self._app.platform.hub.position

    async def flood(self, events: int, pause_s: float = 0.5) -> Any:
        """Publish as fast as it goes, a few at a time; where memory stands at ten points."""
        steps, position = [], self.position
        for step in range(10):
            for number in range(events // 10):
                position += 1
                self._publish(position)
                if number % 20 == 0:
                    await self._taken()
            await asyncio.sleep(pause_s)
            steps.append({"events": (step + 1) * (events // 10), "rss_kb": rss_kb()})
        return {"steps": steps, "hub": position, "executed": self._stats()["executed"]}

    async def _taken(self) -> None:
        """Wait until every group has taken what was published: each event is a message."""
        while any(len(inbox) for inbox in self._app.platform.hub._subscriptions):
            await asyncio.sleep(0)

    def _stats(self) -> dict[str, Any]:
        live = self._app.doors.live
        groups = list(live._groups.values())
        return {
            "rss_kb": rss_kb(), "raw_port": self._raw_port, "raw": len(Raw.descriptors),
            "groups": live.groups,
            "members": live.members, "lagging": live.lagging, "connections": live.connections,
            "executed": sum(group.executed for group in groups),
            "snapshots": [group.snapshots for group in groups],
            "hub": self._app.platform.hub.position, "cpu_s": time.process_time(),
            "fds": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        }  # fmt: skip


def rss_kb() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


FRAME = (
    b'{"id":"00000000-0000-4000-8000-000000000000","type":"next","payload":{"data":{"caseFeed":'
    b'{"__typename":"CaseFeedDelta","cursor":"MXxhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OXwxMjM0NQ",'
    b'"position":"%d","upserts":[{"id":"MTpDYXNlOjAxYTIwN2ZhLThkODktNzQ4NS04MzRkLWQzZGY5ZTY1NzViOA",'
    b'"number":"3716022026112300001","status":"REPORTED","categoryCode":"06010",'
    b'"scope":"371602.005.036.001.","severity":"NORMAL","reportedAt":"2026-09-21T13:46:40.000000Z",'
    b'"updatedAt":"2026-09-21T13:46:40.000000Z"}],"removes":[]}}}}'
)


async def main() -> None:
    """Serve until standard input ends."""
    dsn, home, port = sys.argv[1:]
    settings = Settings(data=Path(home), database_url=None)
    listening, raw = free_socket("127.0.0.1", int(port)), free_socket("127.0.0.1", 0)
    async with App.open(settings, dsn) as app, anyio.create_task_group() as tasks:
        tasks.start_soon(app.work)
        assert await app.caught_up(60)
        head = await app.platform.log.head()
        while app.platform.hub.position < head:  # the projector has begun
            await asyncio.sleep(0.02)
        app.gate.open()
        settle_collector()
        server = await asyncio.get_running_loop().create_server(Raw, sock=raw, backlog=4_096)
        async with server, serving(app.asgi, listening):
            await control.serve(Bench(app, raw.getsockname()[1]).do)
        tasks.cancel_scope.cancel()


if __name__ == "__main__":
    uvloop.run(main())
