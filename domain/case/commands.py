"""What somebody wants done with a case: one frozen struct per verb of the loop.

The docstring is the command's description wherever it is offered. Text is clear
here and sealed on its way into the log. Who may send which, in which state and
under which guards, stands in `table.py`; what each guard looks at besides the
state is in `facts.py`. The commands of the import (`State…`) put on record only
what a source says.
"""

from typing import ClassVar

import msgspec

from domain.case.values import Channel, Clock, Evidence, Place, Severity, Source, Tier
from domain.event import Command, Microseconds


class ReportCase(Command, frozen=True, kw_only=True):
    """上报 Report a case: what, where and through which channel."""

    NAME: ClassVar[str] = "case.report"
    channel: Channel
    category: str
    place: Place
    severity: Severity | None = None
    description: str | None = None
    contact: str | None = None
    evidence: tuple[Evidence, ...] = ()
    exercise: bool = False


class SelfHandleCase(Command, frozen=True, kw_only=True):
    """自行处置 Say that it was mended on the spot, with pictures before and after."""

    NAME: ClassVar[str] = "case.self_handle"
    conclusion: str
    evidence: tuple[Evidence, ...]


class RequestVerification(Command, frozen=True, kw_only=True):
    """下发核实 Ask a grid worker, not the reporter, to go and look."""

    NAME: ClassVar[str] = "case.request_verification"
    worker: str


class ReportVerification(Command, frozen=True, kw_only=True):
    """核实反馈 Answer what was found: `exists`, `absent` or `unable`."""

    NAME: ClassVar[str] = "case.report_verification"
    result: str
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()


class AcceptCase(Command, frozen=True, kw_only=True):
    """受理 Accept the case; it is filed at once where the standard says automatic."""

    NAME: ClassVar[str] = "case.accept"


class DeclineCase(Command, frozen=True, kw_only=True):
    """不予受理 Decline with a coded reason and a reply to the reporter."""

    NAME: ClassVar[str] = "case.decline"
    reason: str
    reply: str


class FileCase(Command, frozen=True, kw_only=True):
    """立案 File the case under the category's filing standard."""

    NAME: ClassVar[str] = "case.file"


class RefuseFiling(Command, frozen=True, kw_only=True):
    """不予立案 Refuse to file, with a coded reason and a reply."""

    NAME: ClassVar[str] = "case.refuse_filing"
    reason: str
    reply: str


class ClassifyCase(Command, frozen=True, kw_only=True):
    """改类 Give the case another category; the department changes only by dispatch."""

    NAME: ClassVar[str] = "case.classify"
    category: str


class RelocateCase(Command, frozen=True, kw_only=True):
    """更正位置 Put the case at another place; the old one stays on record."""

    NAME: ClassVar[str] = "case.relocate"
    place: Place


class SealContact(Command, frozen=True, kw_only=True):
    """登记联系方式 Add a contact, sealed under a key of its own."""

    NAME: ClassVar[str] = "case.seal_contact"
    contact: str


class SuggestDuplicate(Command, frozen=True, kw_only=True):
    """疑似重复 Point to another case that may be the same."""

    NAME: ClassVar[str] = "case.suggest_duplicate"
    other: str
    distance_m: int
    reason: str = ""


class MergeCase(Command, frozen=True, kw_only=True):
    """合并 Merge this case into another open one near by; its clocks stop."""

    NAME: ClassVar[str] = "case.merge"
    into: str


class UnmergeCase(Command, frozen=True, kw_only=True):
    """撤销合并 Take the case out again: the same day, or any time by the duty leader."""

    NAME: ClassVar[str] = "case.unmerge"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a split: its category, and where it differs, its place."""

    category: str
    place: Place | None = None
    description: str | None = None


class SplitCase(Command, frozen=True, kw_only=True):
    """拆分 Split the case into parts that are dispatched on their own."""

    NAME: ClassVar[str] = "case.split"
    parts: tuple[Part, ...]


class DispatchCase(Command, frozen=True, kw_only=True):
    """派遣 Dispatch to a lead department; without one, to where the rules route it."""

    NAME: ClassVar[str] = "case.dispatch"
    department: str | None = None
    reason: str = ""


class RedispatchCase(Command, frozen=True, kw_only=True):
    """改派 Give it to another lead department instead."""

    NAME: ClassVar[str] = "case.redispatch"
    department: str
    reason: str


class AcknowledgeCase(Command, frozen=True, kw_only=True):
    """签收 Acknowledge the own department's part, as lead or assisting."""

    NAME: ClassVar[str] = "case.acknowledge"


class ReturnCase(Command, frozen=True, kw_only=True):
    """退单 Ask to give the dispatch back, with a coded reason."""

    NAME: ClassVar[str] = "case.return"
    reason: str
    note: str | None = None


class UpholdReturn(Command, frozen=True, kw_only=True):
    """准予退单 Rule for the department: the case is to be dispatched anew."""

    NAME: ClassVar[str] = "case.uphold_return"


class RefuseReturn(Command, frozen=True, kw_only=True):
    """不准退单 Rule against it: the department keeps the case."""

    NAME: ClassVar[str] = "case.refuse_return"
    note: str | None = None


class OpenJointHandling(Command, frozen=True, kw_only=True):
    """会办 Open joint handling by several departments."""

    NAME: ClassVar[str] = "case.open_joint_handling"
    reason: str


class AddAssist(Command, frozen=True, kw_only=True):
    """加派协办 Add an assisting department with a clock of its own."""

    NAME: ClassVar[str] = "case.add_assist"
    department: str
    reason: str = ""


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


class RequestCheck(Command, frozen=True, kw_only=True):
    """下发核查 Ask for a check by someone who did not handle it."""

    NAME: ClassVar[str] = "case.request_check"
    checker: str | None = None


class PassCheck(Command, frozen=True, kw_only=True):
    """核查通过 Pass the check."""

    NAME: ClassVar[str] = "case.pass_check"
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()


class FailCheck(Command, frozen=True, kw_only=True):
    """核查不通过 Fail the check: rework; the third failure orders supervision."""

    NAME: ClassVar[str] = "case.fail_check"
    note: str
    evidence: tuple[Evidence, ...] = ()


class CloseCase(Command, frozen=True, kw_only=True):
    """结案 Close a case whose check passed, or a self-handled one not sampled."""

    NAME: ClassVar[str] = "case.close"


class ForceCloseCase(Command, frozen=True, kw_only=True):
    """强制结案 Close for a coded reason; never counted as on time."""

    NAME: ClassVar[str] = "case.force_close"
    reason: str


class SendFollowUp(Command, frozen=True, kw_only=True):
    """发出回访 Ask the reporter how it went, within 14 days of closing."""

    NAME: ClassVar[str] = "case.send_follow_up"


class GiveFeedback(Command, frozen=True, kw_only=True):
    """回访评价 Rate: contacted, solved, and `satisfied`, `basically` or `unsatisfied`."""

    NAME: ClassVar[str] = "case.give_feedback"
    contacted: bool
    solved: bool
    satisfaction: str
    comment: str | None = None


class ReopenCase(Command, frozen=True, kw_only=True):
    """重开 Reopen within 30 days of closing, to be dispatched anew."""

    NAME: ClassVar[str] = "case.reopen"
    reason: str


class CancelCase(Command, frozen=True, kw_only=True):
    """作废 Cancel, with a coded reason, never after a dispatch."""

    NAME: ClassVar[str] = "case.cancel"
    reason: str


class FileAppeal(Command, frozen=True, kw_only=True):
    """申诉 Appeal against a figure's score, never against the facts."""

    NAME: ClassVar[str] = "case.file_appeal"
    figure: str
    note: str | None = None


class DecideAppeal(Command, frozen=True, kw_only=True):
    """申诉裁定 Decide an appeal."""

    NAME: ClassVar[str] = "case.decide_appeal"
    appeal: str
    upheld: bool
    reason: str


class StateReport(Command, frozen=True, kw_only=True):
    """导入上报 State a source's report; `number` is the source's own when it has one."""

    NAME: ClassVar[str] = "case.state_report"
    source: Source
    number: str
    category: str
    place: Place
    channel: Channel = Channel.SOURCE
    description: str | None = None


class StateAssignment(Command, frozen=True, kw_only=True):
    """导入派遣 State which department a source names."""

    NAME: ClassVar[str] = "case.state_assignment"
    department: str


class StateTarget(Command, frozen=True, kw_only=True):
    """导入时限 State a source's own target as the due of the whole case."""

    NAME: ClassVar[str] = "case.state_target"
    due: Microseconds


class StateStatus(Command, frozen=True, kw_only=True):
    """导入状态 State a source's status in its own word."""

    NAME: ClassVar[str] = "case.state_status"
    stated: str
    note: str | None = None


class StateNote(Command, frozen=True, kw_only=True):
    """导入备注 State a dated note: `opened`, `activity`, `follow_on` or `closed`."""

    NAME: ClassVar[str] = "case.state_note"
    kind: str
    note: str | None = None


class StateClose(Command, frozen=True, kw_only=True):
    """导入结案 State that the source closed it, even before it opened it."""

    NAME: ClassVar[str] = "case.state_close"
    stated: str | None = None


class StateCorrection(Command, frozen=True, kw_only=True):
    """导入更正 State that a source changed its row: the fields named, with new values."""

    NAME: ClassVar[str] = "case.state_correction"
    digest: str
    fields: tuple[str, ...]
    category: str | None = None
    place: Place | None = None
    description: str | None = None
    department: str | None = None
    closed: bool | None = None


class FlagCase(Command, frozen=True, kw_only=True):
    """存疑 Flag a stated field that a rule says can't be right."""

    NAME: ClassVar[str] = "case.flag"
    rule: str
    field: str


COMMANDS: tuple[type[Command], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, Command) and value is not Command
)
"""All commands, in the order of the loop."""
