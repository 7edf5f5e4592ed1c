"""The clients of the kill check, in a process that is never killed.

Each client sends a few commands, waits for their answers, has them on disk (fsync) and
only then sends the next. When an answer does not come it does not know: it sends the
same command ids again until there is one. Clients share an fsync where they can.
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

AT_ONCE: Final = 8
"""Commands in one request, each with an id and an answer of its own."""
MUTATION: Final = "mutation ({}) {{{}}}".format(
    ", ".join(f"$c{n}: ReportCaseInput!" for n in range(AT_ONCE)),
    " ".join(
        f"c{n}: reportCase(input: $c{n}) {{ event {{ position }} userErrors {{ code message }} }}"
        for n in range(AT_ONCE)
    ),
)
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
    """One sender with one connection."""

    def __init__(self, plan: Plan, number: int, disk: Disk, timeline: list[Any]) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed * 1_000 + number)
        self._disk = disk
        self._timeline = timeline
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Send command after command, and end with none unanswered."""
        while not stop.is_set():
            commands = [uuid4() for _ in range(AT_ONCE)]
            request = self._request(commands)
            began = time.monotonic()
            positions = await self._until_answered(request)
            await self._disk.write(b"".join(map(_line, commands, positions)))
            self._timeline += [(began, time.monotonic())] * AT_ONCE

    async def _until_answered(self, request: bytes) -> list[int]:
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    return _positions(await self._exchange(request))
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

    def _request(self, commands: list[UUID]) -> bytes:
        given = {f"c{number}": self._input(command) for number, command in enumerate(commands)}
        body = json.dumps({"query": MUTATION, "variables": given}).encode()
        return HEADERS.format(token=self._plan.token, length=len(body)).encode() + body

    def _input(self, command: UUID) -> dict[str, Any]:
        return {
            "clientMutationId": str(command),
            "expectedVersion": 0,
            "channel": "HOTLINE",
            "category": self._random.choice(self._plan.categories),
            "place": {"grid": self._random.choice(self._plan.grids)},
            "description": "合成数据 synthetic",
        }


class Unanswered(Exception):
    """The platform answered, but not whether the commands are in the log."""


class Refused(Exception):
    """The platform refused a command that is right: the check itself is wrong."""


def _positions(body: bytes) -> list[int]:
    try:
        data = json.loads(body).get("data")
    except ValueError as error:
        raise Unanswered from error
    if not data:
        raise Unanswered(body)
    payloads = [data[f"c{number}"] for number in range(AT_ONCE)]
    errors = [error for payload in payloads for error in payload["userErrors"]]
    if errors:
        raise Refused(errors)
    return [int(payload["event"]["position"]) for payload in payloads]


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
