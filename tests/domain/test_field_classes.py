"""Every field of every event has one of four classes, and what is sealed is classed so."""

from typing import get_args, get_type_hints

import msgspec
import pytest

from domain.actor import Role
from domain.case.events import CaseCorrected, CaseReported
from domain.event import DomainEvent, Sealed
from domain.privacy.classes import CLASSES, SEALED, FieldClass, class_of, paths
from domain.privacy.purposes import PURPOSES, USUAL, Purpose, purpose_for
from domain.privacy.retention import SCHEDULES, Schedule, schedule_of
from domain.topics import EVENT_TYPES

KINDS = [pytest.param(kind, id=topic) for topic, kind in EVENT_TYPES.items()]


def _may_be_sealed(kind: type[msgspec.Struct], path: str) -> bool:
    """Tell whether the type of a field has a sealed form."""
    head, _, rest = path.partition(".")
    hint = get_type_hints(kind)[head]
    if not rest:
        return Sealed in get_args(hint)
    inner = [one for one in (hint, *get_args(hint)) if isinstance(one, type)]
    return any(_may_be_sealed(one, rest) for one in inner if issubclass(one, msgspec.Struct))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_class(kind: type[DomainEvent]) -> None:
    for path in paths(kind):
        plain, grave = class_of(kind, path), class_of(kind, path, sensitive=True)
        owner = kind.PERSONAL.get(path, "")
        assert (plain in SEALED) == (owner != "" and not owner.endswith("?")), path
        assert (grave in SEALED) == (owner != ""), path
        assert grave is (FieldClass.SENSITIVE if owner else plain), path
        assert _may_be_sealed(kind, path) == (owner != ""), path
    assert set(kind.PERSONAL) <= set(paths(kind))


def test_no_class_is_stale() -> None:
    assert set(CLASSES) <= {path for kind in EVENT_TYPES.values() for path in paths(kind)}
    assert SEALED.isdisjoint(CLASSES.values())


def test_what_the_classes_say() -> None:
    assert class_of(CaseReported, "description") is FieldClass.PERSONAL
    assert class_of(CaseReported, "description", sensitive=True) is FieldClass.SENSITIVE
    assert class_of(CaseReported, "contact") is FieldClass.SENSITIVE
    assert class_of(CaseCorrected, "place.point") is FieldClass.INTERNAL
    assert class_of(CaseCorrected, "place.point", sensitive=True) is FieldClass.SENSITIVE
    assert class_of(CaseReported, "place.scope") is FieldClass.PUBLIC


def test_every_sealed_event_type_has_a_schedule() -> None:
    sealed = {topic for topic, kind in EVENT_TYPES.items() if kind.PERSONAL}
    assert set(SCHEDULES) == sealed
    assert all(0 <= one.keep < one.erase for one in SCHEDULES.values())


def test_a_key_goes_when_the_last_of_its_words_may() -> None:
    assert schedule_of("case", ["case.reported", "case.closed"]) == Schedule(0, 1095)
    assert schedule_of("case", ["case.reported", "case.appeal_filed"]) == Schedule(365, 1825)
    assert schedule_of("contact", ["case.reported", "case.appeal_filed"]) == Schedule(0, 180)
    assert schedule_of("case", []) == Schedule(0, 0)


@pytest.mark.parametrize("role", Role)
def test_a_sensitive_field_needs_a_purpose_of_the_role(role: Role) -> None:
    may = PURPOSES.get(role, frozenset())
    for purpose in Purpose:
        expected = purpose if purpose in may else None
        assert purpose_for(role, purpose, sensitive=True) == expected
        assert purpose_for(role, purpose, sensitive=False) == expected
    unstated = purpose_for(role, None, sensitive=True)
    assert unstated == (Purpose.OWN if role is Role.RESIDENT else None)
    assert USUAL.get(role, Purpose.HANDLING) in may or not may
