"""What a source says of a case, put on record as it was said."""

from typing import ClassVar

from domain.case.values import Channel, Place, Source
from domain.event import Command, Microseconds


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
