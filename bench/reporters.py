"""The other side of `mutations`: reporters on keep-alive connections, one process.

Reads its job as JSON from standard input, sends whole `reportCase` requests over plain
sockets and writes latencies and counts as JSON to standard output. Closed loop (each
connection waits for its answer) without a rate: a latency counts from the write. With one,
requests leave on time whatever the answers take, and it counts from when one was due. It
ends when the answer's bytes have come: what is made of them here is no server's time.
"""

import asyncio
import json
import sys
import time
from collections import deque
from typing import Any, Protocol
from uuid import uuid4

import uvloop

REPORT = (
    "mutation Report($input: ReportCaseInput!) { reportCase(input: $input) {"
    " event { position version } userErrors { code message } clientMutationId } }"
)
REPORTS = (
    "mutation Reports($inputs: [ReportCaseInput!]!) { reportCases(inputs: $inputs) {"
    " done refused } }"
)
GRIDS = [f"371602005036{number:03d}" for number in range(1, 4)]
CATEGORIES = ["06010", "01004", "06036"]


class Answered(Protocol):
    """Who hears what comes back."""

    def answered(self, one: "Connection", head: bytes, body: bytes, due: float) -> None:
        """Take one answer."""
        ...

    def lost(self) -> None:
        """Take note that a connection has ended."""
        ...


class Connection(asyncio.Protocol):
    """One connection: sends when told, notes when each answer is whole."""

    def __init__(self, crew: "Answered") -> None:
        self._crew = crew
        self._transport: asyncio.Transport | None = None
        self._asked: deque[float] = deque()
        self._buffer = b""
        self.came_at = 0.0

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        self._transport = transport

    def ask(self, request: bytes, due: float) -> None:
        """Send one request."""
        assert self._transport is not None
        self._asked.append(due)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Cut answers out of the stream by their content-length."""
        self.came_at = time.perf_counter()
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            _, _, tail = head.lower().partition(b"content-length: ")
            length = int(tail.split(b"\r", 1)[0])
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._crew.answered(self, head, rest[:length], self._asked.popleft())

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let the crew know unless it is going home."""
        self._crew.lost()


class Crew:
    """All connections of one job."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._idle: deque[Connection] = deque()
        self._begun = 0.0
        self._until = 0.0
        self._open = False
        self._number = 0
        self.latencies: list[float] = []
        self.failures: list[str] = []
        self.waiting = 0

    async def run(self) -> None:
        """Send for as long as the job says, then wait for the last answers."""
        loop = asyncio.get_running_loop()
        host, _, port = self._job["url"].partition(":")
        crew = [
            (await loop.create_connection(lambda: Connection(self), host, int(port)))[1]
            for _ in range(self._job["connections"])
        ]
        self._open, self._begun = True, time.perf_counter()
        self._until = self._begun + self._job["seconds"]
        self._idle.extend(crew)
        await (self._steady() if self._job.get("rate") else self._closed())
        while self.waiting and time.perf_counter() < self._until + 10:
            await asyncio.sleep(0.01)
        self._open = False

    async def _closed(self) -> None:
        while self._idle:
            self._send(self._idle.popleft(), time.perf_counter())
        await asyncio.sleep(self._job["seconds"])

    async def _steady(self) -> None:
        rate = self._job["rate"]
        for number in range(int(rate * self._job["seconds"])):
            due = self._begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            one = self._idle.popleft()
            self._idle.append(one)
            self._send(one, due)

    def _send(self, one: Connection, due: float) -> None:
        self._number += 1
        self.waiting += 1
        made = request(self._job, self._number)
        one.ask(made, due if self._job.get("rate") else time.perf_counter())

    def answered(self, one: Connection, head: bytes, body: bytes, due: float) -> None:
        """Note one answer and, in a closed loop, ask again."""
        now = one.came_at
        self.waiting -= 1
        self.latencies.append(now - due)
        if b" 200 " not in head[:16] or not self._is_good(body):
            self.failures.append(body[:300].decode(errors="replace"))
        if not self._job.get("rate") and now < self._until and not self._all_asked():
            self._send(one, now)

    def _is_good(self, body: bytes) -> bool:
        """Tell whether an answer is one, by one look: a long one takes its time."""
        if "bodies" in self._job:
            return b'"errors"' not in body
        return b'"userErrors":[]' in body or b'"refused":0' in body

    def _all_asked(self) -> bool:
        """Tell whether a job that asks everything once has done so."""
        return bool(self._job.get("once")) and self._number >= len(self._job["bodies"])

    def lost(self) -> None:
        """Count a connection that ended while it was to ask; later, an idle one may be closed."""
        if self._open and time.perf_counter() < self._until:
            self.failures.append("connection lost")


def request(job: dict[str, Any], number: int) -> bytes:
    """Return the request that reports one case, or asks what the job says."""
    if "bodies" in job:
        asked: str = job["bodies"][number % len(job["bodies"])]
        return _posted(job, asked.replace("$NUMBER", str(number)).encode())
    if bulk := job.get("bulk"):
        inputs = [_given(job, number * bulk + item) for item in range(bulk)]
        return _posted(
            job, json.dumps({"query": REPORTS, "variables": {"inputs": inputs}}).encode()
        )
    said = {"documentId": job["document"]} if job.get("document") else {"query": REPORT}
    return _posted(job, json.dumps({**said, "variables": {"input": _given(job, number)}}).encode())


def _given(job: dict[str, Any], number: int) -> dict[str, Any]:
    grids = job.get("grids") or GRIDS
    return {
        "clientMutationId": str(uuid4()),
        "channel": "HOTLINE",
        "category": CATEGORIES[number % len(CATEGORIES)],
        "place": {"grid": grids[number * 7 % len(grids)], "address": f"学苑路 {number} 号"},
        "description": f"第 {number} 件:路边有暴露垃圾,请尽快清理。",
    }


def _posted(job: dict[str, Any], body: bytes) -> bytes:
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {job['url']}\r\ncontent-type: application/json\r\n"
        f"accept: application/graphql-response+json\r\nauthorization: Bearer {job['token']}\r\n"
        f"content-length: {len(body)}\r\n{job.get('headers', '')}\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    crew = Crew(job)
    used = time.process_time()
    uvloop.run(crew.run())
    answer = {
        "latencies_s": crew.latencies,
        "failures": crew.failures[:5],
        "failed": len(crew.failures),
        "unanswered": crew.waiting,
        "cpu_s": time.process_time() - used,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
