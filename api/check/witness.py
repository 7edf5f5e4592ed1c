"""The clients of the kill check, in a process that is never killed.

Each client sends one command, waits for its answer, has the answer on disk (fsync) and
only then sends the next. When the answer does not come it does not know: it sends the
same command id again until there is one. Clients share an fsync where they can.
Times are CLOCK_MONOTONIC, so that the killer can compare them with its own.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httptools
import msgspec

MUTATION: Final = """
mutation ($input: ReportCaseInput!) {
  reportCase(input: $input) { event { position } userErrors { code message } }
}
"""
ANSWER_S: Final = 10.0
AWAY_S: Final = 0.02
HEADERS: Final = (
    "POST /graphql HTTP/1.1\r\nHost: quanke\r\nContent-Type: application/json\r\n"
    "Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
)


class Plan(msgspec.Struct, frozen=True):
    """What the witness is told: where to send what, and where to write."""

    host: str
    port: int
    token: str
    clients: int
    seed: int
    grids: list[str]
    categories: list[str]
    acknowledged: str
    timeline: str


class Disk:
    """Lines on disk. `write` returns after the fsync that covers the line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lines: list[bytes] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._more = asyncio.Event()

    async def write(self, line: bytes) -> None:
        """Add a line; it is on disk when this returns."""
        done = asyncio.get_running_loop().create_future()
        self._lines.append(line)
        self._waiting.append(done)
        self._more.set()
        await done

    async def run(self) -> None:
        """Write what has come together, for ever."""
        while True:
            await self._more.wait()
            self._more.clear()
            lines, self._lines = self._lines, []
            waiting, self._waiting = self._waiting, []
            self._file.write(b"".join(lines))
            os.fsync(self._file.fileno())
            for one in waiting:
                one.set_result(None)


class Answer:
    """Collects one HTTP answer (the callbacks of httptools)."""

    def __init__(self) -> None:
        self.body = b""
        self.complete = False

    def on_body(self, body: bytes) -> None:
        """Take a piece."""
        self.body += body

    def on_message_complete(self) -> None:
        """It is whole."""
        self.complete = True


class Client:
    """One sender with one connection, in front of which it waits for its answers."""

    def __init__(self, plan: Plan, number: int, disk: Disk, timeline: list[Any]) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed * 1_000 + number)
        self._disk = disk
        self._timeline = timeline
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Send command after command, and end with none unanswered."""
        while not stop.is_set():
            command = uuid4()
            request = self._request(command)
            began = time.monotonic()
            answer = await self._until_answered(request)
            await self._disk.write(_line(command, answer))
            self._timeline.append((began, time.monotonic()))

    async def _until_answered(self, request: bytes) -> int:
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    return _position(await self._exchange(request))
            except (OSError, TimeoutError, EOFError, Unanswered):
                self._disconnect()
                await asyncio.sleep(AWAY_S)

    async def _exchange(self, request: bytes) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._plan.host, self._plan.port)
        reader, writer = self._streams
        writer.write(request)
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        while not answer.complete:
            piece = await reader.read(65_536)
            if not piece:
                raise EOFError
            parser.feed_data(piece)
        return answer.body

    def _disconnect(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    def _request(self, command: UUID) -> bytes:
        given = {
            "clientMutationId": str(command),
            "expectedVersion": 0,
            "channel": "HOTLINE",
            "category": self._random.choice(self._plan.categories),
            "place": {"grid": self._random.choice(self._plan.grids)},
            "description": "合成数据 synthetic",
        }
        body = json.dumps({"query": MUTATION, "variables": {"input": given}}).encode()
        return HEADERS.format(token=self._plan.token, length=len(body)).encode() + body


class Unanswered(Exception):
    """The platform answered, but not whether the command is in the log."""


class Refused(Exception):
    """The platform refused a command that is right: the check itself is wrong."""


def _position(body: bytes) -> int:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Unanswered from error
    payload = (answer.get("data") or {}).get("reportCase")
    if payload is None:
        raise Unanswered(body)
    if payload["userErrors"]:
        raise Refused(payload["userErrors"])
    return int(payload["event"]["position"])


def _line(command: UUID, position: int) -> bytes:
    return json.dumps([str(command), position]).encode() + b"\n"


async def run(plan: Plan) -> None:
    """Run all clients until SIGTERM, then let each get its last answer."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    disk = Disk(Path(plan.acknowledged))
    timeline: list[Any] = []
    async with asyncio.TaskGroup() as outer:
        writing = outer.create_task(disk.run())
        async with asyncio.TaskGroup() as clients:
            for number in range(plan.clients):
                clients.create_task(Client(plan, number, disk, timeline).run(stop))
        writing.cancel()
    Path(plan.timeline).write_text(json.dumps(timeline))


if __name__ == "__main__":
    asyncio.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
