"""What is counted where requests and commands come in: rates, errors, durations.

Labels come from closed sets: a door's name, a status class, a command, a topic. Nothing a
caller sends becomes a label, so nothing a caller sends can make the page grow.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Rejected
from domain.event import DomainEvent
from eventlog.errors import LogBusy, LogUnavailable, VersionConflict

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
REQUESTS: Final = Histogram(
    "quanke_request_seconds", "From a request to the end of its answer.",
    ["door", "status"], buckets=SECONDS,
)  # fmt: skip
COMMANDS: Final = Counter(
    "quanke_commands", "Commands by what became of them.", ["command", "outcome"]
)
COMMAND_SECONDS: Final = Histogram(
    "quanke_command_seconds", "From a command to its committed events.", buckets=SECONDS
)
EVENTS: Final = Counter("quanke_events", "Events appended by this process.", ["topic"])

DOORS: Final = (
    "graphql", "attachments", "log", "open311", "export", "live", "auth", "webhooks", "metrics",
)  # fmt: skip
"""First parts of a path that have a name of their own; the rest are screens."""
SCREENS: Final = "screens"
OUTCOMES: Final[Sequence[tuple[type[BaseException], str]]] = (
    (Rejected, "refused"), (VersionConflict, "conflict"), (LogBusy, "busy"),
    (LogUnavailable, "unavailable"),
)  # fmt: skip
DONE: Final = "done"
FAILED: Final = "failed"


def door_of(path: str) -> str:
    """Return the door a path belongs to."""
    first = path[1:].partition("/")[0]
    return first if first in DOORS else SCREENS


class MeasuredDoors:
    """Wraps the web application: every HTTP request is timed by door and status class."""

    def __init__(self, inside: ASGIApp) -> None:
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; a WebSocket or a lifespan is not a request."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        began, status = time.perf_counter(), 5

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"] // 100
            await send(message)

        try:
            await self._inside(scope, receive, noting)
        finally:
            took = time.perf_counter() - began
            _request(door_of(scope["path"]), status).observe(took)


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
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Count the command by its outcome."""
        _command(self._command, outcome(kind)).inc()
        if kind is None:
            COMMAND_SECONDS.observe(time.perf_counter() - self._began)


@cache
def _request(door: str, status: int) -> Histogram:
    return REQUESTS.labels(door, f"{status}xx")


@cache
def _command(command: str, became: str) -> Counter:
    return COMMANDS.labels(command, became)


@cache
def _event(topic: str) -> Counter:
    return EVENTS.labels(topic)


def appended(writes: Mapping[UUID, Sequence[DomainEvent]]) -> None:
    """Count events that were appended now."""
    for events in writes.values():
        for event in events:
            _event(event.TOPIC).inc()


def outcome(kind: type[BaseException] | None) -> str:
    """Return what became of a command that ended with an error of a kind, or with none."""
    if kind is None:
        return DONE
    return next((name for known, name in OUTCOMES if issubclass(kind, known)), FAILED)
