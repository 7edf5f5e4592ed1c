"""What passes between dispatch and the judges: a request, held state, a decision.

Plain data, so that `facts.py` needs to know nothing of how commands are appended. Structs
of msgspec, because several are made for each command.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec

from domain.actor import Actor
from domain.decider import Decider
from domain.event import By, Command, DomainEvent
from eventlog.record import Unchanged


class Held(msgspec.Struct, frozen=True, gc=False):
    """A stream's folded state: where it stands, and its effective time."""

    state: Any
    version: int
    effective_at: int


class Request(msgspec.Struct, frozen=True, gc=False):
    """One command with everything that was said about it from outside."""

    command: Command
    stream: UUID
    actor: Actor
    command_id: UUID
    occurred_at: int
    basis: str = "observed"
    expected_version: int | None = None
    causation: int | None = None
    correlation: str | None = None
    device_time: int | None = None
    traceparent: str | None = None


class Decided(msgspec.Struct, frozen=True):
    """What the rules said: events per stream, and streams that must not have moved."""

    writes: Mapping[UUID, Sequence[DomainEvent]]
    unchanged: tuple[Unchanged, ...] = ()


class Judge(Protocol):
    """Gathers facts and asks the rules of one capability (`api/dispatch/facts.py`)."""

    decider: Decider[Any, Any]

    async def judge(self, request: Request, held: Held, by: By, streams: "Streams", /) -> Decided:
        """Return the events. Raises Rejected."""
        ...


class Streams(Protocol):
    """What facts may read: the state of other streams."""

    async def load(self, stream: UUID, decider: Decider[Any, Any]) -> Held:
        """Return the state of a stream, the initial state when it does not exist."""
        ...
