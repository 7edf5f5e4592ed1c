"""Calendars are published as versions: what is refused, and that a version never changes."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.actor import Role
from domain.calendar.china import publish_china
from domain.calendar.commands import PublishCalendar
from domain.calendar.decide import CALENDAR, decide
from domain.calendar.events import CalendarPublished
from domain.calendar.evolve import calendar_of, evolve
from domain.calendar.facts import CalendarFacts
from domain.calendar.state import CalendarState, initial
from domain.case.events import CaseAccepted
from domain.errors import Rejected
from domain.event import By

ROOT = By(actor="root", role=Role.ADMINISTRATOR)


def publish(command: PublishCalendar, state: CalendarState | None = None, by: By = ROOT) -> Any:
    return decide(state or initial(), command, CalendarFacts(by))


def published(command: PublishCalendar) -> CalendarState:
    (event,) = publish(command)
    return evolve(initial(), event, ROOT)


def test_a_publication_says_all_of_it() -> None:
    (event,) = publish(publish_china())
    assert isinstance(event, CalendarPublished)
    assert (event.calendar, event.version, event.timezone) == ("china", "2026.1", "Asia/Shanghai")
    assert "2026-02-14" in event.workdays
    state = evolve(initial(), event, ROOT)
    assert state.current == calendar_of(event)
    assert state.current is not None
    assert state.current.name == "china@2026.1"
    assert evolve(state, CaseAccepted(), ROOT) is state
    assert initial().current is None
    assert CALENDAR.name == "calendar"


def test_the_same_version_again_is_nothing_and_another_content_is_refused() -> None:
    state = published(publish_china())
    assert publish(publish_china(), state) == []
    with pytest.raises(Rejected) as refused:
        publish(replace(publish_china(), holidays=()), state)
    assert refused.value.code == "VERSION_PUBLISHED"
    (event,) = publish(replace(publish_china(), version="2026.2", holidays=()), state)
    assert evolve(state, event, ROOT).current == calendar_of(event)


@pytest.mark.parametrize("role", Role)
def test_who_may_publish(role: Role) -> None:
    by = By(actor="x", role=role)
    if role in (Role.ADMINISTRATOR, Role.IMPORT):
        assert len(publish(publish_china(), by=by)) == 1
        return
    with pytest.raises(Rejected) as refused:
        publish(publish_china(), by=by)
    assert refused.value.code == "ROLE_NOT_ALLOWED"


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("YEARS_MALFORMED", {"first_year": 2027}),
    ("YEARS_MALFORMED", {"first_year": 1969}),
    ("YEARS_MALFORMED", {"last_year": 2201}),
    ("HOURS_MALFORMED", {"hours": ()}),
    ("HOURS_MALFORMED", {"hours": ((480, 480),)}),
    ("HOURS_MALFORMED", {"hours": ((480, 720), (700, 900))}),
    ("HOURS_MALFORMED", {"hours": ((480, 720), (720, 900))}),
    ("HOURS_MALFORMED", {"hours": ((-1, 720),)}),
    ("HOURS_MALFORMED", {"hours": ((480, 1441),)}),
    ("WEEKEND_MALFORMED", {"weekend": (0,)}),
    ("WEEKEND_MALFORMED", {"weekend": (8,)}),
    ("WEEKEND_MALFORMED", {"weekend": (1, 2, 3, 4, 5, 6, 7)}),
    ("DATE_MALFORMED", {"holidays": ("2026-02-30",)}),
    ("DATE_MALFORMED", {"holidays": ("20260214",)}),
    ("DATE_MALFORMED", {"workdays": ("2027-01-01",)}),
    ("DATE_MALFORMED", {"workdays": ("2023-12-31",)}),
    ("UNKNOWN_TIMEZONE", {"timezone": "Asia/Binzhou"}),
    ("UNKNOWN_TIMEZONE", {"timezone": "../etc"}),
    ("UNKNOWN_TIMEZONE", {"timezone": ""}),
]


@pytest.mark.parametrize(("code", "change"), MALFORMED)
def test_what_is_malformed_is_refused(code: str, change: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as refused:
        publish(replace(publish_china(), **change))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"hours": ((0, 1440),)},
        {"weekend": ()},
        {"weekend": (1, 2, 3, 4, 5, 6)},
        {"first_year": 1970},
        {"last_year": 2200},
        {"first_year": 2026, "holidays": (), "workdays": ()},
    ],
)
def test_what_is_unusual_but_well_formed_is_published(change: dict[str, Any]) -> None:
    assert len(publish(replace(publish_china(), **change))) == 1
