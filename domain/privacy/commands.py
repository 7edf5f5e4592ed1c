"""What may be wanted of a subject's personal data."""

import msgspec

from domain.event import Command, Text


class EraseSubject(Command, frozen=True, kw_only=True):
    """清除个人信息: destroy the keys of a subject, and of the parts split off from its case."""

    NAME = "subject.erase"
    subject: str
    cause: str = "request"
    reason: Text | None = None


class PlaceLegalHold(Command, frozen=True, kw_only=True):
    """依法留存: refuse every erasure of a subject until the hold is lifted."""

    NAME = "subject.place_hold"
    subject: str
    hold: str
    reason: Text


class LiftLegalHold(Command, frozen=True, kw_only=True):
    """解除留存."""

    NAME = "subject.lift_hold"
    subject: str
    hold: str
    reason: Text


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One opening of personal fields of one subject."""

    subject: str
    fields: tuple[str, ...]
    purpose: str
    request: str = ""


class NoteReads(Command, frozen=True, kw_only=True):
    """登记查阅: write down what one account has opened on one day (`day` is an ISO date)."""

    NAME = "access.note_reads"
    day: str
    reads: tuple[Read, ...]


SUBJECT_COMMANDS: tuple[type[Command], ...] = (EraseSubject, PlaceLegalHold, LiftLegalHold)
ACCESS_COMMANDS: tuple[type[Command], ...] = (NoteReads,)
