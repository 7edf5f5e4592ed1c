"""Thousands of subscribers in one process of their own, and what each of them received.

Each checks that every delta brings what follows on its last one, and nothing else: a group
that is behind tells several events in one message, so the cases are looked at and not only
the position. A job with `fold` also keeps the cases it was told of, and its clients come
back with their cursor when the server is gone, as a screen does.
"""

import asyncio
import random
import socket
import time
from array import array
from collections import Counter
from collections.abc import Collection
from typing import Any, cast
from uuid import uuid4

import orjson
import uvloop

from api.graphql.ids import case_key
from bench.fan import FEED, control
from bench.fan.reading import Reader

DELTA, SNAPSHOT, BEAT = b"CaseFeedDelta", b"CaseFeedSnapshot", b"Heartbeat"
ACK = b"connection_ack"
PING = 0x89
BACK_S = 1.5
SMALL_BUFFER = 4_096
CONNECTIONS_A_TOKEN = 20


class Subscriber(asyncio.Protocol):
    """One connection."""

    def __init__(self, crowd: "Crowd", job: dict[str, Any], variables: dict[str, Any]) -> None:
        self._crowd = crowd
        self._job = job
        self._variables = variables
        self._name = str(uuid4())
        self._buffer = bytearray()
        self._upgraded = job["kind"] == "raw"
        self._transport: asyncio.Transport | None = None
        self.token = ""
        self.last = 0
        self.gaps = self.doubled = self.resyncs = 0
        self.started = self.stalls = False
        self.cursor: str | None = None
        self.known: Counter[str] = Counter()
        self.restored_at = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._buffer.clear()
        if self._upgraded and self._job["kind"] == "raw":
            self._begun()
            return
        self._upgraded = False
        self._transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )

    @property
    def transport(self) -> asyncio.Transport:
        """Its connection."""
        assert self._transport is not None
        return self._transport

    def data_received(self, data: bytes) -> None:
        """Take the frames in some bytes."""
        self._buffer += data
        if not self._upgraded and not self._upgrade():
            return
        while (frame := self._frame()) is not None:
            self._take(frame)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Come back, if that is the job."""
        self._crowd.lost(self)

    def _upgrade(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        assert head.startswith(b"HTTP/1.1 101"), bytes(head[:200])
        self._buffer = bytearray(rest)
        self._upgraded = True
        payload = {"token": self.token} if self.token else {}
        self._say({"type": "connection_init", "payload": payload})
        return True

    def _subscribe(self) -> None:
        variables = {**self._variables, "after": self.cursor} if self.cursor else self._variables
        query = self._job.get("query", FEED)
        asked = {"query": query, "variables": variables}
        self._say({"id": self._name, "type": "subscribe", "payload": asked})
        if self._job["kind"] == "peer":
            self._begun()  # it has no snapshot

    def _say(self, message: dict[str, Any]) -> None:
        raw = orjson.dumps(message)
        length = len(raw)
        short = length < 126
        head = bytes((0x81, 0x80 | length)) if short else b"\x81\xfe" + length.to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(head + bytes(4) + raw)

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        frame = bytes(buffer[start : start + length]) if buffer[0] == 0x81 else b""
        if buffer[0] == PING:
            pong = bytes((0x8A, 0x80 | length)) + bytes(4) + buffer[start : start + length]
            self.transport.write(pong)
        del buffer[: start + length]
        return frame

    def _take(self, frame: bytes) -> None:
        if self._job.get("fold") and b'"next"' in frame:
            self._fold(orjson.loads(frame)["payload"]["data"]["caseFeed"])
        elif DELTA in frame:
            self._delta(orjson.loads(frame)["payload"]["data"]["caseFeed"])
        elif SNAPSHOT in frame:
            self.resyncs += self.started
            self._begun()
            self.last = 0  # what follows need not follow on what was before
        elif BEAT in frame:
            self._crowd.beats += 1
        elif ACK in frame:
            self._subscribe()
        elif b'"error"' in frame:
            raise RuntimeError(frame.decode())

    def _fold(self, told: dict[str, Any]) -> None:
        kind = told["__typename"]
        if kind == "Resync":
            self.resyncs += 1
            return
        position = int(told["position"])
        if kind == "CaseFeedSnapshot":
            self.known.update({case["id"]: 0 for case in told["nodes"]})
            self.last = position
            self._begun()
        elif kind == "CaseFeedDelta":
            self.doubled += position <= self.last
            self.last = max(self.last, position)
            self.known.update(case["id"] for case in told["upserts"])
        self.cursor = told["cursor"]
        self.restored_at = self.restored_at or time.monotonic_ns() // 1_000

    def _begun(self) -> None:
        if not self.started:
            self.started = True
            self._crowd.begun += 1
            if self.stalls:
                assert self._transport is not None
                self._transport.pause_reading()

    def _delta(self, told: dict[str, Any]) -> None:
        position = int(told["position"])
        brought = {position}
        if self._job["kind"] == "ws":  # the bench's cases have their position for an id
            brought = {case_key(case["id"]).int for case in told["upserts"]}
        due = set(range(self.last + 1, position + 1)) if self.last else brought
        self.gaps += len(due ^ brought)
        self.last = position
        self._crowd.note(brought, self._crowd.at or time.monotonic_ns() // 1_000)


class Crowd:
    """All subscribers of this process."""

    def __init__(self) -> None:
        self.members: list[Subscriber] = []
        self.begun = self.beats = self.messages = self.closed = self.at = 0
        self._aside: list[tuple[Subscriber, int, bytes]] = []
        self._reader: Reader[Subscriber] | None = None
        self._job: dict[str, Any] = {}
        self._positions = array("q")
        self._at = array("q")
        self._gone_at = 0
        self._returning: set[asyncio.TimerHandle] = set()
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Take jobs until standard input ends."""
        async with asyncio.TaskGroup() as self._tasks:
            await control.serve(self.do)
            self._job = {}

    async def do(self, asked: dict[str, Any]) -> Any:
        """Do one thing."""
        match asked["do"]:
            case "connect":
                return await self._connect(asked)
            case "begin":
                self._positions, self._at = array("q"), array("q")
                self.beats = self.messages = self.closed = 0
                for one in self.members:
                    one.restored_at = one.gaps = one.resyncs = 0
                self._gone_at = 0
                if not self._job.get("fold"):
                    self._read_on(prompt=asked["prompt"])
                return {}
            case "arrived":
                return await self._arrived(asked["expected"])
            case "leave":
                return self._leave()
            case "folded":
                return self._folded()
            case _:
                return self._heard()

    def _read_on(self, *, prompt: bool) -> None:
        """Do nothing but read from as soon as this was answered until the next line comes."""
        self._reader = Reader(
            [(one, one.transport) for one in self.members if not one.stalls],
            lambda *read: self._aside.append(read),
            prompt=prompt,
        )
        asyncio.get_running_loop().call_soon(self._reader.read)

    def note(self, positions: Collection[int], at: int) -> None:
        """Note the events of one delta that somebody received, and when."""
        self.messages += 1
        self._positions.extend(positions)
        self._at.extend([at] * len(positions))

    def lost(self, member: Subscriber) -> None:
        """Let a member come back after a wait of its own, when that is the job."""
        if not self._job.get("fold"):
            return
        self._gone_at = self._gone_at or time.monotonic_ns() // 1_000
        self._again(member)

    def _again(self, member: Subscriber) -> None:
        loop, tasks = asyncio.get_running_loop(), self._tasks
        assert tasks is not None
        loop.call_later(
            random.uniform(0.1, BACK_S), lambda: tasks.create_task(self._return(member))
        )

    async def _return(self, member: Subscriber) -> None:
        if not self._job:
            return
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: member, self._job["host"], self._job["port"]
            )
        except OSError:
            self._again(member)

    async def _connect(self, job: dict[str, Any]) -> Any:
        self._job, self.begun = job, 0
        began = time.monotonic()
        given = job.get("variables") or [{}]
        for number in range(job["count"]):
            member = Subscriber(self, job, given[number % len(given)])
            if job["kind"] == "ws":
                member.token = job["tokens"][number // CONNECTIONS_A_TOKEN]
            member.stalls = number < job.get("stalled", 0)
            self.members.append(member)
            await self._open(member, job)
            if number % 20 == 0:
                await self._until(number - 200)
        await self._until(job["count"])
        return {"connected": self.begun, "seconds": time.monotonic() - began}

    async def _open(self, member: Subscriber, job: dict[str, Any]) -> None:
        wire = socket.socket()
        wire.setblocking(False)
        if member.stalls:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(wire, (job["host"], job["port"]))
        await loop.create_connection(lambda: member, sock=wire)

    async def _until(self, count: int) -> None:
        async with asyncio.timeout(120):
            while self.begun < count:
                await asyncio.sleep(0.005)

    async def _arrived(self, expected: int) -> Any:
        """Wait until everybody who reads has everything, or nothing has come for two seconds."""
        assert self._reader is not None
        reading = sum(not member.stalls for member in self.members)
        before, quiet = -1, 0
        while True:
            self._parse()
            quiet = quiet + 1 if len(self._at) == before else 0
            before = len(self._at)
            if before >= expected * reading or quiet == 20:
                break
            self._reader.read(0.1)
            await asyncio.sleep(0)
        self._reader.end()
        return {}

    def _parse(self) -> None:
        """Take what was put aside, each with the instant at which it came."""
        aside = self._aside.copy()
        self._aside.clear()
        for member, self.at, data in aside:
            member.data_received(data)
            self.closed += not data
        self.at = 0

    def _leave(self) -> Any:
        self._job = {}
        for member in self.members:
            if member._transport is not None:
                member._transport.abort()
        self.members = []
        return {}

    def _heard(self) -> Any:
        return {
            "positions": self._positions.tolist(),
            "at": self._at.tolist(),
            "beats": self.beats,
            "messages": self.messages,
            "closed": self.closed,
            "reading": sum(not one.stalls for one in self.members),
            "gaps": sum(one.gaps for one in self.members),
            "resyncs": sum(one.resyncs for one in self.members),
        }

    def _folded(self) -> Any:
        back = [one.restored_at for one in self.members]
        tellings = [count for one in self.members for count in one.known.values()]
        return {
            "states": [sorted(one.known) for one in self.members[:1]],
            "alike": len({tuple(sorted(one.known)) for one in self.members}),
            "doubled": sum(one.doubled for one in self.members) + sum(n > 1 for n in tellings),
            "resyncs": sum(one.resyncs for one in self.members),
            "waiting": sum(at == 0 for at in back),
            "gone_at": self._gone_at,
            "last_back_at": max(back, default=0),
        }


if __name__ == "__main__":
    uvloop.run(Crowd().run())
