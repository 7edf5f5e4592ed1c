"""The district as it would be after a command on policy or calendar, the live one untouched.

The rules judge the command as they would judge it for real; their events are folded into
a copy. Commands on areas and grids are not for here: their folds change what is shared.
"""

from collections.abc import Iterable
from copy import copy
from typing import Final

from api.dispatch.dispatcher import Dispatcher
from api.reference import DECIDERS, Reference, facts_of, stream_of
from domain.calendar.commands import PublishCalendar
from domain.catalogue.commands import (
    DefineCategory,
    RemoveRoutingRule,
    RetireCategory,
    SetRoutingRule,
    SetStageLimit,
)
from domain.event import By, Command, DomainEvent

COMMANDS: Final[tuple[type[Command], ...]] = (
    DefineCategory, RetireCategory, SetRoutingRule, RemoveRoutingRule, SetStageLimit,
    PublishCalendar,
)  # fmt: skip
"""What can be tried out: everything that a due instant or a department follows from."""


def key_of(command: type[Command]) -> str:
    """Return the field of the input that tries a command: its name in snake case."""
    name = command.__name__
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


async def decided(
    dispatcher: Dispatcher, reference: Reference, command: Command, by: By
) -> list[DomainEvent]:
    """Return the events a command would make now; none when it changes nothing. Raises Rejected."""
    decider = DECIDERS[type(command)]
    held = await dispatcher.load(stream_of(command), decider)
    return decider.decide(held.state, command, facts_of(reference, command, by))


def changed(reference: Reference, events: Iterable[DomainEvent]) -> Reference:
    """Return a district of its own, which is this one after some events."""
    other = copy(reference)
    vars(other).update(
        {name: value.copy() for name, value in vars(reference).items() if isinstance(value, dict)}
    )
    for event in events:
        other.fold(event)
    return other
