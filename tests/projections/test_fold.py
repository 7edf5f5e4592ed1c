"""The shared fold: pure, and of one mind with the domain's own."""

from copy import copy, deepcopy
from uuid import UUID

from bench.histories import stories
from domain.case.evolve import FOLDS as EVOLVED
from domain.case.evolve import evolve
from domain.case.state import CaseState, initial
from domain.case.values import Status
from domain.event import By
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import FOLDS, fold

QUIET = {
    "CaseContactSealed", "CaseDuplicateSuggested", "CaseReturnRefused", "CaseJointHandlingOpened",
    "CaseEvidenceAttached", "CaseFollowUpSent", "CaseAppealFiled", "CaseAppealDecided",
    "CaseNoteStated",
}  # fmt: skip
"""Events that no read model shows but the timeline."""


def test_every_event_is_folded_or_known_to_be_quiet() -> None:
    assert {event.__name__ for event in EVOLVED} - {event.__name__ for event in FOLDS} == QUIET


def test_agrees_with_the_domain_after_every_event() -> None:
    states: dict[UUID, CaseState] = {}
    cases: dict[UUID, CaseFacts] = {}
    for position, step in enumerate(stories(400), start=1):
        by = By(actor="a", role=step.meta.role, basis=step.meta.basis, at=step.meta.effective_at)
        state = evolve(states.get(step.stream, initial()), step.event, by)
        facts = cases.setdefault(step.stream, CaseFacts(id=str(step.stream)))
        fold(facts, step.event, step.meta, step.version, position)
        states[step.stream] = state
        assert facts.status == state.status, step
        assert (facts.category, facts.scope) == (state.category, state.place.scope)
        assert (facts.tier, facts.severity) == (state.tier, state.severity)
        assert facts.department == (state.lead.department if state.lead else None), step
        assert (facts.closed_at, facts.rework) == (state.closed_at, state.rework)
        if state.status not in (Status.SUSPENDED, Status.MERGED):
            clocks = {(str(r.due.clock), r.due.due, r.passed) for r in state.clocks}
            assert {(c, due.due, due.passed) for c, due in facts.running()} == clocks, step


def test_folding_does_not_change_what_was_before() -> None:
    cases: dict[UUID, CaseFacts] = {}
    for position, step in enumerate(stories(60), start=1):
        before = cases.get(step.stream, CaseFacts(id=str(step.stream)))
        kept, after = deepcopy(before), copy(before)
        fold(after, step.event, step.meta, step.version, position)
        assert before == kept
        again = copy(before)
        fold(again, step.event, step.meta, step.version, position)
        assert again == after
        cases[step.stream] = after
