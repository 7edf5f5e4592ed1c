"""Each guard from both sides of its edge: what it refuses, with which facts, and what not."""

from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.facts import CategoryFact, DepartmentFact, GridFact
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import (
    Channel,
    Clock,
    Evidence,
    Explanation,
    Place,
    Point,
    Severity,
    Status,
    Tier,
)
from domain.event import By, Command, Sealed
from tests.domain.case.attempts import (
    APPEALED,
    ASKED,
    ASKED_LATER,
    ASSIST,
    ASSIST_TAKEN,
    HANDLER,
    LEADER,
    ONE_UP,
    PARTS,
    RETURNED,
    SUPERVISED,
    UNHAPPY,
)
from tests.domain.case.world import (
    ACCEPTED,
    AFTER,
    BEFORE,
    CASE,
    CHECKING,
    CHILDREN,
    COMMUNITY,
    DAY,
    DISPATCHED,
    DISTRICT,
    DUE,
    ELSEWHERE,
    FILED,
    GRID,
    GRID_CODE,
    HELP,
    HISTORIES,
    HOUR,
    IN_PROGRESS,
    LEAD,
    MINUTE,
    OTHER,
    OTHER_UNIT,
    PARENT,
    PART,
    PASSED,
    REPORTED,
    RESOLVED,
    T0,
    TOWNSHIP,
    Step,
    at,
    by,
    due,
    fold,
    given,
    reported,
)

OK = "accepted"


class Try(NamedTuple):
    """One command against one history."""

    steps: tuple[Step, ...]
    command: Command
    who: By
    says: str
    facts: dict[str, Any] = {}
    about: dict[str, Any] = {}


def tried(case: Try) -> None:
    """Send it and compare."""
    outcome = given(case.steps).when(case.command, case.who, **case.facts)
    if case.says == OK:
        outcome.allowed()
    else:
        outcome.rejected(case.says, **case.about)


ACCEPTOR, DISPATCHER = by(Role.ACCEPTOR), by(Role.DISPATCHER)
WORKER, CHECKER = by(Role.GRID_WORKER), by(Role.CHECKER)
RESIDENT, CLOCK, DISTRICT_LEADER = by(Role.RESIDENT), by(Role.CLOCK), by(Role.DISTRICT_LEADER)
HERE = Place(scope=GRID, grid=GRID_CODE)
UNLOCATED = Place(scope=TOWNSHIP, unlocated=True)


def report(
    role: str, channel: Channel, place: Place = HERE, severity: Severity | None = None
) -> tuple[c.ReportCase, By]:
    return c.ReportCase(channel=channel, category="06010", place=place, severity=severity), by(role)


def reports() -> list[Try]:
    """Which channel fits whom, who sets a severity, and where a place must lie."""
    fits = {
        Role.GRID_WORKER: {Channel.GRID_WORKER},
        Role.RESIDENT: {Channel.RESIDENT},
        Role.ACCEPTOR: {Channel.HOTLINE, Channel.RESIDENT},
        Role.HANDLER: {Channel.DEPARTMENT},
        Role.DUTY_LEADER: {Channel.LEADER},
        Role.DISTRICT_LEADER: {Channel.LEADER},
        Role.INTEGRATOR: {Channel.SENSOR, Channel.HOTLINE, Channel.RESIDENT},
    }
    tries = [
        Try((), *report(role, channel), OK if channel in channels else "CHANNEL_NOT_YOURS")
        for role, channels in fits.items()
        for channel in Channel
    ]
    for role, channels in fits.items():
        laymen = role in (Role.RESIDENT, Role.INTEGRATOR)
        asked = report(role, min(channels), severity=Severity.URGENT)
        tries.append(Try((), *asked, "SEVERITY_NOT_YOURS" if laymen else OK))
    worker = report(Role.GRID_WORKER, Channel.GRID_WORKER)
    nowhere = report(Role.GRID_WORKER, Channel.GRID_WORKER, UNLOCATED)
    no_area = report(Role.RESIDENT, Channel.RESIDENT, Place(scope="", unlocated=True))
    no_grid: dict[str, Any] = {"grid": None}
    retired = {"grid": GridFact(code=GRID_CODE, scope=GRID, live=False)}
    elsewhere = {"grid": GridFact(code="x", scope=ELSEWHERE)}
    town_worker = by(Role.GRID_WORKER, scope=TOWNSHIP)
    return [
        *tries,
        Try((), *worker, "UNKNOWN_CATEGORY", {"category": None}, {"category": "06010"}),
        Try((), *worker, "PLACE_NOT_IN_A_LIVE_GRID", no_grid, {"grid": GRID_CODE, "scope": GRID}),
        Try((), *worker, "PLACE_NOT_IN_A_LIVE_GRID", retired),
        Try((), *nowhere, OK, no_grid),
        Try((), *no_area, "PLACE_NOT_IN_A_LIVE_GRID", no_grid),
        Try((), worker[0], town_worker, OK),
        Try((), worker[0], town_worker, "OUT_OF_SCOPE", elsewhere, {"scope": ELSEWHERE}),
        Try((), nowhere[0], by(Role.GRID_WORKER, scope=ELSEWHERE), OK, no_grid),
    ]


def triage() -> list[Try]:
    """Self-handling, verifying, accepting, declining, filing."""
    swept = c.SelfHandleCase(conclusion="swept", evidence=(BEFORE, AFTER))
    failed: tuple[Step, ...] = (
        (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), by(Role.GRID_WORKER)),
        (e.CaseCheckRequested(), LEADER),
        (e.CaseCheckFailed(note="-"), CHECKER),
    )
    town = (reported(tier=Tier.TOWNSHIP),)
    sent = HISTORIES[Status.VERIFYING]
    absent: tuple[Step, ...] = (*sent, (e.CaseVerified(result="absent"), WORKER))
    exists: tuple[Step, ...] = (*sent, (e.CaseVerified(result="exists"), WORKER))
    not_there = c.DeclineCase(reason="absent", reply="nothing there")
    return [
        Try(town, swept, WORKER, "NOT_VILLAGE_TIER", about={"tier": Tier.TOWNSHIP}),
        Try((*REPORTED, *failed), swept, WORKER, "SELF_HANDLING_FAILED_BEFORE"),
        Try(
            REPORTED, c.SelfHandleCase(conclusion="x", evidence=(AFTER, AFTER)), WORKER,
            "BEFORE_EVIDENCE_MISSING", about={"given": 2},
        ),
        Try(
            REPORTED, c.SelfHandleCase(conclusion="x", evidence=(BEFORE,)), WORKER,
            "AFTER_EVIDENCE_MISSING", about={"given": 1},
        ),
        Try(
            REPORTED, c.SelfHandleCase(conclusion=" \n", evidence=(BEFORE, AFTER)), WORKER,
            "TEXT_MISSING", about={"field": "conclusion"},
        ),
        Try(
            REPORTED, c.RequestVerification(worker="reporter"), ACCEPTOR,
            "VERIFIER_REPORTED_IT", about={"worker": "reporter"},
        ),
        Try(
            sent, c.ReportVerification(result="exists"), by(Role.GRID_WORKER, actor="w2"),
            "NOT_THE_ONE_ASKED", about={"asked": "grid_worker"},
        ),
        Try(
            sent, c.ReportVerification(result="gone"), WORKER, "UNKNOWN_VALUE",
            about={"field": "result", "value": "gone", "allowed": ["absent", "exists", "unable"]},
        ),
        *(
            Try(sent, c.ReportVerification(result=result), WORKER, OK)
            for result in ("exists", "absent", "unable")
        ),
        Try(absent, c.AcceptCase(), ACCEPTOR, "VERIFIED_ABSENT"),
        Try(exists, c.AcceptCase(), ACCEPTOR, OK),
        Try(absent, not_there, ACCEPTOR, OK),
        Try(exists, not_there, ACCEPTOR, "NOT_VERIFIED_ABSENT", about={"verified": "exists"}),
        Try(REPORTED, c.DeclineCase(reason="absent", reply="-"), ACCEPTOR, "NOT_VERIFIED_ABSENT"),
        Try(REPORTED, c.DeclineCase(reason="boring", reply="-"), ACCEPTOR, "UNKNOWN_REASON"),
        Try(REPORTED, c.DeclineCase(reason="too_vague", reply=""), ACCEPTOR, "TEXT_MISSING"),
        Try(ACCEPTED, c.RefuseFiling(reason="boring", reply="-"), LEADER, "UNKNOWN_REASON"),
        Try(ACCEPTED, c.RefuseFiling(reason="absent", reply="-"), LEADER, "NOT_VERIFIED_ABSENT"),
        Try(ACCEPTED, c.RefuseFiling(reason="duplicate", reply=" "), LEADER, "TEXT_MISSING"),
        Try(
            ACCEPTED, c.FileCase(), LEADER, "NO_FILING_STANDARD", {"standard": None},
            {"category": "06010"},
        ),
        Try(REPORTED, c.AcceptCase(), ACCEPTOR, OK, {"standard": None}),
        Try(
            REPORTED, c.ClassifyCase(category="06010"), ACCEPTOR, "SAME_CATEGORY",
            about={"category": "06010"},
        ),
        Try(
            REPORTED, c.ClassifyCase(category="x"), ACCEPTOR, "UNKNOWN_CATEGORY",
            {"category": None}, {"category": "x"},
        ),
        Try(
            REPORTED, c.RelocateCase(place=HERE), ACCEPTOR, "PLACE_NOT_IN_A_LIVE_GRID",
            {"grid": None},
        ),
        Try(REPORTED, c.RelocateCase(place=UNLOCATED), ACCEPTOR, OK, {"grid": None}),
        Try(REPORTED, c.SealContact(contact="  "), ACCEPTOR, "TEXT_MISSING"),
        Try(REPORTED, c.AttachEvidence(evidence=()), RESIDENT, "EVIDENCE_MISSING"),
    ]  # fmt: skip


def place_at(lon: int, lat: int, grid: str | None = None) -> CaseState:
    """A case reported at a point."""
    place = Place(scope=GRID, grid=grid, point=Point(lon=lon, lat=lat))
    return fold((reported(place=place),))


def links() -> list[Try]:
    """What may be merged, taken apart and split."""
    other = fold(REPORTED)
    merge = c.MergeCase(into=OTHER)
    itself = c.MergeCase(into=str(CASE))
    here = (reported(place=Place(scope=GRID, point=Point(lon=118_000_000, lat=37_400_000))),)
    sealed = Sealed(key="k", nonce="n", ct="c")
    hidden = (reported(place=Place(scope=GRID, point=sealed)),)
    split_off = e.CaseSplitOff(
        parent=PARENT, depth=1, number="1-1", channel=Channel.HOTLINE, category="06010",
        place=HERE, tier=Tier.VILLAGE,
    )  # fmt: skip
    child: tuple[Step, ...] = ((split_off, LEADER),)
    deep = replace(split_off, depth=3)
    shallow = replace(split_off, depth=2)
    suggested: tuple[Step, ...] = (
        *REPORTED, (e.CaseDuplicateSuggested(other=OTHER, distance_m=1), CLOCK),
    )  # fmt: skip
    merged = HISTORIES[Status.MERGED]
    evening, morning = by(Role.ACCEPTOR, at("2026-03-02 23:59")), at("2026-03-03 00:00")
    child_merged: tuple[Step, ...] = (*child, (e.CaseMerged(into=OTHER, was="filed"), LEADER))
    of_parts = {
        "child_ids": CHILDREN, "numbers": ("a", "b"),
        "categories": (CategoryFact(code="06010"), CategoryFact(code="06011")),
    }  # fmt: skip
    unknown_part = of_parts | {"categories": (CategoryFact(code="06010"), None)}
    kinds = (CategoryFact(code="06010"),)

    def parts(count: int) -> tuple[c.SplitCase, dict[str, Any]]:
        ids = tuple(str(index) for index in range(count))
        known = {"child_ids": ids, "numbers": ids, "categories": kinds * count}
        return c.SplitCase(parts=PARTS[:1] * count), known

    def of(name: str, state: CaseState | None) -> dict[str, Any]:
        return {name: state}

    def split(count: int, says: str, about: dict[str, Any]) -> Try:
        command, known = parts(count)
        return Try(FILED, command, DISPATCHER, says, known, about)

    return [
        Try(REPORTED, itself, ACCEPTOR, "SAME_CASE", of("other", other)),
        Try(
            REPORTED, c.SuggestDuplicate(other=str(CASE), distance_m=0), CLOCK, "SAME_CASE",
            about={"other": str(CASE)},
        ),
        Try(suggested, c.SuggestDuplicate(other=OTHER, distance_m=1), CLOCK, "ALREADY_SUGGESTED"),
        Try(suggested, c.SuggestDuplicate(other=PARENT, distance_m=1), CLOCK, OK),
        Try(REPORTED, merge, ACCEPTOR, "OTHER_NOT_OPEN", of("other", None), {"status": None}),
        Try(
            REPORTED, merge, ACCEPTOR, "OTHER_NOT_OPEN",
            of("other", fold(HISTORIES[Status.CLOSED])), {"status": Status.CLOSED},
        ),
        Try(
            REPORTED, merge, by(Role.ACCEPTOR, scope=COMMUNITY), "OTHER_OUT_OF_SCOPE",
            of("other", fold((reported(place=Place(scope=ELSEWHERE, grid=GRID_CODE)),))),
        ),
        Try(
            child, c.MergeCase(into=PARENT), ACCEPTOR, "OTHER_IS_RELATIVE",
            of("other", other), {"other": PARENT},
        ),
        Try(
            REPORTED, merge, ACCEPTOR, "OTHER_IS_RELATIVE",
            of("other", fold(((replace(split_off, parent=str(CASE)), LEADER),))),
        ),
        Try(child, merge, ACCEPTOR, OK, of("other", other)),
        Try(here, merge, ACCEPTOR, OK, of("other", place_at(118_000_000, 37_400_449))),
        Try(
            here, merge, ACCEPTOR, "TOO_FAR_APART",
            of("other", place_at(118_000_000, 37_400_450)), {"distance_m": 51, "radius_m": 50},
        ),
        Try(here, merge, ACCEPTOR, OK, of("other", place_at(118_000_565, 37_400_000))),
        Try(here, merge, ACCEPTOR, "TOO_FAR_APART", of("other", place_at(118_000_566, 37_400_000))),
        Try(hidden, merge, ACCEPTOR, "TOO_FAR_APART", of("other", other), {"distance_m": None}),
        Try(here, merge, ACCEPTOR, "TOO_FAR_APART", of("other", fold(hidden))),
        Try(hidden, merge, ACCEPTOR, OK, {"other": other, "distance_m": 50}),
        Try(hidden, merge, ACCEPTOR, "TOO_FAR_APART", {"other": other, "distance_m": 51}),
        Try(REPORTED, merge, ACCEPTOR, OK, {"other": other, "distance_m": 900}),
        Try(
            hidden, merge, ACCEPTOR, "TOO_FAR_APART", of("other", fold(hidden)),
            {"distance_m": None},
        ),
        Try(
            FILED, merge, ACCEPTOR, "CHILDREN_OPEN",
            {"other": other, "children": (other, fold(HISTORIES[Status.CLOSED]))}, {"open": 1},
        ),
        Try(merged, c.UnmergeCase(), evening, OK, of("other", other)),
        Try(
            merged, c.UnmergeCase(), by(Role.ACCEPTOR, morning), "UNMERGE_TOO_LATE",
            of("other", other), {"merged_at": T0},
        ),
        Try(merged, c.UnmergeCase(), by(Role.DUTY_LEADER, morning), OK, of("other", other)),
        Try(merged, c.UnmergeCase(), by(Role.DISTRICT_LEADER, morning), OK, of("other", other)),
        Try(
            merged, c.UnmergeCase(), by(Role.ACCEPTOR, at("2026-03-03 07:59")), OK,
            {"other": other, "calendar": None},
        ),
        Try(
            merged, c.UnmergeCase(), by(Role.ACCEPTOR, at("2026-03-03 08:00")),
            "UNMERGE_TOO_LATE", {"other": other, "calendar": None},
        ),
        Try(
            child_merged, c.UnmergeCase(), LEADER, "PARENT_CLOSED",
            {"other": other, "parent": fold(HISTORIES[Status.CLOSED])},
            {"parent": PARENT, "status": Status.CLOSED},
        ),
        Try(
            child_merged, c.UnmergeCase(), LEADER, OK,
            {"other": other, "parent": fold(FILED)},
        ),
        split(1, "TOO_FEW_PARTS", {"parts": 1, "fewest": 2}),
        split(2, OK, {}),
        split(20, OK, {}),
        split(21, "TOO_MANY_PARTS", {"parts": 21, "most": 20}),
        Try(
            ((deep, LEADER),), c.SplitCase(parts=PARTS), DISPATCHER, "SPLIT_TOO_DEEP", of_parts,
            {"depth": 3, "deepest": 3},
        ),
        Try(((shallow, LEADER),), c.SplitCase(parts=PARTS), DISPATCHER, OK, of_parts),
        Try(
            FILED, c.SplitCase(parts=PARTS), DISPATCHER, "UNKNOWN_CATEGORY", unknown_part,
            {"category": "06011"},
        ),
    ]  # fmt: skip


def department(id: str = OTHER_UNIT, scope: str = DISTRICT, **flags: bool) -> dict[str, Any]:  # noqa: A002
    return {"department": DepartmentFact(id=id, scope=scope, **flags)}


TOWN_CASE: tuple[Step, ...] = (*FILED, ONE_UP)
DISTRICT_CASE: tuple[Step, ...] = (
    *TOWN_CASE, (e.CaseEscalated(tier=Tier.DISTRICT, was=Tier.TOWNSHIP, reason="-"), LEADER),
)  # fmt: skip
TWICE: tuple[Step, ...] = (
    RETURNED, (e.CaseReturnRefused(assignment=PART, department=LEAD), DISPATCHER), RETURNED,
)  # fmt: skip
REFUSED: Step = (e.CaseReturnRefused(assignment=PART, department=LEAD), LEADER)


def dispatching() -> list[Try]:
    """Who dispatches in which tier, to whom; returns and their ruling."""
    command = c.DispatchCase(department=OTHER_UNIT, reason="theirs")
    elsewhere = c.RedispatchCase(department=OTHER_UNIT, reason="theirs")
    give_back = c.ReturnCase(reason="not_our_duty")

    def from_(scope: str) -> By:
        return by(Role.DISPATCHER, scope=scope)

    def tries_both(
        says: str, about: dict[str, Any], scope: str = DISTRICT, **flags: bool
    ) -> list[Try]:
        return [
            Try(FILED, command, DISPATCHER, says, department(OTHER_UNIT, scope, **flags), about),
            Try(
                DISPATCHED,
                elsewhere,
                DISPATCHER,
                says,
                department(OTHER_UNIT, scope, **flags),
                about,
            ),
        ]

    return [
        Try(FILED, command, from_(GRID), OK, department()),
        Try(FILED, command, from_(COMMUNITY), OK, department()),
        Try(TOWN_CASE, command, from_(COMMUNITY), "TIER_ABOVE_YOURS", department(),
            {"tier": Tier.TOWNSHIP, "yours": COMMUNITY}),
        Try(TOWN_CASE, command, from_(TOWNSHIP), OK, department()),
        Try(DISTRICT_CASE, command, from_(TOWNSHIP), "TIER_ABOVE_YOURS", department()),
        Try(DISTRICT_CASE, command, from_(DISTRICT), OK, department()),
        Try(DISTRICT_CASE, command, from_(""), OK, department()),
        Try((*DISPATCHED, ONE_UP), elsewhere, from_(COMMUNITY), "TIER_ABOVE_YOURS", department()),
        Try(FILED, command, DISPATCHER, "UNKNOWN_DEPARTMENT", {"department": None},
            {"department": OTHER_UNIT}),
        Try(FILED, c.DispatchCase(), DISPATCHER, "UNKNOWN_DEPARTMENT", {"department": None},
            {"department": None}),
        *tries_both("UNKNOWN_DEPARTMENT", {"department": OTHER_UNIT}, open=False),
        *tries_both("DEPARTMENT_OFF_DUTY", {"department": OTHER_UNIT}, on_duty=False),
        *tries_both("DEPARTMENT_NOT_COMPETENT", {"category": "06010"}, competent=False),
        *tries_both("DEPARTMENT_SERVES_ELSEWHERE", {"serves": ELSEWHERE, "scope": GRID},
                    scope=ELSEWHERE),
        *tries_both(OK, {}, scope=TOWNSHIP),
        Try((*DISPATCHED, ASSIST), c.RedispatchCase(department=HELP, reason="theirs"), DISPATCHER,
            "ALREADY_ASSIGNED", department(id=HELP), {"department": HELP}),
        Try(DISPATCHED, c.RedispatchCase(department=LEAD, reason="-"), DISPATCHER,
            "SAME_DEPARTMENT", department(id=LEAD), {"department": LEAD}),
        Try(DISPATCHED, c.RedispatchCase(department=OTHER_UNIT, reason=" "), DISPATCHER,
            "TEXT_MISSING", department(), {"field": "reason"}),
        Try((*DISPATCHED, RETURNED), elsewhere, DISPATCHER, "RETURN_PENDING", department(),
            {"assignment": PART}),
        Try(DISPATCHED, c.AddAssist(department=LEAD), DISPATCHER, "ALREADY_ASSIGNED",
            department(id=LEAD)),
        Try((*DISPATCHED, ASSIST), c.AddAssist(department=HELP), DISPATCHER, "ALREADY_ASSIGNED",
            department(id=HELP)),
        Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, OK,
            department(id=HELP, competent=False)),
        Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, "DEPARTMENT_OFF_DUTY",
            department(id=HELP, on_duty=False)),
        Try(DISPATCHED, c.AcknowledgeCase(), HANDLER, OK),
        Try(IN_PROGRESS, c.AcknowledgeCase(), HANDLER, "ALREADY_ACKNOWLEDGED",
            about={"assignment": PART}),
        Try((*DISPATCHED, RETURNED), c.AcknowledgeCase(), HANDLER, "RETURN_PENDING"),
        Try(DISPATCHED, c.ReturnCase(reason="tired"), HANDLER, "UNKNOWN_REASON",
            about={"field": "reason", "value": "tired"}),
        Try((*DISPATCHED, RETURNED), give_back, HANDLER, "RETURN_PENDING"),
        Try((*DISPATCHED, RETURNED, REFUSED), give_back, HANDLER, OK),
        Try((*DISPATCHED, *TWICE, REFUSED), give_back, HANDLER, "RETURNS_USED_UP",
            about={"used": 2, "most": 2}),
        Try(IN_PROGRESS, give_back, by(Role.HANDLER, T0 + 4 * HOUR), OK),
        Try(IN_PROGRESS, give_back, by(Role.HANDLER, T0 + 4 * HOUR + 1), "RETURN_TOO_LATE",
            about={"until": T0 + 4 * HOUR, "now": T0 + 4 * HOUR + 1}),
        Try(DISPATCHED, give_back, by(Role.HANDLER, T0 + 9 * DAY), OK),
        Try(DISPATCHED, c.UpholdReturn(), DISPATCHER, "NO_RETURN_PENDING"),
        Try(DISPATCHED, c.RefuseReturn(), DISPATCHER, "NO_RETURN_PENDING"),
        Try((*DISPATCHED, *TWICE), c.UpholdReturn(), DISPATCHER, "DUTY_LEADER_MUST_RULE",
            about={"returns": 2}),
        Try((*DISPATCHED, *TWICE), c.RefuseReturn(), DISPATCHER, "DUTY_LEADER_MUST_RULE"),
        Try((*DISPATCHED, *TWICE), c.UpholdReturn(), LEADER, OK),
        Try((*DISPATCHED, *TWICE), c.RefuseReturn(), DISTRICT_LEADER, OK),
        Try((*DISPATCHED, (e.CaseJointHandlingOpened(reason="-"), LEADER)),
            c.OpenJointHandling(reason="again"), LEADER, "JOINT_HANDLING_OPEN"),
        Try(DISPATCHED, c.OpenJointHandling(reason=""), LEADER, "TEXT_MISSING"),
    ]  # fmt: skip


def moved(due_at: int, *, granted: int = 0) -> tuple[Step, ...]:
    """In progress, with the handling due moved by extensions."""
    step: Step = (e.CaseExtensionGranted(dues=(due(Clock.HANDLE, due_at),)), LEADER)
    return (*IN_PROGRESS, *((step,) * granted))


NO_CLOCK: tuple[Step, ...] = (
    *FILED,
    (e.CaseDispatched(assignment=PART, department=LEAD, explanation=Explanation()), LEADER),
    (e.CaseAcknowledged(assignment=PART, department=LEAD), HANDLER),
)


def handling() -> list[Try]:
    """Progress, extension, suspension, tiers, severity, supervision, handling."""
    more = c.RequestExtension(reason="weather", until=DUE + DAY)
    lead_done: tuple[Step, ...] = (*IN_PROGRESS, ASSIST, ASSIST_TAKEN)
    assist_ended: Step = (
        e.CaseAssistDone(assignment="part-2", department=HELP, conclusion="-"), HANDLER,
    )  # fmt: skip
    helper = by(Role.HANDLER, unit=HELP)
    done = c.HandleCase(conclusion="done", evidence=(AFTER,))
    saved = (reported(severity=Severity.LIFE_SAFETY),)
    urgent = (reported(severity=Severity.URGENT),)
    top = DISTRICT_CASE
    review = T0 + 366 * DAY
    suspended = HISTORIES[Status.SUSPENDED]
    return [
        Try((*IN_PROGRESS, ASSIST), c.NoteProgress(note="x"), helper, "NOT_ACKNOWLEDGED",
            about={"assignment": "part-2"}),
        Try((*lead_done, assist_ended), c.NoteProgress(note="x"), helper, "PART_ALREADY_DONE",
            about={"assignment": "part-2"}),
        Try(lead_done, c.NoteProgress(note="x"), helper, OK),
        Try(IN_PROGRESS, c.NoteProgress(note=""), HANDLER, "TEXT_MISSING"),
        Try((*IN_PROGRESS, ASSIST), c.ReportAssistDone(conclusion="x"), helper,
            "NOT_ACKNOWLEDGED"),
        Try((*lead_done, assist_ended), c.ReportAssistDone(conclusion="x"), helper,
            "PART_ALREADY_DONE"),
        Try(lead_done, c.ReportAssistDone(conclusion=""), helper, "TEXT_MISSING"),
        Try(IN_PROGRESS, c.ReportAssistDone(conclusion="x"), HANDLER, "NOT_ASSISTING_UNIT"),
        Try(lead_done, more, helper, "NOT_LEAD_UNIT", about={"unit": HELP, "lead": LEAD}),
        Try(IN_PROGRESS, c.RequestExtension(reason="lazy", until=DUE + DAY), HANDLER,
            "UNKNOWN_REASON"),
        Try(NO_CLOCK, more, HANDLER, "CLOCK_NOT_RUNNING", about={"clock": Clock.HANDLE}),
        Try((*IN_PROGRESS, ASKED_LATER), more, HANDLER, "EXTENSION_PENDING",
            about={"until": DUE + DAY}),
        Try(moved(DUE, granted=1), more, HANDLER, OK),
        Try(moved(DUE, granted=2), more, HANDLER, "EXTENSIONS_USED_UP",
            about={"granted": 2, "most": 2}),
        Try(IN_PROGRESS, more, by(Role.HANDLER, DUE - 1), OK),
        Try(IN_PROGRESS, more, by(Role.HANDLER, DUE), "DUE_PASSED", about={"due": DUE, "now": DUE}),
        Try(IN_PROGRESS, c.RequestExtension(reason="weather", until=DUE), HANDLER,
            "DUE_NOT_LATER", about={"due": DUE, "until": DUE}),
        Try(IN_PROGRESS, c.RequestExtension(reason="weather", until=DUE + 1), HANDLER, OK),
        Try(IN_PROGRESS, c.GrantExtension(), LEADER, "NO_EXTENSION_PENDING"),
        Try(IN_PROGRESS, c.RefuseExtension(), LEADER, "NO_EXTENSION_PENDING"),
        Try((*NO_CLOCK, ASKED_LATER), c.GrantExtension(), LEADER, "CLOCK_NOT_RUNNING"),
        Try((*IN_PROGRESS, ASKED_LATER), c.GrantExtension(until=DUE), LEADER, "DUE_NOT_LATER"),
        Try((*IN_PROGRESS, ASKED_LATER), c.GrantExtension(until=DUE + 1), LEADER, OK),
        Try((*IN_PROGRESS, ASKED_LATER), c.GrantExtension(until=DUE + 1),
            by(Role.DUTY_LEADER, DUE + 1), "DUE_NOT_LATER", about={"due": DUE, "until": DUE + 1}),
        Try((*IN_PROGRESS, ASKED_LATER), c.GrantExtension(), by(Role.DUTY_LEADER, DUE + HOUR), OK),
        Try(IN_PROGRESS, c.SuspendCase(reason="lazy", review_at=review), LEADER, "UNKNOWN_REASON"),
        Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=T0), LEADER,
            "REVIEW_NOT_AHEAD", about={"review_at": T0}),
        Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=T0 + 1), LEADER, OK),
        Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=review), LEADER, OK),
        Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=review + 1), LEADER,
            "REVIEW_TOO_FAR", about={"farthest": review}),
        Try(suspended, c.ResumeCase(), by(Role.CLOCK, T0 + 30 * DAY - 1), "REVIEW_NOT_REACHED",
            about={"review_at": T0 + 30 * DAY}),
        Try(suspended, c.ResumeCase(), by(Role.CLOCK, T0 + 30 * DAY), OK),
        Try(suspended, c.ResumeCase(), LEADER, OK),
        Try(REPORTED, c.EscalateCase(reason=""), DISPATCHER, "TEXT_MISSING"),
        Try(top, c.EscalateCase(reason="-"), DISPATCHER, "TOP_TIER", about={"tier": Tier.DISTRICT}),
        Try(top, c.EscalateCase(reason="-", tier=Tier.VILLAGE), DISPATCHER, "TOP_TIER"),
        Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.TOWNSHIP), DISPATCHER,
            "TIER_NOT_HIGHER", about={"tier": Tier.TOWNSHIP, "asked": Tier.TOWNSHIP}),
        Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.VILLAGE), DISPATCHER,
            "TIER_NOT_HIGHER"),
        Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, OK),
        Try(REPORTED, c.EscalateCase(reason="-", tier=Tier.TOWNSHIP), DISPATCHER, OK),
        Try(REPORTED, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER,
            "ONE_TIER_ONLY", about={"tier": Tier.VILLAGE, "asked": Tier.DISTRICT}),
        Try(urgent, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, "ONE_TIER_ONLY"),
        Try(saved, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, OK),
        Try(REPORTED, c.ReturnCaseDown(reason="-"), DISPATCHER, "BOTTOM_TIER",
            about={"tier": Tier.VILLAGE}),
        Try(TOWN_CASE, c.ReturnCaseDown(reason=""), DISPATCHER, "TEXT_MISSING"),
        Try(REPORTED, c.ExpediteCase(severity=Severity.NORMAL), LEADER, "SEVERITY_NOT_HIGHER",
            about={"severity": Severity.NORMAL, "asked": Severity.NORMAL}),
        Try(urgent, c.ExpediteCase(severity=Severity.NORMAL), LEADER, "SEVERITY_NOT_HIGHER"),
        Try(urgent, c.ExpediteCase(severity=Severity.NORMAL, limit="1U"), LEADER,
            "SEVERITY_NOT_HIGHER"),
        Try(urgent, c.ExpediteCase(severity=Severity.LIFE_SAFETY), LEADER, OK),
        Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.NORMAL, limit="4U"), LEADER, OK),
        Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.URGENT, limit="4X"), LEADER,
            "LIMIT_MALFORMED", about={"limit": "4X"}),
        Try(REPORTED, c.ExpediteCase(severity=Severity.URGENT, limit="4U"), LEADER,
            "CLOCK_NOT_RUNNING"),
        Try(suspended, c.ExpediteCase(severity=Severity.URGENT, limit="4U"), LEADER,
            "CLOCK_NOT_RUNNING"),
        Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.URGENT, limit="4U"), LEADER,
            "CLOCK_NOT_RUNNING", {"calendar": None}),
        Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.URGENT, limit="47U"), LEADER, OK),
        Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.URGENT, limit="48U"), LEADER,
            "DUE_NOT_EARLIER", about={"due": DUE, "asked": DUE}),
        Try((*REPORTED, SUPERVISED), c.OrderSupervision(reason="-", reply_due=T0 + DAY), LEADER,
            "SUPERVISION_OPEN", about={"reply_due": T0 + DAY}),
        Try(REPORTED, c.OrderSupervision(reason="-", reply_due=T0), LEADER,
            "REPLY_DUE_NOT_AHEAD", about={"reply_due": T0}),
        Try(REPORTED, c.OrderSupervision(reason="-", reply_due=T0 + 1), LEADER, OK),
        Try(REPORTED, c.OrderSupervision(reason="", reply_due=T0 + 1), LEADER, "TEXT_MISSING"),
        Try(REPORTED, c.ReplySupervision(reply="-"), LEADER, "NO_SUPERVISION_OPEN"),
        Try((*REPORTED, SUPERVISED), c.ReplySupervision(reply=""), LEADER, "TEXT_MISSING"),
        Try((*IN_PROGRESS, RETURNED), done, HANDLER, "RETURN_PENDING"),
        Try(lead_done, done, HANDLER, "ASSISTS_OPEN", about={"departments": [HELP]}),
        Try((*lead_done, assist_ended), done, HANDLER, OK),
        Try(IN_PROGRESS, c.HandleCase(conclusion="x", evidence=(BEFORE,)), HANDLER,
            "AFTER_EVIDENCE_MISSING"),
        Try(IN_PROGRESS, c.HandleCase(conclusion="", evidence=(AFTER,)), HANDLER, "TEXT_MISSING"),
        Try(IN_PROGRESS, c.HandleCase(conclusion="x", evidence=(Evidence(sha256="c" * 64),)),
            HANDLER, "AFTER_EVIDENCE_MISSING"),
    ]  # fmt: skip


WARN = T0 + DAY
NAMED = {"clock": Clock.HANDLE, "due": DUE}
WARNED: Step = (e.CaseDeadlineWarned(clock=Clock.HANDLE, due=DUE), CLOCK)
GONE: Step = (e.CaseDeadlinePassed(clock=Clock.HANDLE, due=DUE), CLOCK)
OWN_CLOCK: Step = (
    e.CaseAssistAdded(
        assignment="part-2", department=HELP, explanation=Explanation(),
        due=due(Clock.HANDLE, T0 + HOUR, warn=T0 + 30 * MINUTE),
    ),
    LEADER,
)  # fmt: skip


def deadlines() -> list[Try]:
    """Warned and passed once, for this very instant, and never before it."""
    warn, gone = (
        c.WarnDeadline(clock=Clock.HANDLE, due=DUE),
        c.PassDeadline(clock=Clock.HANDLE, due=DUE),
    )
    warn_help = c.WarnDeadline(clock=Clock.HANDLE, due=T0 + HOUR, assignment="part-2")
    help_gone = c.PassDeadline(clock=Clock.HANDLE, due=T0 + HOUR, assignment="part-2")
    helped: tuple[Step, ...] = (*IN_PROGRESS, OWN_CLOCK)
    later = by(Role.CLOCK, DUE)

    def when(instant: int) -> By:
        return by(Role.CLOCK, instant)

    merged_back: tuple[Step, ...] = (
        *HISTORIES[Status.MERGED],
        (e.CaseUnmerged(out_of=OTHER, status="suspended"), LEADER),
    )
    return [
        Try(IN_PROGRESS, warn, when(WARN - 1), "NOT_DUE_YET", about={"warn": WARN}),
        Try(IN_PROGRESS, warn, when(WARN), OK),
        Try((*IN_PROGRESS, WARNED), warn, when(WARN), "ALREADY_WARNED", about=NAMED),
        Try((*IN_PROGRESS, GONE), warn, later, "ALREADY_WARNED"),
        Try(IN_PROGRESS, gone, when(DUE - 1), "NOT_DUE_YET", about={"due": DUE, "now": DUE - 1}),
        Try(IN_PROGRESS, gone, later, OK),
        Try((*IN_PROGRESS, WARNED), gone, later, OK),
        Try((*IN_PROGRESS, GONE), gone, later, "ALREADY_PASSED", about=NAMED),
        Try(IN_PROGRESS, c.PassDeadline(clock=Clock.HANDLE, due=DUE - 1), later,
            "CLOCK_NOT_RUNNING", about={"clock": Clock.HANDLE, "due": DUE - 1}),
        Try(IN_PROGRESS, c.PassDeadline(clock=Clock.CHECK, due=DUE), later, "CLOCK_NOT_RUNNING"),
        Try(IN_PROGRESS, c.WarnDeadline(clock=Clock.TOTAL, due=T0 + 9 * DAY), when(T0 + 9 * DAY),
            "NOT_DUE_YET", about={"warn": 0}),
        Try(helped, warn_help, when(T0 + 30 * MINUTE - 1), "NOT_DUE_YET"),
        Try(helped, warn_help, when(T0 + 30 * MINUTE), OK),
        Try(helped, help_gone, when(T0 + HOUR), OK),
        Try(helped, replace(help_gone, assignment="part-9"), later,
            "CLOCK_NOT_RUNNING"),
        Try(helped, replace(help_gone, assignment=PART), later, "CLOCK_NOT_RUNNING"),
        Try(helped, replace(help_gone, clock=Clock.TOTAL), later,
            "CLOCK_NOT_RUNNING"),
        Try(merged_back, c.PassDeadline(clock=Clock.TOTAL, due=T0 + 9 * DAY), when(T0 + 9 * DAY),
            "WRONG_STATE"),
    ]  # fmt: skip


def checking() -> list[Try]:
    """Who checks, what closes, and what may still be said afterwards."""
    self_handled: tuple[Step, ...] = (
        *REPORTED,
        (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER),
    )
    spared: tuple[Step, ...] = (
        *REPORTED,
        (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=False), WORKER),
    )
    self_checking: tuple[Step, ...] = (*self_handled, (e.CaseCheckRequested(), LEADER))
    named: tuple[Step, ...] = (*RESOLVED, (e.CaseCheckRequested(checker="k1"), LEADER))
    helped: tuple[Step, ...] = (
        *IN_PROGRESS, ASSIST, *RESOLVED[len(IN_PROGRESS):], *CHECKING[len(RESOLVED):],
    )  # fmt: skip
    closed = HISTORIES[Status.CLOSED]
    rate = c.GiveFeedback(contacted=True, solved=True, satisfaction="satisfied")
    again = c.ReopenCase(reason="not_solved")
    two_weeks, month = T0 + 14 * DAY, T0 + 30 * DAY
    rated: Step = (
        e.CaseFeedbackReceived(contacted=True, solved=True, satisfaction="basically"), RESIDENT,
    )  # fmt: skip
    unreached: Step = (
        e.CaseFeedbackReceived(contacted=False, solved=False, satisfaction="unsatisfied"),
        ACCEPTOR,
    )
    unsatisfied: Step = (
        e.CaseFeedbackReceived(contacted=True, solved=True, satisfaction="unsatisfied"), RESIDENT,
    )  # fmt: skip
    back: tuple[Step, ...] = (
        *DISPATCHED, RETURNED,
        (e.CaseReturnUpheld(assignment=PART, department=LEAD), LEADER),
    )  # fmt: skip
    open_child = {"children": (fold(FILED),)}
    ended = {
        "children": tuple(
            fold(HISTORIES[state])
            for state in (Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED)
        )
    }
    child_closed: tuple[Step, ...] = (
        (
            e.CaseSplitOff(
                parent=PARENT,
                depth=1,
                number="1",
                channel=Channel.HOTLINE,
                category="06010",
                place=HERE,
                tier=Tier.VILLAGE,
            ),
            LEADER,
        ),
        (e.CaseForceClosed(reason="in_court"), DISTRICT_LEADER),
    )
    decide = c.DecideAppeal(appeal="appeal-1", upheld=True, reason="-")
    evaluator = by(Role.EVALUATOR)
    return [
        Try(RESOLVED, c.RequestCheck(checker="handler"), LEADER, "CHECKER_HANDLED_IT",
            about={"checker": "handler"}),
        Try(RESOLVED, c.RequestCheck(checker="k1"), LEADER, OK),
        *(
            Try(CHECKING, command, by(Role.CHECKER, actor="handler"), "CHECKER_HANDLED_IT")
            for command in (c.PassCheck(), c.FailCheck(note="x"))
        ),
        Try(CHECKING, c.PassCheck(), by(Role.CHECKER, unit=LEAD), "CHECKER_OF_HANDLING_UNIT",
            about={"unit": LEAD}),
        Try(helped, c.PassCheck(), by(Role.CHECKER, unit=HELP), "CHECKER_OF_HANDLING_UNIT"),
        Try(CHECKING, c.PassCheck(), by(Role.CHECKER, unit=OTHER_UNIT), OK),
        Try(self_checking, c.PassCheck(), WORKER, "CHECKER_HANDLED_IT"),
        Try(self_checking, c.PassCheck(), by(Role.GRID_WORKER, actor="w2"), OK),
        Try(named, c.PassCheck(), by(Role.CHECKER, actor="k2"), "NOT_THE_ONE_ASKED",
            about={"asked": "k1"}),
        Try(named, c.PassCheck(), by(Role.CHECKER, actor="k1"), OK),
        Try(named, c.FailCheck(note="x"), by(Role.CHECKER, actor="k2"), "NOT_THE_ONE_ASKED"),
        Try(CHECKING, c.FailCheck(note=" "), CHECKER, "TEXT_MISSING"),
        Try(spared, c.CloseCase(), LEADER, OK),
        Try(self_handled, c.CloseCase(), LEADER, "CHECK_NOT_PASSED",
            about={"status": Status.RESOLVED}),
        Try(PASSED, c.CloseCase(), LEADER, "CHILDREN_OPEN", open_child, {"open": 1}),
        Try(PASSED, c.CloseCase(), LEADER, OK, ended),
        Try(FILED, c.ForceCloseCase(reason="in_court"), DISTRICT_LEADER, "CHILDREN_OPEN",
            open_child),
        Try(FILED, c.ForceCloseCase(reason="tired"), DISTRICT_LEADER, "UNKNOWN_REASON"),
        Try(FILED, c.CancelCase(reason="test"), LEADER, "CHILDREN_OPEN", open_child),
        Try(FILED, c.CancelCase(reason="tired"), LEADER, "UNKNOWN_REASON"),
        Try(back, c.CancelCase(reason="test"), LEADER, "ALREADY_DISPATCHED"),
        Try(closed, c.SendFollowUp(), by(Role.ACCEPTOR, two_weeks), OK),
        Try(closed, c.SendFollowUp(), by(Role.ACCEPTOR, two_weeks + 1), "FOLLOW_UP_TOO_LATE",
            about={"until": two_weeks, "now": two_weeks + 1}),
        Try((*closed, ASKED), c.SendFollowUp(), ACCEPTOR, "FOLLOW_UP_SENT",
            about={"until": two_weeks}),
        Try(closed, rate, RESIDENT, "NO_FOLLOW_UP_SENT"),
        Try((*closed, ASKED, rated), rate, RESIDENT, "FEEDBACK_GIVEN"),
        Try((*closed, ASKED), rate, by(Role.RESIDENT, two_weeks), OK),
        Try((*closed, ASKED), rate, by(Role.RESIDENT, two_weeks + 1), "FEEDBACK_TOO_LATE",
            about={"until": two_weeks}),
        Try((*closed, ASKED), rate, by(Role.ACCEPTOR, actor="handler"), "FEEDBACK_BY_HANDLER"),
        Try((*closed, ASKED), rate, by(Role.ACCEPTOR, unit=LEAD), "FEEDBACK_BY_HANDLER",
            about={"unit": LEAD}),
        Try((*closed, ASKED), rate, by(Role.ACCEPTOR, unit=OTHER_UNIT), OK),
        Try((*closed, ASKED), c.GiveFeedback(contacted=True, solved=True, satisfaction="meh"),
            RESIDENT, "UNKNOWN_VALUE", about={"field": "satisfaction"}),
        Try((*closed, ASKED, UNHAPPY), again, by(Role.RESIDENT, month), OK),
        Try((*closed, ASKED, UNHAPPY), again, by(Role.RESIDENT, month + 1), "REOPEN_TOO_LATE",
            about={"until": month}),
        Try((*closed, ASKED, unsatisfied), again, RESIDENT, OK),
        Try((*closed, ASKED, rated), again, RESIDENT, "FEEDBACK_NOT_UNHAPPY",
            about={"unhappy": False}),
        Try((*closed, ASKED, unreached), again, RESIDENT, "FEEDBACK_NOT_UNHAPPY"),
        Try(closed, again, RESIDENT, "FEEDBACK_NOT_UNHAPPY", about={"unhappy": None}),
        Try(closed, again, CHECKER, OK),
        Try(closed, c.ReopenCase(reason="bored"), CHECKER, "UNKNOWN_REASON"),
        Try(child_closed, again, LEADER, "PARENT_CLOSED", {"parent": fold(closed)},
            {"parent": PARENT}),
        Try(child_closed, again, LEADER, OK, {"parent": fold(FILED)}),
        Try(closed, c.FileAppeal(figure=""), HANDLER, "TEXT_MISSING"),
        Try(closed, decide, evaluator, "NO_SUCH_APPEAL", about={"appeal": "appeal-1"}),
        Try((*closed, APPEALED), decide, by(Role.EVALUATOR, actor="handler"),
            "EVALUATOR_APPEALED"),
        Try((*closed, APPEALED), c.DecideAppeal(appeal="appeal-1", upheld=True, reason=""),
            evaluator, "TEXT_MISSING"),
        Try(IN_PROGRESS, c.FileAppeal(figure="K5"), by(Role.HANDLER, unit=OTHER_UNIT),
            "NOT_YOUR_UNIT"),
        Try(back, c.FileAppeal(figure="K5"), HANDLER, OK),
    ]  # fmt: skip


ALL = {
    "reports": reports(),
    "triage": triage(),
    "links": links(),
    "dispatching": dispatching(),
    "handling": handling(),
    "deadlines": deadlines(),
    "checking": checking(),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{stage}-{index}-{case.command.NAME}-{case.says}")
        for stage, cases in ALL.items()
        for index, case in enumerate(cases)
    ],
)
def test_guard(case: Try) -> None:
    tried(case)


def test_every_refusal_code_is_met() -> None:
    met = {case.says for cases in ALL.values() for case in cases}
    elsewhere = {
        "NO_SUCH_CASE",
        "CASE_EXISTS",
        "WRONG_STATE",
        "ROLE_NOT_ALLOWED",
        "NOT_YOUR_CASE",
        "NOT_FROM_SOURCE",
    }  # fmt: skip  (test_triples.py)
    assert set(RefusalCode) - met == elsewhere - met
