"""given([...]).when(command).then([...]) for the small deciders, as data."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.actor import Role
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import By, Command, DomainEvent

ADMIN = By(actor="a", role=Role.ADMINISTRATOR, scope="371602.")
IMPORT = By(actor="import:x", role=Role.IMPORT)


@dataclass(frozen=True)
class Story:
    """A decider with what has happened, and the facts of the next command."""

    decider: Decider[Any, Any]
    state: Any
    facts: Any

    def when(self, command: Command) -> "Told":
        return Told(self, command)


@dataclass(frozen=True)
class Told:
    """A command about to be decided."""

    story: Story
    command: Command

    def then(self, *events: DomainEvent) -> None:
        """Assert exactly these events."""
        story = self.story
        assert story.decider.decide(story.state, self.command, story.facts) == list(events)

    def refused(self, code: str, **facts: Any) -> None:
        """Assert this refusal, and the facts given."""
        story = self.story
        with pytest.raises(Rejected) as no:
            story.decider.decide(story.state, self.command, story.facts)
        assert no.value.code == code
        assert {name: no.value.facts.get(name) for name in facts} == facts


def given(decider: Decider[Any, Any], facts: Any, *events: DomainEvent) -> Story:
    """Return the story so far."""
    state = decider.initial()
    for event in events:
        state = decider.evolve(state, event, ADMIN)
    return Story(decider, state, facts)
