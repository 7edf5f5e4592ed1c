"""Report, verify, accept, file, classify, relocate: the case comes in."""

from typing import ClassVar

from domain.case.values import Channel, Evidence, Place, Severity
from domain.event import Command


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
