"""Every event, command, state, role and refusal code has its words in zh and en.

The codes are gathered from the rules themselves (enums, registries, and the literal
codes in `Rejected(...)`), so a new one without words fails here, and so does a stale one.
"""

import ast
import re
from pathlib import Path

import pytest

from api.dispatch.dispatcher import REUSED, UNFIT
from api.graphql.history.difference import LOAD
from api.graphql.history.folding import FACTS, LEFT_OUT
from api.graphql.history.folding import WORDS as WORDS_KEPT
from api.reference import DECIDERS
from domain.access import Action, DenialCode
from domain.actor import Role
from domain.alarm.decide import ALARM
from domain.alarm.values import AlarmKind, Priority, ShelveReason
from domain.calendar.calendar import Calendar, DayKind, LimitKind
from domain.calendar.clock import ClockWarning, SpanKind
from domain.calendar.state import CalendarState
from domain.case.commands import COMMANDS
from domain.case.decisions.checking import SUPERVISION_REASON
from domain.case.reasons import REASONS, Finding, NoteKind, Satisfaction
from domain.case.refusals import RefusalCode
from domain.case.state import Assignment, CaseState, Running
from domain.case.values import (
    AssignmentStatus,
    Channel,
    Clock,
    Due,
    Place,
    Severity,
    Source,
    Status,
    Tier,
)
from domain.catalogue.state import CatalogueState, Category, FilingStandard, RoutingRule
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.grid.state import GridState
from domain.privacy.classes import FieldClass
from domain.privacy.commands import ACCESS_COMMANDS, SUBJECT_COMMANDS
from domain.privacy.decide import Cause
from domain.privacy.purposes import Purpose
from domain.topics import EVENT_TYPES
from domain.words import WORDS, Kind, word
from domain.words.glossary import TITLES, page

ROOT = Path(__file__).parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ELSEWHERE = {Finding, Satisfaction, NoteKind}


def literal_refusals() -> set[str]:
    """Return every code that stands as a literal in a `Rejected(...)` of the domain."""
    codes = set()
    for path in (ROOT / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rejected":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    codes.add(str(first.value))
    return codes


def refusals() -> set[str]:
    """Return every refusal code there is."""
    return {*RefusalCode, *DenialCode, *literal_refusals(), REUSED, UNFIT}


STATES = (
    CaseState, Running, Assignment, Place, Due, Source, AreaState, DepartmentState, WorkerState,
    GridState, CatalogueState, Category, RoutingRule, FilingStandard, CalendarState, Calendar,
)  # fmt: skip


def fields() -> set[str]:
    """Return the name of every field that a history may say has changed."""
    own = {
        name
        for state in STATES
        for name in getattr(state, "__struct_fields__", getattr(state, "__dataclass_fields__", ()))
    }
    return (own - LEFT_OUT) | {*FACTS, *WORDS_KEPT, *LOAD, "load"}


EXPECTED: dict[Kind, set[str]] = {
    Kind.EVENT: set(EVENT_TYPES),
    Kind.COMMAND: {
        command.NAME
        for command in (
            *COMMANDS,
            *DECIDERS,
            *SUBJECT_COMMANDS,
            *ACCESS_COMMANDS,
            *ALARM.commands,
        )
    },
    Kind.STATE: set(Status),
    Kind.ASSIGNMENT_STATE: set(AssignmentStatus),
    Kind.CLOCK: set(Clock),
    Kind.LIMIT_KIND: set(LimitKind),
    Kind.ROLE: set(Role),
    Kind.CHANNEL: set(Channel),
    Kind.SEVERITY: set(Severity),
    Kind.TIER: set(Tier),
    Kind.REASON: {
        SUPERVISION_REASON,
        *(reason for reasons in REASONS if reasons not in ELSEWHERE for reason in reasons),
    },
    Kind.FINDING: set(Finding),
    Kind.ALARM_KIND: set(AlarmKind),
    Kind.PRIORITY: set(Priority),
    Kind.SHELVE_REASON: set(ShelveReason),
    Kind.SATISFACTION: set(Satisfaction),
    Kind.NOTE_KIND: set(NoteKind),
    Kind.SPAN_KIND: set(SpanKind),
    Kind.DAY_KIND: set(DayKind),
    Kind.CLOCK_WARNING: set(ClockWarning),
    Kind.ACTION: set(Action),
    Kind.FIELD_CLASS: set(FieldClass),
    Kind.PURPOSE: set(Purpose),
    Kind.CAUSE: set(Cause),
    Kind.REFUSAL: refusals(),
    Kind.FIELD: fields(),
}


def test_every_kind_is_expected_and_titled() -> None:
    assert set(EXPECTED) == set(Kind) == set(TITLES) == set(WORDS)


@pytest.mark.parametrize("kind", Kind)
def test_every_code_has_words_and_none_is_stale(kind: Kind) -> None:
    assert set(WORDS[kind]) == EXPECTED[kind]


@pytest.mark.parametrize("kind", Kind)
def test_both_languages_are_what_they_say(kind: Kind) -> None:
    for code, words in WORDS[kind].items():
        assert CHINESE.search(words.zh), code
        assert words.en.strip(), code
        assert not CHINESE.search(words.en), code


def test_the_glossary_is_what_the_words_say() -> None:
    written = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    assert written == list(page())


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert word(Kind.EVENT, "case.reported") == ("事件上报", "case reported")
    assert word(Kind.EVENT, "no.such") == ("no.such", "no.such")
