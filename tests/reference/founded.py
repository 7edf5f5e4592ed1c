"""The demo district in memory: founded through the rules, folded, no log."""

from collections import defaultdict
from functools import cache
from typing import Any
from uuid import UUID

from api.demo.founding import stages
from api.reference import DECIDERS, Reference, facts_of, stream_of
from domain.actor import Role
from domain.event import By, DomainEvent

BY = By(actor="demo:administrator", role=Role.ADMINISTRATOR, scope="371602.")


@cache
def founded() -> tuple[Reference, tuple[DomainEvent, ...]]:
    """Return the reference, and every event that founded it. Do not change it."""
    reference = Reference()
    states: dict[UUID, Any] = {}
    versions: defaultdict[UUID, int] = defaultdict(int)
    told: list[DomainEvent] = []
    for stage in stages():
        for command in stage:
            decider, stream = DECIDERS[type(command)], stream_of(command)
            state = states.get(stream, decider.initial())
            for event in decider.decide(state, command, facts_of(reference, command, BY)):
                state = decider.evolve(state, event, BY)
                versions[stream] += 1
                reference.versions[stream] = versions[stream]
                reference.fold(event)
                told.append(event)
            states[stream] = state
    return reference, tuple(told)
