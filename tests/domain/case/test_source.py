"""What a source states, and that nothing is invented."""

from msgspec.structs import replace

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.facts import CategoryFact
from domain.case.values import (
    Channel,
    Clock,
    Explanation,
    Place,
    Status,
)
from tests.domain.case.starts import FIRST_PART, SECOND_PART
from tests.domain.case.world import (
    DAY,
    IMPORT,
    SOURCE,
    STATED,
    T0,
    Step,
    by,
    given,
)


def test_a_source_states_and_nothing_is_invented() -> None:
    place = Place(scope="boston.01.")
    command = c.StateReport(
        source=SOURCE, number="101", category="potholes", place=place, description="hole"
    )
    given().when(command, IMPORT, category=None).then(
        e.CaseReported(
            number="101", channel=Channel.SOURCE, category="potholes", place=place,
            description="hole", source=SOURCE, policy="p1",
        )
    )  # fmt: skip
    (event,) = given().when(command, IMPORT, category=CategoryFact(code="x", sensitive=True)).events
    assert isinstance(event, e.CaseReported)
    assert event.sensitive
    stated = Explanation(rule="source", reason="来源所载", reason_en="as the source states")
    first: Step = (
        e.CaseDispatched(assignment=FIRST_PART, department="DPW", explanation=stated), IMPORT,
    )  # fmt: skip
    state = given(STATED).when(c.StateAssignment(department="DPW"), IMPORT).then(first[0])
    assert (state.status, state.clocks) == (Status.DISPATCHED, ())
    assert given(STATED, first).when(c.StateAssignment(department="DPW"), IMPORT).events == []
    given(STATED, first).when(c.StateAssignment(department="ISD"), IMPORT).then(
        e.CaseRedispatched(assignment=SECOND_PART, department="ISD", was="DPW", explanation=stated)
    )


def test_a_source_closes_whenever_it_says_so() -> None:
    before = by(Role.IMPORT, T0 - DAY)
    state = (
        given(STATED)
        .when(c.StateClose(stated="Resolved"), before)
        .then(e.CaseClosed(sampled=False, stated="Resolved"))
    )
    assert (state.status, state.closed_at) == (Status.CLOSED, T0 - DAY)
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)
    assert given(STATED, closed).when(c.StateClose(stated="Resolved"), IMPORT).events == []
    late = (
        given(STATED, closed)
        .when(c.StateAssignment(department="DPW"), IMPORT)
        .then(e.CaseCorrected(digest="d1", fields=("department",), department="DPW"))
    )
    assert late.status is Status.CLOSED
    assert (late.lead and late.lead.department) == "DPW"
    same = given(STATED, closed, (e.CaseCorrected(
        digest="d1", fields=("department",), department="DPW"), IMPORT))  # fmt: skip
    assert same.when(c.StateAssignment(department="DPW"), IMPORT).events == []


def test_a_source_corrects_itself() -> None:
    there = Place(scope="boston.02.")
    command = c.StateCorrection(
        digest="d2", fields=("category", "place"), category="lights", place=there,
        description="lamp", department="DPW",
    )  # fmt: skip
    state = given(STATED).when(command, IMPORT).then(
        e.CaseCorrected(
            digest="d2", fields=("category", "place"), category="lights", place=there,
            description="lamp", department="DPW",
        )
    )  # fmt: skip
    assert state.source is not None
    assert (state.source.digest, state.category, state.place) == ("d2", "lights", there)
    assert state.status is Status.REPORTED
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)

    def corrected(*steps: Step, is_closed: bool) -> tuple[Status | None, int | None]:
        done = given(STATED, *steps).when(
            c.StateCorrection(digest="d3", fields=("closed",), closed=is_closed), IMPORT
        ).allowed()  # fmt: skip
        return done.status, done.closed_at

    assigned: Step = (
        e.CaseDispatched(assignment="p", department="DPW", explanation=Explanation()), IMPORT,
    )  # fmt: skip
    assert corrected(is_closed=True) == (Status.CLOSED, T0)
    assert corrected(is_closed=False) == (Status.REPORTED, None)
    assert corrected(closed, is_closed=True) == (Status.CLOSED, T0)
    assert corrected(closed, is_closed=False) == (Status.REPORTED, None)
    assert corrected(assigned, closed, is_closed=False) == (Status.DISPATCHED, None)


def test_a_correction_of_a_sensitive_case_says_so() -> None:
    command = c.StateCorrection(digest="d2", fields=("latitude",), place=Place(scope="boston."))
    hidden = CategoryFact(code="x", sensitive=True)
    for told, more in ((replace(STATED[0], sensitive=True), {}), (STATED[0], {"category": hidden})):
        outcome = given((told, IMPORT)).when(command, IMPORT, **more)
        assert outcome.allowed().sensitive
        (event,) = outcome.events
        assert isinstance(event, e.CaseCorrected)
        assert event.sensitive


def test_a_source_states_targets_words_and_doubts() -> None:
    state = (
        given(STATED)
        .when(c.StateTarget(due=T0 + DAY), IMPORT)
        .then(e.CaseTargetStated(due=T0 + DAY))
    )
    running = state.clock(Clock.TOTAL)
    assert running is not None
    assert (running.due.due, running.due.start, running.due.limit) == (T0 + DAY, T0, "")
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)
    late = given(STATED, closed).when(c.StateTarget(due=T0 + DAY), IMPORT).allowed()
    assert late.clocks == ()
    given(STATED).when(c.StateStatus(stated="Open", note="n"), IMPORT).then(
        e.CaseStatusStated(stated="Open", note="n")
    )
    given(STATED).when(c.StateNote(kind="follow_on", note="n"), IMPORT).then(
        e.CaseNoteStated(kind="follow_on", note="n")
    )
    given(STATED).when(c.StateNote(kind="gossip"), IMPORT).rejected("UNKNOWN_VALUE", field="kind")
    given(STATED).when(c.FlagCase(rule="closed_before_opened", field="closed_dt"), IMPORT).then(
        e.CaseFlagged(rule="closed_before_opened", field="closed_dt")
    )
