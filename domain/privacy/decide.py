"""Answer a command about personal data: erase, hold, note a read, or refuse with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from domain.access import GRANTS, Action
from domain.actor import Role, within
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import By, Command, DomainEvent, Microseconds, Text
from domain.privacy.commands import (
    ACCESS_COMMANDS,
    SUBJECT_COMMANDS,
    EraseSubject,
    LiftLegalHold,
    NoteReads,
    PlaceLegalHold,
)
from domain.privacy.events import LegalHoldLifted, LegalHoldPlaced, PersonalDataRead, SubjectErased
from domain.privacy.retention import NO_SCHEDULE, Schedule, erased_from, kept_until
from domain.privacy.state import SubjectState, no_access, no_subject


class Cause(StrEnum):
    """Why personal data is erased."""

    REQUEST = "request"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PURPOSE_MET = "purpose_met"
    RETENTION = "retention"
    UNLAWFUL = "unlawful"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject of a family: its file, its living keys, and how long it has to be kept."""

    state: SubjectState
    keys: tuple[str, ...] = ()
    schedule: Schedule = NO_SCHEDULE
    ended_at: Microseconds | None = None


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What the rules look at. `family`: the subject itself first, then what goes with it."""

    by: By
    known: bool
    scope: str
    family: Mapping[str, Standing]


def decide_subject(state: SubjectState, command: Command, facts: SubjectFacts) -> list[DomainEvent]:
    """Return the events of a hold; none when nothing changes. Raises Rejected."""
    assert isinstance(command, PlaceLegalHold | LiftLegalHold)
    allowed(facts, Action.HOLD)
    _reasoned(command.reason)
    if not command.hold:
        raise Rejected("NAME_MISSING")
    if isinstance(command, PlaceLegalHold):
        if command.hold in state.holds:
            return []
        return [LegalHoldPlaced(subject=command.subject, hold=command.hold, reason=command.reason)]
    if command.hold not in state.holds:
        raise Rejected("NO_SUCH_HOLD", hold=command.hold)
    return [LegalHoldLifted(subject=command.subject, hold=command.hold, reason=command.reason)]


def decide_erasure(command: EraseSubject, facts: SubjectFacts) -> dict[str, list[DomainEvent]]:
    """Return an erasure for each subject of the family that still has keys. Raises Rejected."""
    allowed(facts, Action.ERASE)
    if command.cause not in set(Cause):
        raise Rejected("UNKNOWN_REASON", reason=command.cause)
    for subject, one in facts.family.items():
        _free(subject, one, command.cause, facts.by)
    if not any(one.keys for one in facts.family.values()):
        return {}
    own = next(iter(facts.family))  # has its event in any case: the file of the command is there
    return {
        subject: [
            SubjectErased(
                subject=subject, keys=one.keys, cause=command.cause, reason=command.reason
            )
        ]
        for subject, one in facts.family.items()
        if one.keys or subject == own
    }  # fmt: skip


def allowed(facts: SubjectFacts, action: Action) -> None:
    """Only the roles of the table, inside their scope, about a subject there is."""
    if Role(facts.by.role) not in GRANTS[action]:
        raise Rejected("ROLE_NOT_ALLOWED", role=facts.by.role)
    if not facts.known:
        raise Rejected("NO_SUCH_SUBJECT")
    if not within(facts.scope, facts.by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=facts.scope, own=facts.by.scope)


def _free(subject: str, one: Standing, cause: str, by: By) -> None:
    """Nothing is erased under a hold, or before its time; by schedule not before its day."""
    if one.state.holds:
        raise Rejected("LEGAL_HOLD", subject=subject, holds=one.state.holds)
    if not one.keys:
        return
    if cause == Cause.RETENTION:
        if one.ended_at is None or by.at < erased_from(one.schedule, one.ended_at):
            raise Rejected("SCHEDULE_NOT_OVER", subject=subject)
    elif one.schedule.keep and (
        one.ended_at is None or by.at < kept_until(one.schedule, one.ended_at)
    ):
        raise Rejected("TO_BE_KEPT", subject=subject, days=one.schedule.keep)


def _reasoned(reason: Text) -> None:
    if not reason:
        raise Rejected("REASON_MISSING")


def evolve_subject(state: SubjectState, event: DomainEvent, _by: By) -> SubjectState:
    """Return the file after one event."""
    match event:
        case LegalHoldPlaced():
            return replace(state, holds=(*state.holds, event.hold))
        case LegalHoldLifted():
            return replace(state, holds=tuple(one for one in state.holds if one != event.hold))
        case SubjectErased():
            return replace(state, erased=state.erased | set(event.keys))
        case _:
            return state


def decide_access(_state: None, command: Command, _facts: Any) -> list[DomainEvent]:
    """Return an event for each read."""
    assert isinstance(command, NoteReads)
    return [
        PersonalDataRead(
            subject=one.subject, fields=one.fields, purpose=one.purpose, request=one.request
        )
        for one in command.reads
    ]  # fmt: skip


def evolve_access(_state: None, _event: DomainEvent, _by: By) -> None:
    """An access stream has no state but its version."""


SUBJECT: Final = Decider(
    "subject", no_subject, decide_subject, evolve_subject, SUBJECT_COMMANDS,
    (SubjectErased, LegalHoldPlaced, LegalHoldLifted),
)  # fmt: skip
ACCESS: Final = Decider(
    "access", no_access, decide_access, evolve_access, ACCESS_COMMANDS, (PersonalDataRead,)
)
