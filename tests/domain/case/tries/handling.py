"""Progress, extension, suspension, tiers, severity, supervision, handling."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    Clock,
    Evidence,
    Explanation,
    Severity,
    Status,
    Tier,
)
from tests.domain.case.attempts import (
    ASKED_LATER,
    ASSIST,
    ASSIST_TAKEN,
    HANDLER,
    LEADER,
    RETURNED,
    SUPERVISED,
)
from tests.domain.case.tries.attempt import DISPATCHER, DISTRICT_CASE, OK, TOWN_CASE, Try
from tests.domain.case.world import (
    AFTER,
    BEFORE,
    DAY,
    DUE,
    FILED,
    HELP,
    HISTORIES,
    HOUR,
    IN_PROGRESS,
    LEAD,
    PART,
    REPORTED,
    T0,
    Step,
    by,
    due,
    reported,
)

NO_CLOCK: tuple[Step, ...] = (
    *FILED,
    (e.CaseDispatched(assignment=PART, department=LEAD, explanation=Explanation()), LEADER),
    (e.CaseAcknowledged(assignment=PART, department=LEAD), HANDLER),
)


def moved(due_at: int, *, granted: int = 0) -> tuple[Step, ...]:
    """In progress, with the handling due moved by extensions."""
    step: Step = (e.CaseExtensionGranted(dues=(due(Clock.HANDLE, due_at),)), LEADER)
    return (*IN_PROGRESS, *((step,) * granted))


MORE = c.RequestExtension(reason="weather", until=DUE + DAY)
LEAD_DONE: tuple[Step, ...] = (*IN_PROGRESS, ASSIST, ASSIST_TAKEN)
ASSIST_ENDED: Step = (
    e.CaseAssistDone(assignment="part-2", department=HELP, conclusion="-"), HANDLER,
)  # fmt: skip
HELPER = by(Role.HANDLER, unit=HELP)
DONE = c.HandleCase(conclusion="done", evidence=(AFTER,))
SAVED = (reported(severity=Severity.LIFE_SAFETY),)
URGENT = (reported(severity=Severity.URGENT),)
TOP = DISTRICT_CASE
REVIEW = T0 + 366 * DAY
SUSPENDED = HISTORIES[Status.SUSPENDED]
TRIES: list[Try] = [
    Try((*IN_PROGRESS, ASSIST), c.NoteProgress(note="x"), HELPER, "NOT_ACKNOWLEDGED",
        about={"assignment": "part-2"}),
    Try((*LEAD_DONE, ASSIST_ENDED), c.NoteProgress(note="x"), HELPER, "PART_ALREADY_DONE",
        about={"assignment": "part-2"}),
    Try(LEAD_DONE, c.NoteProgress(note="x"), HELPER, OK),
    Try(IN_PROGRESS, c.NoteProgress(note=""), HANDLER, "TEXT_MISSING"),
    Try((*IN_PROGRESS, ASSIST), c.ReportAssistDone(conclusion="x"), HELPER,
        "NOT_ACKNOWLEDGED"),
    Try((*LEAD_DONE, ASSIST_ENDED), c.ReportAssistDone(conclusion="x"), HELPER,
        "PART_ALREADY_DONE"),
    Try(LEAD_DONE, c.ReportAssistDone(conclusion=""), HELPER, "TEXT_MISSING"),
    Try(IN_PROGRESS, c.ReportAssistDone(conclusion="x"), HANDLER, "NOT_ASSISTING_UNIT"),
    Try(LEAD_DONE, MORE, HELPER, "NOT_LEAD_UNIT", about={"unit": HELP, "lead": LEAD}),
    Try(IN_PROGRESS, c.RequestExtension(reason="lazy", until=DUE + DAY), HANDLER,
        "UNKNOWN_REASON"),
    Try(NO_CLOCK, MORE, HANDLER, "CLOCK_NOT_RUNNING", about={"clock": Clock.HANDLE}),
    Try((*IN_PROGRESS, ASKED_LATER), MORE, HANDLER, "EXTENSION_PENDING",
        about={"until": DUE + DAY}),
    Try(moved(DUE, granted=1), MORE, HANDLER, OK),
    Try(moved(DUE, granted=2), MORE, HANDLER, "EXTENSIONS_USED_UP",
        about={"granted": 2, "most": 2}),
    Try(IN_PROGRESS, MORE, by(Role.HANDLER, DUE - 1), OK),
    Try(IN_PROGRESS, MORE, by(Role.HANDLER, DUE), "DUE_PASSED", about={"due": DUE, "now": DUE}),
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
    Try(IN_PROGRESS, c.SuspendCase(reason="lazy", review_at=REVIEW), LEADER, "UNKNOWN_REASON"),
    Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=T0), LEADER,
        "REVIEW_NOT_AHEAD", about={"review_at": T0}),
    Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=T0 + 1), LEADER, OK),
    Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=REVIEW), LEADER, OK),
    Try(IN_PROGRESS, c.SuspendCase(reason="season", review_at=REVIEW + 1), LEADER,
        "REVIEW_TOO_FAR", about={"farthest": REVIEW}),
    Try(SUSPENDED, c.ResumeCase(), by(Role.CLOCK, T0 + 30 * DAY - 1), "REVIEW_NOT_REACHED",
        about={"review_at": T0 + 30 * DAY}),
    Try(SUSPENDED, c.ResumeCase(), by(Role.CLOCK, T0 + 30 * DAY), OK),
    Try(SUSPENDED, c.ResumeCase(), LEADER, OK),
    Try(REPORTED, c.EscalateCase(reason=""), DISPATCHER, "TEXT_MISSING"),
    Try(TOP, c.EscalateCase(reason="-"), DISPATCHER, "TOP_TIER", about={"tier": Tier.DISTRICT}),
    Try(TOP, c.EscalateCase(reason="-", tier=Tier.VILLAGE), DISPATCHER, "TOP_TIER"),
    Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.TOWNSHIP), DISPATCHER,
        "TIER_NOT_HIGHER", about={"tier": Tier.TOWNSHIP, "asked": Tier.TOWNSHIP}),
    Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.VILLAGE), DISPATCHER,
        "TIER_NOT_HIGHER"),
    Try(TOWN_CASE, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, OK),
    Try(REPORTED, c.EscalateCase(reason="-", tier=Tier.TOWNSHIP), DISPATCHER, OK),
    Try(REPORTED, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER,
        "ONE_TIER_ONLY", about={"tier": Tier.VILLAGE, "asked": Tier.DISTRICT}),
    Try(URGENT, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, "ONE_TIER_ONLY"),
    Try(SAVED, c.EscalateCase(reason="-", tier=Tier.DISTRICT), DISPATCHER, OK),
    Try(REPORTED, c.ReturnCaseDown(reason="-"), DISPATCHER, "BOTTOM_TIER",
        about={"tier": Tier.VILLAGE}),
    Try(TOWN_CASE, c.ReturnCaseDown(reason=""), DISPATCHER, "TEXT_MISSING"),
    Try(REPORTED, c.ExpediteCase(severity=Severity.NORMAL), LEADER, "SEVERITY_NOT_HIGHER",
        about={"severity": Severity.NORMAL, "asked": Severity.NORMAL}),
    Try(URGENT, c.ExpediteCase(severity=Severity.NORMAL), LEADER, "SEVERITY_NOT_HIGHER"),
    Try(URGENT, c.ExpediteCase(severity=Severity.NORMAL, limit="1U"), LEADER,
        "SEVERITY_NOT_HIGHER"),
    Try(URGENT, c.ExpediteCase(severity=Severity.LIFE_SAFETY), LEADER, OK),
    Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.NORMAL, limit="4U"), LEADER, OK),
    Try(IN_PROGRESS, c.ExpediteCase(severity=Severity.URGENT, limit="4X"), LEADER,
        "LIMIT_MALFORMED", about={"limit": "4X"}),
    Try(REPORTED, c.ExpediteCase(severity=Severity.URGENT, limit="4U"), LEADER,
        "CLOCK_NOT_RUNNING"),
    Try(SUSPENDED, c.ExpediteCase(severity=Severity.URGENT, limit="4U"), LEADER,
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
    Try((*IN_PROGRESS, RETURNED), DONE, HANDLER, "RETURN_PENDING"),
    Try(LEAD_DONE, DONE, HANDLER, "ASSISTS_OPEN", about={"departments": [HELP]}),
    Try((*LEAD_DONE, ASSIST_ENDED), DONE, HANDLER, OK),
    Try(IN_PROGRESS, c.HandleCase(conclusion="x", evidence=(BEFORE,)), HANDLER,
        "AFTER_EVIDENCE_MISSING"),
    Try(IN_PROGRESS, c.HandleCase(conclusion="", evidence=(AFTER,)), HANDLER, "TEXT_MISSING"),
    Try(IN_PROGRESS, c.HandleCase(conclusion="x", evidence=(Evidence(sha256="c" * 64),)),
        HANDLER, "AFTER_EVIDENCE_MISSING"),
]  # fmt: skip
