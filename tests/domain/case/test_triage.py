"""Reports, triage and filing: exact events with their due instants."""

from typing import Any

import pytest

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.decide import decide
from domain.case.facts import CategoryFact, StandardFact
from domain.case.values import (
    Channel,
    Clock,
    Place,
    Point,
    Severity,
    Status,
    Tier,
)
from domain.errors import Rejected
from tests.domain.case.attempts import (
    LEADER,
)
from tests.domain.case.starts import WORKER, starts
from tests.domain.case.world import (
    ACCEPTED,
    AFTER,
    BEFORE,
    GRID,
    GRID_CODE,
    HISTORIES,
    REPORTED,
    Step,
    at,
    by,
    facts,
    fold,
    given,
    reported,
)


def test_the_tests_know_when_things_are_due() -> None:
    accept, total = starts(Clock.ACCEPT, Clock.TOTAL)
    assert (accept.due, accept.warn) == (at("2026-03-02 11:00"), at("2026-03-02 10:36"))
    assert (total.due, total.warn) == (at("2026-03-09 09:00"), at("2026-03-06 09:00"))


def test_a_report_takes_tier_severity_and_place_from_what_is_known() -> None:
    category = CategoryFact(
        code="92007", tier=Tier.DISTRICT, severity=Severity.LIFE_SAFETY, sensitive=True
    )
    point = Point(lon=118_000_000, lat=37_400_000)
    command = c.ReportCase(
        channel=Channel.RESIDENT, category="92007", place=Place(scope="", point=point),
        description="gas", contact="0543", evidence=(BEFORE,), exercise=True,
    )  # fmt: skip
    given().when(command, by(Role.RESIDENT), category=category, number="N1").then(
        e.CaseReported(
            number="N1", channel=Channel.RESIDENT, category="92007",
            place=Place(scope=GRID, grid=GRID_CODE, point=point), tier=Tier.DISTRICT,
            severity=Severity.LIFE_SAFETY, sensitive=True, description="gas", contact="0543",
            evidence=(BEFORE,), exercise=True, policy="p1",
            dues=starts(Clock.ACCEPT, Clock.TOTAL),
        )
    )  # fmt: skip


def test_a_clock_without_a_limit_does_not_start() -> None:
    command = c.ReportCase(
        channel=Channel.RESIDENT, category="x", place=Place(scope=GRID), severity=None
    )
    nothing: list[dict[str, Any]] = [{"limits": {}}, {"calendar": None}]
    for more in nothing:
        (event,) = given().when(command, by(Role.RESIDENT), **more).events
        assert isinstance(event, e.CaseReported)
        assert event.dues == ()


def test_an_unlocated_report_keeps_its_area() -> None:
    place = Place(scope="371602.005.", unlocated=True)
    command = c.ReportCase(channel=Channel.HOTLINE, category="x", place=place)
    (event,) = given().when(command, by(Role.ACCEPTOR), grid=None).events
    assert isinstance(event, e.CaseReported)
    assert event.place == place


@pytest.mark.parametrize("sampled", [True, False])
def test_self_handled_work_is_checked_only_when_drawn(sampled: bool) -> None:
    command = c.SelfHandleCase(conclusion="swept", evidence=(BEFORE, AFTER))
    state = given(REPORTED).when(command, WORKER, sampled=sampled).then(
        e.CaseSelfHandled(
            conclusion="swept", evidence=(BEFORE, AFTER), sampled=sampled,
            dues=starts(Clock.CHECK) if sampled else (),
        )
    )  # fmt: skip
    assert state.status is Status.RESOLVED
    assert {one.due.clock for one in state.clocks} == {Clock.TOTAL} | (
        {Clock.CHECK} if sampled else set()
    )
    assert state.handlers == ("grid_worker",)


def test_a_spared_one_is_closed_as_not_sampled_and_a_checked_one_as_sampled() -> None:
    spared: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=False), WORKER)
    drawn: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER)
    passed: tuple[Step, ...] = ((e.CaseCheckRequested(), LEADER), (e.CaseCheckPassed(), LEADER))
    given(REPORTED, spared).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=False))
    given(REPORTED, drawn, passed).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=True))
    given(HISTORIES[Status.PASSED]).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=True))


def test_a_failed_check_of_self_handled_work_goes_back_to_triage() -> None:
    drawn: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER)
    state = given(REPORTED, drawn, (e.CaseCheckRequested(), LEADER)).when(
        c.FailCheck(note="dirty"), by(Role.CHECKER)
    ).then(e.CaseCheckFailed(note="dirty", dues=starts(Clock.ACCEPT)))  # fmt: skip
    assert (state.status, state.self_handled, state.rework) == (Status.REPORTED, False, 0)
    assert {one.due.clock for one in state.clocks} == {Clock.TOTAL, Clock.ACCEPT}


def test_accepting_files_at_once_where_the_standard_is_automatic() -> None:
    automatic = StandardFact(id="S9", automatic=True)
    given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR)).then(
        e.CaseAccepted(dues=starts(Clock.FILE))
    )
    state = given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR), standard=automatic).then(
        e.CaseAccepted(),
        e.CaseFiled(standard="S9", automatic=True, dues=starts(Clock.DISPATCH)),
    )  # fmt: skip
    assert (state.status, state.standard) == (Status.FILED, "S9")
    given(ACCEPTED).when(c.FileCase(), LEADER).then(
        e.CaseFiled(standard="S1", dues=starts(Clock.DISPATCH))
    )


def test_triage_events_carry_what_was_said() -> None:
    said = given(REPORTED).when(c.DeclineCase(reason="duplicate", reply="known"), LEADER)
    assert said.then(e.CaseDeclined(reason="duplicate", reply="known")).clocks == ()
    said = given(ACCEPTED).when(c.RefuseFiling(reason="duplicate", reply="known"), LEADER)
    assert said.then(e.CaseFilingRefused(reason="duplicate", reply="known")).clocks == ()
    said = given(REPORTED).when(c.CancelCase(reason="test"), LEADER)
    assert said.then(e.CaseCancelled(reason="test")).clocks == ()
    said = given(REPORTED).when(c.RequestVerification(worker="w1"), LEADER)
    assert said.then(e.CaseVerificationRequested(worker="w1")).verifier == "w1"
    said = given(HISTORIES[Status.VERIFYING]).when(
        c.ReportVerification(result="absent", note="nothing", evidence=(BEFORE,)), WORKER
    )
    state = said.then(e.CaseVerified(result="absent", note="nothing", evidence=(BEFORE,)))
    assert (state.verified, state.verifier) == ("absent", None)
    said = given(REPORTED).when(c.SealContact(contact="0543"), by(Role.ACCEPTOR))
    said.then(e.CaseContactSealed(contact="0543"))
    said = given(REPORTED).when(c.AttachEvidence(evidence=(AFTER,)), by(Role.RESIDENT))
    said.then(e.CaseEvidenceAttached(evidence=(AFTER,)))


def test_once_sensitive_always_sensitive() -> None:
    for before, kind, after in ((False, False, False), (False, True, True), (True, False, True)):
        state = given((reported(sensitive=before),)).when(
            c.ClassifyCase(category="x"), LEADER,
            category=CategoryFact(code="x", sensitive=kind),
        ).then(e.CaseClassified(category="x", was="06010", sensitive=after))  # fmt: skip
        assert (state.category, state.sensitive) == ("x", after)


def test_relocating_keeps_the_old_scope_on_record() -> None:
    place = Place(scope="whatever", point=Point(lon=1, lat=2))
    state = given((reported(sensitive=True),)).when(c.RelocateCase(place=place), LEADER).then(
        e.CaseRelocated(
            place=Place(scope=GRID, grid=GRID_CODE, point=Point(lon=1, lat=2)), was_scope=GRID,
            sensitive=True,
        )
    )  # fmt: skip
    assert state.place.point == Point(lon=1, lat=2)


def test_a_refusal_names_the_rule_and_what_it_looked_at() -> None:
    with pytest.raises(Rejected) as refused:
        decide(fold(REPORTED), c.CloseCase(), facts(LEADER))
    assert refused.value.code == "WRONG_STATE"
    assert refused.value.facts == {"state": "reported", "allowed": ["passed", "resolved"]}
    given(REPORTED).when(c.AcceptCase(), by(Role.DISPLAY)).rejected(
        "ROLE_NOT_ALLOWED", role="display", allowed=["acceptor", "duty_leader"]
    )
    given(REPORTED).when(
        c.ReportCase(channel=Channel.RESIDENT, category="x", place=Place(scope=GRID)), LEADER
    ).rejected("CASE_EXISTS", number="1")
    given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR, scope="371602.003.")).rejected(
        "OUT_OF_SCOPE", scope=GRID, yours="371602.003."
    )
