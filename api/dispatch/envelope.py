"""What is written around a decision: who, when, as what; and the fold back from it."""

from collections.abc import Sequence
from typing import Any

from api.dispatch.request import Held, Request
from domain.decider import Decider
from domain.event import By, DomainEvent, Meta
from domain.topics import decode, decode_by, encode
from eventlog.record import NewEvent, Recorded, Step


def by_request(request: Request, at: int) -> By:
    """Return who does it, as the rules may read it; `at` is the effective time."""
    actor = request.actor
    return By(
        actor=actor.id, role=actor.role.value, scope=actor.scope, unit=actor.unit,
        basis=request.basis, at=at,
    )  # fmt: skip


def meta_of(request: Request, digest: str, effective_at: int) -> Meta:
    """Return the envelope of a request."""
    actor = request.actor
    return Meta(
        occurred_at=request.occurred_at, effective_at=effective_at, role=actor.role.value,
        scope=actor.scope, unit=actor.unit, basis=request.basis,
        device_time=request.device_time, correlation=request.correlation,
        causation=request.causation, traceparent=request.traceparent, input=digest,
    )  # fmt: skip


def new_events(events: Sequence[DomainEvent], meta: bytes) -> tuple[NewEvent, ...]:
    """Return events as the log takes them."""
    return tuple(NewEvent(event.TOPIC, event.SCHEMA, encode(event), meta) for event in events)


def by_of(recorded: Recorded | Step, meta: Meta) -> By:
    """Return who did a recorded event, as the rules may read it."""
    return By(
        actor=recorded.actor, role=meta.role, scope=meta.scope, unit=meta.unit,
        basis=meta.basis, at=meta.effective_at,
    )  # fmt: skip


def fold(decider: Decider[Any, Any], held: Held, recorded: Sequence[Recorded | Step]) -> Held:
    """Fold recorded events of one stream onto a state."""
    if not recorded:
        return held
    state, evolve = held.state, decider.evolve
    for one in recorded:
        by = decode_by(one.meta, one.actor)
        state = evolve(state, decode(one.topic, one.schema, one.state), by)
    return Held(state, recorded[-1].version, by.at)
