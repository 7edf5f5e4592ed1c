"""The loop from stage to stage; dispatch, acknowledge, return, assist."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.decide import decide
from domain.case.facts import DepartmentFact
from domain.case.values import (
    AssignmentStatus,
    Clock,
    Explanation,
    Status,
)
from domain.event import Command
from tests.domain.case.attempts import (
    ASKED_LATER,
    ASSIST,
    ASSIST_TAKEN,
    HANDLER,
    LEADER,
    RETURNED,
)
from tests.domain.case.starts import FIRST_PART, SECOND_PART, starts
from tests.domain.case.world import (
    AFTER,
    DISPATCHED,
    DISTRICT,
    FILED,
    HELP,
    HOUR,
    IN_PROGRESS,
    LEAD,
    OTHER_UNIT,
    PART,
    T0,
    by,
    facts,
    fold,
    given,
    reported,
)


def test_each_stage_stops_its_clock_and_starts_the_next() -> None:
    """Report to close, and which clocks run after each step."""
    steps: list[tuple[Command, str, set[str]]] = [
        (c.AcceptCase(), Role.ACCEPTOR, {"total", "file"}),
        (c.FileCase(), Role.DUTY_LEADER, {"total", "dispatch"}),
        (c.DispatchCase(), Role.DISPATCHER, {"total", "acknowledge", "handle"}),
        (c.AcknowledgeCase(), Role.HANDLER, {"total", "handle"}),
        (c.NoteProgress(note="on site"), Role.HANDLER, {"total", "handle"}),
        (c.HandleCase(conclusion="x", evidence=(AFTER,)), Role.HANDLER, {"total", "check"}),
        (c.RequestCheck(), Role.DISPATCHER, {"total", "check"}),
        (c.FailCheck(note="x"), Role.CHECKER, {"total", "handle"}),
        (c.HandleCase(conclusion="x", evidence=(AFTER,)), Role.HANDLER, {"total", "check"}),
        (c.RequestCheck(), Role.DISPATCHER, {"total", "check"}),
        (c.PassCheck(), Role.CHECKER, {"total"}),
        (c.CloseCase(), Role.DUTY_LEADER, set()),
        (c.ReopenCase(reason="came_back"), Role.CHECKER, {"total", "dispatch"}),
    ]
    state = fold((reported(dues=starts(Clock.ACCEPT, Clock.TOTAL)),))
    for hour, (command, role, running) in enumerate(steps):
        who = by(role, T0 + hour * HOUR)
        for event in decide(state, command, facts(who)):
            state = fold([(event, who)], state)
        assert {one.due.clock for one in state.clocks} == running, command.NAME
    assert state.clock(Clock.DISPATCH) is not None
    assert state.last_at == T0 + 12 * HOUR


def test_a_dispatch_says_why() -> None:
    route = Explanation(rule="r1", reason="环卫")
    given(FILED).when(c.DispatchCase(), by(Role.DISPATCHER), explanation=route).then(
        e.CaseDispatched(
            assignment=FIRST_PART, department=LEAD, explanation=route, policy="p1",
            dues=starts(Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    )  # fmt: skip
    named = c.DispatchCase(department=LEAD, reason="knows it")
    (event,) = given(FILED).when(named, by(Role.DISPATCHER), explanation=route).events
    assert isinstance(event, e.CaseDispatched)
    assert event.explanation == Explanation(words="knows it")
    unexplained = c.DispatchCase(department=LEAD)
    (event,) = given(FILED).when(unexplained, by(Role.DISPATCHER), explanation=None).events
    assert isinstance(event, e.CaseDispatched)
    assert event.explanation == Explanation()


def test_redispatching_ends_the_old_lead() -> None:
    command = c.RedispatchCase(department=OTHER_UNIT, reason="theirs")
    parks = DepartmentFact(id=OTHER_UNIT, scope=DISTRICT)
    asked = (*IN_PROGRESS, ASKED_LATER)
    state = given(asked).when(command, by(Role.DISPATCHER), department=parks).then(
        e.CaseRedispatched(
            assignment=SECOND_PART, department=OTHER_UNIT, was=LEAD, policy="p1",
            explanation=Explanation(words="theirs"),
            dues=starts(Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    )  # fmt: skip
    assert state.status is Status.DISPATCHED
    assert [part.status for part in state.assignments] == [
        AssignmentStatus.RETURNED, AssignmentStatus.OFFERED,
    ]  # fmt: skip
    assert (state.lead and state.lead.department, state.extension_until) == (OTHER_UNIT, None)


def test_acknowledging_moves_the_lead_and_an_assist_only_itself() -> None:
    state = (
        given(DISPATCHED, ASSIST)
        .when(c.AcknowledgeCase(), HANDLER)
        .then(e.CaseAcknowledged(assignment=PART, department=LEAD))
    )
    assert state.status is Status.IN_PROGRESS
    lead = state.lead
    assert lead is not None
    assert (lead.status, lead.acknowledged_at) == (AssignmentStatus.ACKNOWLEDGED, T0)
    state = given(DISPATCHED, ASSIST).when(c.AcknowledgeCase(), by(Role.HANDLER, unit=HELP)).then(
        e.CaseAcknowledged(assignment="part-2", department=HELP, lead=False)
    )  # fmt: skip
    assert state.status is Status.DISPATCHED
    assert state.clock(Clock.ACKNOWLEDGE) is not None


def test_a_return_is_ruled_on() -> None:
    back = c.ReturnCase(reason="wrong_place", note="not ours")
    given(DISPATCHED).when(back, HANDLER).then(
        e.CaseReturned(assignment=PART, department=LEAD, reason="wrong_place", note="not ours")
    )
    upheld = given(DISPATCHED, RETURNED).when(c.UpholdReturn(), by(Role.DISPATCHER)).then(
        e.CaseReturnUpheld(assignment=PART, department=LEAD, dues=starts(Clock.DISPATCH))
    )  # fmt: skip
    assert (upheld.status, upheld.lead, upheld.pending_return) == (Status.FILED, None, None)
    assert {one.due.clock for one in upheld.clocks} == {Clock.TOTAL, Clock.DISPATCH}
    refused = (
        given(DISPATCHED, RETURNED)
        .when(c.RefuseReturn(note="is"), LEADER)
        .then(e.CaseReturnRefused(assignment=PART, department=LEAD, note="is"))
    )
    assert (refused.status, refused.returns) == (Status.DISPATCHED, (LEAD,))
    assert {one.due.clock for one in refused.clocks} == {
        Clock.TOTAL, Clock.ACKNOWLEDGE, Clock.HANDLE,
    }  # fmt: skip


def test_assisting_departments_have_clocks_of_their_own() -> None:
    water = DepartmentFact(id=HELP, scope=DISTRICT)
    (handle,) = starts(Clock.HANDLE)
    state = given(IN_PROGRESS).when(
        c.AddAssist(department=HELP, reason="pumps"), LEADER, department=water
    ).then(
        e.CaseAssistAdded(
            assignment=SECOND_PART, department=HELP, due=handle,
            explanation=Explanation(words="pumps"),
        )
    )  # fmt: skip
    part = state.assignment_of(HELP)
    assert part is not None
    assert part.clock is not None
    assert part.clock.due == handle
    joined = given(DISPATCHED).when(c.OpenJointHandling(reason="flood"), LEADER)
    assert joined.then(e.CaseJointHandlingOpened(reason="flood")).joint
    state = given(IN_PROGRESS, ASSIST, ASSIST_TAKEN).when(
        c.ReportAssistDone(conclusion="pumped"), by(Role.HANDLER, unit=HELP)
    ).then(e.CaseAssistDone(assignment="part-2", department=HELP, conclusion="pumped"))  # fmt: skip
    done = state.assignment_of(HELP)
    assert done is not None
    assert (done.status, done.clock) == (AssignmentStatus.DONE, None)
