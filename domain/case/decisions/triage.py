"""Report, verify, accept, file: the case comes in."""

import msgspec

from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.clocks import set_clocks
from domain.case.facts import CaseFacts, GridFact
from domain.case.state import CaseState
from domain.case.values import Clock, Place
from domain.event import DomainEvent


def report(_state: CaseState, command: c.ReportCase, facts: CaseFacts) -> list[DomainEvent]:
    """The category gives tier, severity and sensitivity, the grid gives the scope."""
    category = facts.category
    assert category
    return [
        e.CaseReported(
            number=facts.number, channel=command.channel, category=category.code,
            place=placed(command.place, facts.grid), tier=category.tier,
            severity=command.severity or category.severity, sensitive=category.sensitive,
            description=command.description, contact=command.contact,
            evidence=command.evidence, exercise=command.exercise, policy=facts.policy,
            dues=set_clocks(facts, Clock.ACCEPT, Clock.TOTAL),
        )
    ]  # fmt: skip


def placed(place: Place, grid: GridFact | None) -> Place:
    """Return a place with the scope and code of the live grid it lies in, if there is one."""
    if grid is None or not grid.live:
        return place
    return msgspec.structs.replace(place, scope=grid.scope, grid=grid.code, unlocated=False)


def self_handle(_s: CaseState, command: c.SelfHandleCase, facts: CaseFacts) -> list[DomainEvent]:
    """Those drawn for a check start its clock."""
    return [
        e.CaseSelfHandled(
            conclusion=command.conclusion, evidence=command.evidence, sampled=facts.sampled,
            dues=set_clocks(facts, Clock.CHECK) if facts.sampled else (),
        )
    ]  # fmt: skip


def request_verification(
    _state: CaseState, command: c.RequestVerification, _facts: CaseFacts
) -> list[DomainEvent]:
    """Someone is sent to look."""
    return [e.CaseVerificationRequested(worker=command.worker)]


def report_verification(
    _state: CaseState, command: c.ReportVerification, _facts: CaseFacts
) -> list[DomainEvent]:
    """The finding goes on record, the case back to triage."""
    return [e.CaseVerified(result=command.result, note=command.note, evidence=command.evidence)]


def accept(_state: CaseState, _command: c.AcceptCase, facts: CaseFacts) -> list[DomainEvent]:
    """An automatic standard files at once, in the same breath."""
    if facts.standard and facts.standard.automatic:
        return [e.CaseAccepted(), *_filed(facts, automatic=True)]
    return [e.CaseAccepted(dues=set_clocks(facts, Clock.FILE))]


def file(_state: CaseState, _command: c.FileCase, facts: CaseFacts) -> list[DomainEvent]:
    """The standard is pinned."""
    return _filed(facts, automatic=False)


def _filed(facts: CaseFacts, *, automatic: bool) -> list[DomainEvent]:
    assert facts.standard
    return [
        e.CaseFiled(
            standard=facts.standard.id, automatic=automatic,
            dues=set_clocks(facts, Clock.DISPATCH),
        )
    ]  # fmt: skip


def decline(_state: CaseState, command: c.DeclineCase, _facts: CaseFacts) -> list[DomainEvent]:
    """Not accepted."""
    return [e.CaseDeclined(reason=command.reason, reply=command.reply)]


def refuse_filing(_s: CaseState, command: c.RefuseFiling, _facts: CaseFacts) -> list[DomainEvent]:
    """Not filed."""
    return [e.CaseFilingRefused(reason=command.reason, reply=command.reply)]


def classify(state: CaseState, _command: c.ClassifyCase, facts: CaseFacts) -> list[DomainEvent]:
    """Once sensitive, always: what was told in confidence stays so."""
    assert facts.category
    sensitive = state.sensitive or facts.category.sensitive
    return [e.CaseClassified(category=facts.category.code, was=state.category, sensitive=sensitive)]


def relocate(state: CaseState, command: c.RelocateCase, facts: CaseFacts) -> list[DomainEvent]:
    """The old scope stays beside the new place."""
    return [
        e.CaseRelocated(
            place=placed(command.place, facts.grid), was_scope=state.place.scope,
            sensitive=state.sensitive,
        )
    ]  # fmt: skip


def seal_contact(_s: CaseState, command: c.SealContact, _facts: CaseFacts) -> list[DomainEvent]:
    """Clear here, sealed on its way into the log."""
    return [e.CaseContactSealed(contact=command.contact)]
