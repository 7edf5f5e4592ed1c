"""The other side of `overload`: an open loop that offers requests whatever becomes of them.

Reads its job as JSON from standard input. Requests are due at a steady rate; each takes an
idle connection, and one that finds none in time has missed its deadline, as has one whose
answer comes late. What was sent away with 503 is counted apart. Requests are cut from one
template: made one by one they took a fifth of the machine that they were to overload.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque
from typing import Any

import uvloop

from bench.reporters import Connection, request

QUERY = (
    "query Crowd($n: Int!, $number: String!) { cases(first: $n, filter: {number: $number}) {"
    " nodes { id number status reportedAt grid { code name } } } }"
)
DEADLINE_S = 1.0


class Crowd:
    """All connections of one job, and what became of each request by kind."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._idle: deque[Connection] = deque()
        self._late: deque[tuple[float, str, bytes]] = deque()
        self._kinds: dict[Connection, str] = {}
        self._open = True
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Offer for as long as the job says."""
        loop = asyncio.get_running_loop()
        host, _, port = self._job["url"].partition(":")
        for _ in range(self._job["connections"]):
            one = (await loop.create_connection(lambda: Connection(self), host, int(port)))[1]
            self._idle.append(one)
        rate, seconds = self._job["rate"], self._job["seconds"]
        begun = time.perf_counter()
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            wait = due - time.perf_counter()
            if wait > 0 or number % 64 == 0:
                await asyncio.sleep(max(0.0, wait))
            self._offer(number, due)
        await asyncio.sleep(DEADLINE_S)
        self._open = False

    def _offer(self, number: int, due: float) -> None:
        kind = "report" if number % 100 < self._job["reports_percent"] else "query"
        self.counts[f"{kind} offered"] += 1
        made = request(self._job, number) if kind == "report" else query(self._job, number)
        if self._idle:
            self._send(self._idle.popleft(), due, kind, made)
        else:
            self._late.append((due, kind, made))

    def _send(self, one: Connection, due: float, kind: str, made: bytes) -> None:
        self._kinds[one] = kind
        one.ask(made, due)

    def answered(self, one: Connection, head: bytes, body: bytes, due: float) -> None:
        """Count one answer and use its connection for what waits."""
        now, kind = time.perf_counter(), self._kinds[one]
        if b" 503 " in head[:16]:
            self.counts[f"{kind} shed"] += 1
            self.counts["without retry-after"] += b"retry-after:" not in head
        elif b" 200 " not in head[:16] or b'"errors"' in body:
            self.counts[f"{kind} failed"] += 1
        else:
            self.counts[f"{kind} {'good' if now - due <= DEADLINE_S else 'late'}"] += 1
        while self._late:
            due, kind, made = self._late.popleft()
            if now - due < DEADLINE_S:
                self._send(one, due, kind, made)
                return
            self.counts[f"{kind} never sent"] += 1
        self._idle.append(one)

    def lost(self) -> None:
        """Count a connection that ended on its own."""
        self.counts["connections lost"] += self._open


def query(job: dict[str, Any], number: int) -> bytes:
    """Return a query that nobody has asked before."""
    query: bytes = job["query"]
    return query % (job["round"], number)


def template(job: dict[str, Any]) -> bytes:
    """Return the query's bytes with gaps for round and number, made once: all are as long."""
    variables = {"n": 20, "number": "3716" + "0" * 8}
    body = json.dumps({"query": QUERY, "variables": variables}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {job['url']}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {job['token']}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return (head.encode() + body).replace(b"%", b"%%").replace(b"3716" + b"0" * 8, b"3716%02d%06d")


def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    job["query"] = template(job)
    crowd, used = Crowd(job), time.process_time()
    uvloop.run(crowd.run())
    json.dump({**crowd.counts, "cpu_s": time.process_time() - used}, sys.stdout)


if __name__ == "__main__":
    main()
