"""Dispatch, acknowledge, return, assist: which department has it."""

from typing import ClassVar

from domain.event import Command


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
