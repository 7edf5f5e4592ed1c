"""Handling until it is done: progress, time, tiers, urgency, supervision."""

from typing import ClassVar

from domain.case.values import Clock, Evidence, Severity, Tier
from domain.event import Command, Microseconds


class NoteProgress(Command, frozen=True, kw_only=True):
    """过程反馈 Note progress on the own department's part."""

    NAME: ClassVar[str] = "case.note_progress"
    note: str


class AttachEvidence(Command, frozen=True, kw_only=True):
    """附件 Attach pictures or files by their content hash."""

    NAME: ClassVar[str] = "case.attach_evidence"
    evidence: tuple[Evidence, ...]


class ReportAssistDone(Command, frozen=True, kw_only=True):
    """协办完成 Report the assisting department's part done."""

    NAME: ClassVar[str] = "case.report_assist_done"
    conclusion: str


class RequestExtension(Command, frozen=True, kw_only=True):
    """申请延期 Ask for a later due instant, before the present one, twice at most."""

    NAME: ClassVar[str] = "case.request_extension"
    reason: str
    until: Microseconds
    note: str | None = None


class GrantExtension(Command, frozen=True, kw_only=True):
    """准予延期 Grant the extension, to the asked instant or to an explicit one."""

    NAME: ClassVar[str] = "case.grant_extension"
    until: Microseconds | None = None


class RefuseExtension(Command, frozen=True, kw_only=True):
    """不准延期 Refuse the extension."""

    NAME: ClassVar[str] = "case.refuse_extension"
    note: str | None = None


class SuspendCase(Command, frozen=True, kw_only=True):
    """挂账 Stop the clocks for a coded reason until a review date."""

    NAME: ClassVar[str] = "case.suspend"
    reason: str
    review_at: Microseconds


class ResumeCase(Command, frozen=True, kw_only=True):
    """恢复 Let the clocks run again; the clock itself does so on the review date."""

    NAME: ClassVar[str] = "case.resume"


class EscalateCase(Command, frozen=True, kw_only=True):
    """升级 Raise the case one tier; life safety may jump to a named tier."""

    NAME: ClassVar[str] = "case.escalate"
    reason: str
    tier: Tier | None = None


class ReturnCaseDown(Command, frozen=True, kw_only=True):
    """下沉 Hand the case one tier down."""

    NAME: ClassVar[str] = "case.return_down"
    reason: str


class UrgeCase(Command, frozen=True, kw_only=True):
    """催办 Urge whoever has the case now."""

    NAME: ClassVar[str] = "case.urge"
    note: str | None = None


class ExpediteCase(Command, frozen=True, kw_only=True):
    """加急 Raise the severity; with `limit`, the handling is due that soon from now."""

    NAME: ClassVar[str] = "case.expedite"
    severity: Severity
    limit: str | None = None


class OrderSupervision(Command, frozen=True, kw_only=True):
    """督办 Order supervision: the unit must answer by `reply_due`."""

    NAME: ClassVar[str] = "case.order_supervision"
    reason: str
    reply_due: Microseconds


class ReplySupervision(Command, frozen=True, kw_only=True):
    """督办回复 Answer the supervision order."""

    NAME: ClassVar[str] = "case.reply_supervision"
    reply: str


class WarnDeadline(Command, frozen=True, kw_only=True):
    """预警 Warn that a clock nears its due instant; sent by the clock."""

    NAME: ClassVar[str] = "case.warn_deadline"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


class PassDeadline(Command, frozen=True, kw_only=True):
    """超期 Record that a clock has passed its due instant; sent by the clock."""

    NAME: ClassVar[str] = "case.pass_deadline"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


class HandleCase(Command, frozen=True, kw_only=True):
    """处置反馈 Report the work done, with a conclusion and a picture after it."""

    NAME: ClassVar[str] = "case.handle"
    conclusion: str
    evidence: tuple[Evidence, ...]
