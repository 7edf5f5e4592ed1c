"""What happens to a case, in the past tense: one topic, one meaning, for ever.

Order follows the loop (field.md §6.2). `dues` are the stage clocks an event sets;
a later Due for the same clock replaces the earlier one. Free text is `Text`, named
in PERSONAL, and sealed before it reaches the log.
"""

from typing import ClassVar

from domain.case.values import (
    AssistDue,
    Channel,
    Clock,
    Due,
    Evidence,
    Explanation,
    Place,
    Severity,
    Source,
    Tier,
)
from domain.event import DomainEvent, Microseconds, Text

WHAT_AND_WHERE = {"description": "case", "place.address": "case", "place.point": "case?"}
"""The exact point is sealed only where the category is sensitive."""


class CaseReported(DomainEvent, frozen=True, kw_only=True):
    """事件上报. `number` is for people; `contact` belongs to whoever gave it."""

    TOPIC = "case.reported"
    PERSONAL: ClassVar[dict[str, str]] = {**WHAT_AND_WHERE, "contact": "contact"}
    number: str
    channel: Channel
    category: str
    place: Place
    tier: Tier = Tier.VILLAGE
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    description: Text | None = None
    contact: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    exercise: bool = False
    source: Source | None = None
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseSelfHandled(DomainEvent, frozen=True, kw_only=True):
    """自行处置: the grid worker mended it on the spot; `sampled` ones go to a check."""

    TOPIC = "case.self_handled"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    conclusion: Text
    evidence: tuple[Evidence, ...]
    sampled: bool
    dues: tuple[Due, ...] = ()


class CaseVerificationRequested(DomainEvent, frozen=True, kw_only=True):
    """下发核实."""

    TOPIC = "case.verification_requested"
    worker: str


class CaseVerified(DomainEvent, frozen=True, kw_only=True):
    """核实反馈: `result` is exists, absent or unable."""

    TOPIC = "case.verified"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    result: str
    note: Text | None = None
    evidence: tuple[Evidence, ...] = ()


class CaseAccepted(DomainEvent, frozen=True, kw_only=True):
    """受理."""

    TOPIC = "case.accepted"
    dues: tuple[Due, ...] = ()


class CaseDeclined(DomainEvent, frozen=True, kw_only=True):
    """不予受理, with a coded reason and the words for the reporter."""

    TOPIC = "case.declined"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reason: str
    reply: Text


class CaseFiled(DomainEvent, frozen=True, kw_only=True):
    """立案 under a pinned filing standard."""

    TOPIC = "case.filed"
    standard: str
    automatic: bool = False
    dues: tuple[Due, ...] = ()


class CaseFilingRefused(DomainEvent, frozen=True, kw_only=True):
    """不予立案."""

    TOPIC = "case.filing_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reason: str
    reply: Text


class CaseClassified(DomainEvent, frozen=True, kw_only=True):
    """改类: the old value is kept beside the new."""

    TOPIC = "case.classified"
    category: str
    was: str
    sensitive: bool = False


class CaseRelocated(DomainEvent, frozen=True, kw_only=True):
    """更正位置."""

    TOPIC = "case.relocated"
    PERSONAL: ClassVar[dict[str, str]] = {"place.address": "case", "place.point": "case?"}
    place: Place
    was_scope: str
    sensitive: bool = False


class CaseContactSealed(DomainEvent, frozen=True, kw_only=True):
    """联系方式加密: a contact was added, readable only with its own key."""

    TOPIC = "case.contact_sealed"
    PERSONAL: ClassVar[dict[str, str]] = {"contact": "contact"}
    contact: Text


class CaseDuplicateSuggested(DomainEvent, frozen=True, kw_only=True):
    """疑似重复: near in place and time, same category."""

    TOPIC = "case.duplicate_suggested"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    other: str
    distance_m: int
    reason: Text = ""


class CaseMerged(DomainEvent, frozen=True, kw_only=True):
    """合并: this case goes on inside `into`; its clocks stop."""

    TOPIC = "case.merged"
    into: str
    was: str


class CaseAbsorbed(DomainEvent, frozen=True, kw_only=True):
    """并入: the other side of a merge, on the case that goes on."""

    TOPIC = "case.absorbed"
    other: str


class CaseUnmerged(DomainEvent, frozen=True, kw_only=True):
    """撤销合并: back to `status`, both histories kept."""

    TOPIC = "case.unmerged"
    out_of: str
    status: str
    dues: tuple[Due, ...] = ()
    assists: tuple[AssistDue, ...] = ()


class CaseReleased(DomainEvent, frozen=True, kw_only=True):
    """The other side of an unmerge."""

    TOPIC = "case.released"
    other: str


class CaseSplit(DomainEvent, frozen=True, kw_only=True):
    """拆分: `children` now carry parts of it."""

    TOPIC = "case.split"
    children: tuple[str, ...]


class CaseSplitOff(DomainEvent, frozen=True, kw_only=True):
    """First event of a child: filed, with the parent's clock start."""

    TOPIC = "case.split_off"
    PERSONAL: ClassVar[dict[str, str]] = WHAT_AND_WHERE
    parent: str
    depth: int
    number: str
    channel: Channel
    category: str
    place: Place
    tier: Tier
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    description: Text | None = None
    exercise: bool = False
    reported_at: Microseconds = 0
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseDispatched(DomainEvent, frozen=True, kw_only=True):
    """派遣: the lead department, why it, and by when."""

    TOPIC = "case.dispatched"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    explanation: Explanation
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseRedispatched(DomainEvent, frozen=True, kw_only=True):
    """改派: another lead department instead."""

    TOPIC = "case.redispatched"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    was: str
    explanation: Explanation
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseAcknowledged(DomainEvent, frozen=True, kw_only=True):
    """签收 by the lead or an assisting department."""

    TOPIC = "case.acknowledged"
    assignment: str
    department: str
    lead: bool = True
    dues: tuple[Due, ...] = ()


class CaseReturned(DomainEvent, frozen=True, kw_only=True):
    """退单, with a coded reason, waiting for a ruling."""

    TOPIC = "case.returned"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    department: str
    reason: str
    note: Text | None = None


class CaseReturnUpheld(DomainEvent, frozen=True, kw_only=True):
    """准予退单: back to be dispatched anew."""

    TOPIC = "case.return_upheld"
    assignment: str
    department: str
    dues: tuple[Due, ...] = ()


class CaseReturnRefused(DomainEvent, frozen=True, kw_only=True):
    """不准退单: the department keeps it, and the clock has run on."""

    TOPIC = "case.return_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    department: str
    note: Text | None = None


class CaseJointHandlingOpened(DomainEvent, frozen=True, kw_only=True):
    """会办: big things mobilise the whole network."""

    TOPIC = "case.joint_handling_opened"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    reason: Text


class CaseAssistAdded(DomainEvent, frozen=True, kw_only=True):
    """加派协办: an assisting department with a clock of its own."""

    TOPIC = "case.assist_added"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    explanation: Explanation
    due: Due | None = None


class CaseProgressNoted(DomainEvent, frozen=True, kw_only=True):
    """过程反馈; the first one makes the assignment `working`."""

    TOPIC = "case.progress_noted"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    note: Text


class CaseEvidenceAttached(DomainEvent, frozen=True, kw_only=True):
    """附件: by content hash."""

    TOPIC = "case.evidence_attached"
    evidence: tuple[Evidence, ...]


class CaseAssistDone(DomainEvent, frozen=True, kw_only=True):
    """协办完成."""

    TOPIC = "case.assist_done"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    assignment: str
    department: str
    conclusion: Text


class CaseExtensionRequested(DomainEvent, frozen=True, kw_only=True):
    """申请延期 to `until`."""

    TOPIC = "case.extension_requested"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    reason: str
    until: Microseconds
    note: Text | None = None


class CaseExtensionGranted(DomainEvent, frozen=True, kw_only=True):
    """准予延期."""

    TOPIC = "case.extension_granted"
    dues: tuple[Due, ...]


class CaseExtensionRefused(DomainEvent, frozen=True, kw_only=True):
    """不准延期."""

    TOPIC = "case.extension_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None


class CaseSuspended(DomainEvent, frozen=True, kw_only=True):
    """挂账: the clocks stop until the review date."""

    TOPIC = "case.suspended"
    reason: str
    review_at: Microseconds


class CaseResumed(DomainEvent, frozen=True, kw_only=True):
    """恢复: the clocks run again, the pause is taken out."""

    TOPIC = "case.resumed"
    automatic: bool = False
    dues: tuple[Due, ...] = ()
    assists: tuple[AssistDue, ...] = ()


class CaseEscalated(DomainEvent, frozen=True, kw_only=True):
    """升级: one tier up; life safety may jump."""

    TOPIC = "case.escalated"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    tier: Tier
    was: Tier
    reason: Text
    automatic: bool = False


class CaseReturnedDown(DomainEvent, frozen=True, kw_only=True):
    """下沉: one tier down."""

    TOPIC = "case.returned_down"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    tier: Tier
    was: Tier
    reason: Text


class CaseUrged(DomainEvent, frozen=True, kw_only=True):
    """催办."""

    TOPIC = "case.urged"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None


class CaseExpedited(DomainEvent, frozen=True, kw_only=True):
    """加急: severity raised, dues shortened."""

    TOPIC = "case.expedited"
    severity: Severity
    dues: tuple[Due, ...] = ()


class CaseSupervisionOrdered(DomainEvent, frozen=True, kw_only=True):
    """督办, with the date by which the unit must answer."""

    TOPIC = "case.supervision_ordered"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    reason: Text
    reply_due: Microseconds
    automatic: bool = False


class CaseSupervisionReplied(DomainEvent, frozen=True, kw_only=True):
    """督办回复."""

    TOPIC = "case.supervision_replied"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reply: Text


class CaseDeadlineWarned(DomainEvent, frozen=True, kw_only=True):
    """预警: once per clock and due instant, never back-dated; `assignment` for an assist's own."""

    TOPIC = "case.deadline_warned"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


class CaseDeadlinePassed(DomainEvent, frozen=True, kw_only=True):
    """超期: once per clock and due instant, never back-dated; `assignment` for an assist's own."""

    TOPIC = "case.deadline_passed"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


class CaseHandled(DomainEvent, frozen=True, kw_only=True):
    """处置反馈 by the lead department: done, with evidence, waiting for the check."""

    TOPIC = "case.handled"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    assignment: str
    department: str
    conclusion: Text
    evidence: tuple[Evidence, ...]
    dues: tuple[Due, ...] = ()


class CaseCheckRequested(DomainEvent, frozen=True, kw_only=True):
    """下发核查."""

    TOPIC = "case.check_requested"
    checker: str | None = None


class CaseCheckPassed(DomainEvent, frozen=True, kw_only=True):
    """核查通过."""

    TOPIC = "case.check_passed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None
    evidence: tuple[Evidence, ...] = ()


class CaseCheckFailed(DomainEvent, frozen=True, kw_only=True):
    """核查不通过: to rework, or back to triage when it was self-handled (`dues`)."""

    TOPIC = "case.check_failed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text
    evidence: tuple[Evidence, ...] = ()
    dues: tuple[Due, ...] = ()


class CaseReworkOrdered(DomainEvent, frozen=True, kw_only=True):
    """返工, the `round`-th time."""

    TOPIC = "case.rework_ordered"
    round: int
    dues: tuple[Due, ...] = ()


class CaseClosed(DomainEvent, frozen=True, kw_only=True):
    """结案. `stated` is what a source said when it closed the case."""

    TOPIC = "case.closed"
    PERSONAL: ClassVar[dict[str, str]] = {"stated": "case"}
    sampled: bool = True
    stated: Text | None = None


class CaseForceClosed(DomainEvent, frozen=True, kw_only=True):
    """强制结案: never counted as on time."""

    TOPIC = "case.force_closed"
    reason: str


class CaseFollowUpSent(DomainEvent, frozen=True, kw_only=True):
    """发出回访."""

    TOPIC = "case.follow_up_sent"
    until: Microseconds


class CaseFeedbackReceived(DomainEvent, frozen=True, kw_only=True):
    """回访评价: contacted, solved, and satisfied, basically or unsatisfied."""

    TOPIC = "case.feedback_received"
    PERSONAL: ClassVar[dict[str, str]] = {"comment": "case"}
    contacted: bool
    solved: bool
    satisfaction: str
    comment: Text | None = None


class CaseReopened(DomainEvent, frozen=True, kw_only=True):
    """重开: back to filed, to be dispatched anew."""

    TOPIC = "case.reopened"
    reason: str
    dues: tuple[Due, ...] = ()


class CaseCancelled(DomainEvent, frozen=True, kw_only=True):
    """作废, before dispatch only."""

    TOPIC = "case.cancelled"
    reason: str


class CaseAppealFiled(DomainEvent, frozen=True, kw_only=True):
    """申诉: about the score, never about the facts."""

    TOPIC = "case.appeal_filed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    appeal: str
    figure: str
    note: Text | None = None


class CaseAppealDecided(DomainEvent, frozen=True, kw_only=True):
    """申诉裁定."""

    TOPIC = "case.appeal_decided"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    appeal: str
    upheld: bool
    reason: Text


class CaseTargetStated(DomainEvent, frozen=True, kw_only=True):
    """A source's own target, as the due of its total clock."""

    TOPIC = "case.target_stated"
    due: Microseconds


class CaseStatusStated(DomainEvent, frozen=True, kw_only=True):
    """A source's own status word, kept as it was said."""

    TOPIC = "case.status_stated"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    stated: str
    note: Text | None = None


class CaseNoteStated(DomainEvent, frozen=True, kw_only=True):
    """A dated note of a source: opened, activity, follow_on, closed."""

    TOPIC = "case.note_stated"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    kind: str
    note: Text | None = None


class CaseFlagged(DomainEvent, frozen=True, kw_only=True):
    """存疑: imported as stated, and this rule says the field can't be right."""

    TOPIC = "case.flagged"
    rule: str
    field: str


class CaseCorrected(DomainEvent, frozen=True, kw_only=True):
    """更正: a source changed its row; what follows states the new values."""

    TOPIC = "case.corrected"
    PERSONAL: ClassVar[dict[str, str]] = WHAT_AND_WHERE
    digest: str
    fields: tuple[str, ...]
    category: str | None = None
    place: Place | None = None
    description: Text | None = None
    department: str | None = None
    closed: bool | None = None
    sensitive: bool = False


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
