"""Check, close, and what comes after: follow-up, rating, reopening, appeal."""

from typing import ClassVar

from domain.case.values import Evidence
from domain.event import Command


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
