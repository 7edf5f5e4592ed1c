"""What is made by the thousand is nothing the cycle collector has to look through."""

import gc
from typing import get_type_hints

import msgspec
import pytest

from domain.case.state import CaseState, initial
from domain.event import By, Command, DomainEvent, Meta
from domain.topics import EVENT_TYPES


def test_a_state_is_not_tracked() -> None:
    assert isinstance(initial(), CaseState)
    assert not gc.is_tracked(initial())


@pytest.mark.parametrize("event", EVENT_TYPES.values(), ids=lambda one: one.TOPIC)
def test_no_event_is_tracked_and_none_can_be_in_a_cycle(event: type[DomainEvent]) -> None:
    assert event.__struct_config__.gc is False
    assert event.__struct_config__.frozen
    assert not {list, set} & {getattr(one, "__origin__", one) for one in _kinds(event)}


def test_neither_is_what_is_written_around_one() -> None:
    for kind in (By, Meta, Command):
        assert kind.__struct_config__.gc is False


def _kinds(struct: type[msgspec.Struct]) -> list[object]:
    hints = get_type_hints(struct)
    return [hints[name] for name in struct.__struct_fields__]
