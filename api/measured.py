"""What is counted where requests and commands come in: rates, errors, durations.

Labels come from closed sets: a door's name, a status class, a command, a topic. Nothing a
caller sends becomes a label, so nothing a caller sends can make the page grow.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from prometheus_client import REGISTRY
from prometheus_client import Counter as Counted
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.known import NOTHING_KNOWN, Answers
from domain.access import DenialCode
from domain.errors import Rejected
from domain.event import DomainEvent
from eventlog.errors import LogBusy, LogUnavailable, VersionConflict
from projections import tracing
from projections.metrics import Tallies, Tally

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
REQUESTS: Final = Tallies(
    "quanke_request_seconds", "From a request to the end of its answer.",
    ["door", "status"], SECONDS,
)  # fmt: skip
DENIED: Final = Counted(
    "quanke_denied", "What somebody's role, scope or department did not allow.", ["action"]
)
OPENED: Final = Counted(
    "quanke_personal_reads", "Openings of personal words, by their purpose.", ["purpose"]
)

DOORS: Final = (
    "graphql", "attachments", "log", "open311", "export", "live", "auth", "webhooks", "metrics",
)  # fmt: skip
"""First parts of a path that have a name of their own; the rest are screens."""
SCREENS: Final = "screens"
OUTCOMES: Final[Sequence[tuple[type[BaseException], str]]] = (
    (Rejected, "refused"), (VersionConflict, "conflict"), (LogBusy, "busy"),
    (LogUnavailable, "unavailable"),
)  # fmt: skip
DENIALS: Final = frozenset(code.value for code in DenialCode)
DONE: Final = "done"
FAILED: Final = "failed"


def door_of(path: str) -> str:
    """Return the door a path belongs to."""
    first = path[1:].partition("/")[0]
    return first if first in DOORS else SCREENS


class MeasuredDoors:
    """Wraps the web application: every HTTP request is timed by door and status class.

    `answers` are given by the server itself, before this is asked; it times them alike.
    """

    def __init__(self, inside: ASGIApp, answers: Answers = NOTHING_KNOWN) -> None:
        self._inside = inside
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; a WebSocket or a lifespan is not a request."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
        elif tracing.active is None:
            await self._measured(scope, receive, send)
        else:
            door, headers = door_of(scope["path"]), dict(scope["headers"])
            with tracing.active.request(headers, scope["method"], door) as span:
                status = await self._measured(scope, receive, send)
                span.set_attribute("quanke.status", f"{status}xx")

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Pass one request on, time it and return its status class."""
        began, status = time.perf_counter(), 5

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"] // 100
            await send(message)

        try:
            await self._inside(scope, receive, noting)
        finally:
            answered(door_of(scope["path"]), status, time.perf_counter() - began)
        return status


def answered(door: str, status: int, took_s: float) -> None:
    """Note that a request of a door was answered with a class of status, 2 for 2xx."""
    _request(door, status).add(took_s)


class Commands(Collector):
    """What commands came to, in plain numbers until somebody asks.

    The library's own counters take a lock each time; a command counts four things.
    """

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.topics: Counter[str] = Counter()
        self.by_seconds = [0] * (len(SECONDS) + 1)
        self.seconds = 0.0

    def took(self, seconds: float) -> None:
        """Count a command that was done by how long it took."""
        self.by_seconds[bisect_left(SECONDS, seconds)] += 1
        self.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they stand."""
        commands = CounterMetricFamily(
            "quanke_commands", "Commands by what became of them.", labels=["command", "outcome"]
        )
        for labels, count in list(self.outcomes.items()):
            commands.add_metric(labels, count)
        yield commands
        events = CounterMetricFamily(
            "quanke_events", "Events appended by this process.", labels=["topic"]
        )
        for topic, count in list(self.topics.items()):
            events.add_metric([topic], count)
        yield events
        limits = (*map(floatToGoString, SECONDS), "+Inf")
        buckets = list(zip(limits, accumulate(self.by_seconds), strict=True))
        yield HistogramMetricFamily(
            "quanke_command_seconds", "From a command to its committed events.",
            buckets=buckets, sum_value=self.seconds,
        )  # fmt: skip


COMMANDS: Final = Commands()
REGISTRY.register(COMMANDS)


class MeasuredCommand:
    """Times one command and counts what became of it."""

    __slots__ = ("_began", "_command")

    def __init__(self, command: str) -> None:
        self._command = command

    def __enter__(self) -> Self:
        """Begin."""
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Count the command by its outcome."""
        if isinstance(error, Rejected) and error.code in DENIALS:
            DENIED.labels(self._command).inc()
        COMMANDS.outcomes[self._command, outcome(kind)] += 1
        if kind is None:
            COMMANDS.took(time.perf_counter() - self._began)


@cache
def _request(door: str, status: int) -> Tally:
    return REQUESTS.labels(door, f"{status}xx")


def appended(writes: Mapping[UUID, Sequence[DomainEvent]]) -> None:
    """Count events that were appended now."""
    for events in writes.values():
        for event in events:
            COMMANDS.topics[event.TOPIC] += 1


def outcome(kind: type[BaseException] | None) -> str:
    """Return what became of a command that ended with an error of a kind, or with none."""
    if kind is None:
        return DONE
    return next((name for known, name in OUTCOMES if issubclass(kind, known)), FAILED)
