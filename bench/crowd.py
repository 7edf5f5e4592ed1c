"""The other side of `overload`: an open loop that offers requests whatever becomes of them.

Reads its job as JSON from standard input. Requests are due at a steady rate; each takes an
idle connection, and one that finds none in time has missed its deadline, as has one whose
answer comes late. What was sent away with 503 is counted apart. It shares the machine with what
it overloads, so it does little: requests are made before the first is due, sockets are looked
after by the kernel's own list, a third of the processor time of an event loop, and what the answers
say is read when nothing is offered any more: five looks for a word in each took half of its time.
A connection used last is used first, as by the pools of proxies and clients: with 800 in turn each
was cold for who asks, for the kernel and for who is asked.
"""

import gc
import json
import select
import socket
import sys
import time
from collections import Counter, deque
from functools import lru_cache
from typing import Any, Final, NamedTuple

from bench import asked, reporters

DEADLINE_S: Final = 1.0
TICK_S: Final = 0.002
"""So often it looks what is due and what has come: being woken for each took most of its time."""
AT_ONCE: Final = 64
"""So many that are due leave before answers are looked at."""
LARGEST: Final = 256 * 1024
HEAD_ENDS: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "
AWAY: Final = b"HTTP/1.1 503"
GOOD: Final = b"HTTP/1.1 200"
RETRY: Final = b"\r\nretry-after: "
GIVEN: Final = 240
"""Bytes that the variables of a question have."""
ROOM: Final = memoryview(bytearray(LARGEST))
"""Where all that comes is read: making such room anew takes longer than the reading."""
SHORT: Final = 1_024
"""Answers that are no longer are those of who is sent away, the same again and again."""


class Made(NamedTuple):
    """A request as it leaves."""

    kind: str
    data: bytes


class Answer(NamedTuple):
    """What came for a request that was let in."""

    kind: str
    data: bytes
    took_s: float


class Connection:
    """One connection, and what was asked on it."""

    __slots__ = ("due", "got", "kind", "socket", "wanted")

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kind = ""
        self.due = 0.0
        self.got = b""
        self.wanted = 0

    def ask(self, made: Made, due: float) -> None:
        """Send one request: it is small, the kernel takes it whole."""
        self.kind, self.due = made.kind, due
        sent = self.socket.send(made.data)
        assert sent == len(made.data)

    def answer(self) -> bytes | None:
        """Return the answer when it is whole, else None. Raises OSError when there is none."""
        size = self.socket.recv_into(ROOM)
        if not size:
            raise ConnectionResetError
        data = bytes(ROOM[:size])
        if size < SHORT and not self.wanted and _length(data) == size:
            return data
        if self.got:
            data = self.got + data
        if not self.wanted:
            self.wanted = _whole(data)
        if not self.wanted or len(data) < self.wanted:
            self.got = data
            return None
        self.got, self.wanted = b"", 0
        return data


@lru_cache(maxsize=64)
def _length(short: bytes) -> int:
    """Return how long an answer is that may have come before."""
    return _whole(short)


def _whole(data: bytes) -> int:
    """Return how long an answer is, 0 while its head has not come."""
    ends = data.find(HEAD_ENDS)
    if ends < 0:
        return 0
    head = data[:ends].lower()
    at = head.index(LENGTH) + len(LENGTH)
    return ends + len(HEAD_ENDS) + int(head[at:].partition(b"\r")[0])


class Crowd:
    """All connections of one job, and what became of each request by kind."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._waking = select.epoll()
        self._all: dict[int, Connection] = {}
        self._idle: list[Connection] = []
        self._late: deque[tuple[float, Made]] = deque()
        self._answers: list[Answer] = []
        self._away: Counter[tuple[str, bytes]] = Counter()
        self.counts: Counter[str] = Counter()

    def connect(self) -> None:
        """Open all connections: who makes a request has one, and this is not what is measured."""
        host, _, port = self._job["url"].partition(":")
        for _ in range(self._job["connections"]):
            one = Connection(host, int(port))
            self._all[one.socket.fileno()] = one
            self._waking.register(one.socket, select.EPOLLIN)
            self._idle.append(one)

    def run(self, requests: list[Made]) -> None:
        """Offer all of them, then wait for as long as an answer may still be in time."""
        self.counts.update(f"{made.kind} offered" for made in requests)
        begun, step, number = time.perf_counter(), 1 / self._job["rate"], 0
        while number < len(requests):
            owed = int((time.perf_counter() - begun) / step) + 1
            for made in requests[number : min(owed, number + AT_ONCE)]:
                self._offer(made, begun + number * step)
                number += 1
            self._hear()
            time.sleep(TICK_S if number >= owed else 0)
        ends = time.perf_counter() + DEADLINE_S
        while time.perf_counter() < ends:
            self._hear()
            time.sleep(TICK_S)

    def _hear(self) -> None:
        """Take the answers that have come."""
        for number, _ in self._waking.poll(0):
            one = self._all[number]
            try:
                answer = one.answer()
            except OSError:
                self._lose(number)
                continue
            if answer is not None:
                self._answered(one, answer)

    def _offer(self, made: Made, due: float) -> None:
        if self._idle:
            self._idle.pop().ask(made, due)
        else:
            self._late.append((due, made))

    def _answered(self, one: Connection, answer: bytes) -> None:
        """Count one answer and use its connection for what waits."""
        if answer.startswith(AWAY):
            self._away[one.kind, answer] += 1
        else:
            self._answers.append(Answer(one.kind, answer, time.perf_counter() - one.due))
        if self._late:
            self._ask_late(one)
        else:
            self._idle.append(one)

    def _ask_late(self, one: Connection) -> None:
        """Use a connection for the first of those that found none, if it is not too late."""
        now = time.perf_counter()
        while self._late:
            due, made = self._late.popleft()
            if now - due < DEADLINE_S:
                one.ask(made, due)
                return
            self.counts[f"{made.kind} never sent"] += 1
        self._idle.append(one)

    def read(self) -> None:
        """Count what the answers were worth, and who was sent away with what."""
        for (kind, data), times in self._away.items():
            self.counts[f"{kind} shed"] += times
            self.counts["without retry-after"] += 0 if RETRY in data else times
        for kind, data, took_s in self._answers:
            if not data.startswith(GOOD) or b'"errors"' in data:
                self.counts[f"{kind} failed"] += 1
                continue
            self.counts["empty"] += asked.is_empty(data)
            self.counts[f"{kind} {'good' if took_s <= DEADLINE_S else 'late'}"] += 1

    def _lose(self, number: int) -> None:
        """Count a connection that ended on its own."""
        self._waking.unregister(self._all.pop(number).socket)
        self.counts["connections lost"] += 1


def made(job: dict[str, Any]) -> list[Made]:
    """Return the requests of a job, which go on where its `first` says."""
    cases = [asked.Case(*one) for one in job["cases"]]
    heads = {text: _head(job, text) for text in asked.documents(job["mix"])}
    return [_made(job, heads, cases, number) for number in range(int(job["rate"] * job["seconds"]))]


def _made(
    job: dict[str, Any], heads: dict[str, bytes], cases: list[asked.Case], number: int
) -> Made:
    if number % 100 < job["reports_percent"]:
        return Made("report", reporters.request(job, job["first"] + number))
    document, variables = asked.question(job["mix"], cases, job["first"] + number)
    given = json.dumps(variables, ensure_ascii=False).encode().ljust(GIVEN)
    assert len(given) == GIVEN, "the room for variables is too small"
    return Made("query", heads[document] + given + b"}")


def _head(job: dict[str, Any], document: str) -> bytes:
    """Return a request up to its variables, in whose room there is an end of spaces: JSON may."""
    body = b'{"query":' + json.dumps(document).encode() + b',"variables":'
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {job['url']}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {job['token']}\r\n"
        f"content-length: {len(body) + GIVEN + 1}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    crowd, requests = Crowd(job), made(job)
    crowd.connect()
    gc.freeze()
    used = time.process_time()
    crowd.run(requests)
    used = time.process_time() - used
    crowd.read()
    json.dump({**crowd.counts, "cpu_s": used}, sys.stdout)


if __name__ == "__main__":
    main()
