"""Where a case stands: the fold of its events, frozen, and compared by value.

Only what a rule looks at is kept. `clocks` holds the running stage clocks, one per
kind, each with what has been said about its due instant; a clock that is not here
does not run. While the case is suspended or merged they stand still: `paused_at`.
"""

import msgspec

from domain.case.values import (
    AssignmentStatus,
    Channel,
    Clock,
    Due,
    Place,
    Severity,
    Source,
    Status,
    Tier,
)
from domain.event import Microseconds


class Running(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A running stage clock; a later Due of its kind replaces it, flags and all."""

    due: Due
    warned: bool = False
    passed: bool = False


class Assignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One department's part. `clock` is an assisting department's own."""

    id: str
    department: str
    lead: bool
    status: AssignmentStatus = AssignmentStatus.OFFERED
    acknowledged_at: Microseconds | None = None
    clock: Running | None = None


class CaseState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A case as its events have made it; `status` None is a case that does not exist yet."""

    status: Status | None = None
    number: str = ""
    channel: Channel = Channel.SOURCE
    category: str = ""
    place: Place = Place(scope="")
    tier: Tier = Tier.VILLAGE
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    exercise: bool = False
    source: Source | None = None
    policy: str = ""
    reporter: str | None = None
    reported_at: Microseconds = 0
    last_at: Microseconds = 0
    clocks: tuple[Running, ...] = ()
    pauses: tuple[tuple[Microseconds, Microseconds], ...] = ()
    paused_at: Microseconds | None = None
    verifier: str | None = None
    verified: str | None = None
    standard: str | None = None
    assignments: tuple[Assignment, ...] = ()
    dispatched: bool = False
    pending_return: str | None = None
    returns: tuple[str, ...] = ()
    joint: bool = False
    extension_until: Microseconds | None = None
    extensions: int = 0
    review_at: Microseconds | None = None
    supervised_until: Microseconds | None = None
    self_handled: bool = False
    sampled: bool = False
    self_handling_failed: bool = False
    handlers: tuple[str, ...] = ()
    handling_unit: str | None = None
    checker: str | None = None
    rework: int = 0
    closed_at: Microseconds | None = None
    forced: bool = False
    follow_up_until: Microseconds | None = None
    unhappy: bool | None = None
    merged_into: str | None = None
    merged_from: Status | None = None
    merged_at: Microseconds | None = None
    absorbed: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    parent: str | None = None
    depth: int = 0
    children: tuple[str, ...] = ()
    appeals: tuple[str, ...] = ()
    appellants: tuple[str, ...] = ()

    @property
    def lead(self) -> Assignment | None:
        """Return the open lead assignment; there is one at most."""
        for assignment in self.assignments:
            if assignment.lead and assignment.status is not AssignmentStatus.RETURNED:
                return assignment
        return None

    def assignment_of(self, department: str | None) -> Assignment | None:
        """Return a department's open part, lead or assisting."""
        for assignment in self.assignments:
            if (
                assignment.department == department
                and assignment.status is not AssignmentStatus.RETURNED
            ):
                return assignment
        return None

    def clock(self, kind: Clock) -> Running | None:
        """Return the running clock of a kind."""
        for running in self.clocks:
            if running.due.clock is kind:
                return running
        return None


INITIAL = CaseState()


def initial() -> CaseState:
    """Return the state before the first event."""
    return INITIAL
