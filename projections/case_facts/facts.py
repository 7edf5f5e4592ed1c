"""The facts of one case that any read model shows or counts.

Only plain values: sealed ones stay in the log. Instants are effective times in
microseconds UTC. What a case looks like is a pure function of its stream; whether it is
overdue is, for imported cases, also one of the log's clock (docs/figures.md).
"""

from typing import Final

import msgspec

from domain.case.values import OPEN, Status
from domain.event import Microseconds

OPEN_STATUSES: Final = frozenset(str(status) for status in OPEN)

PAUSED: Final = frozenset({str(Status.SUSPENDED), str(Status.MERGED)})
"""In these states the clocks stand still."""

HANDLE: Final = "handle"
TOTAL: Final = "total"
BINDING: Final = frozenset({HANDLE, TOTAL})
"""The clocks that make a case overdue; the others make a stage late."""


class DueFact(msgspec.Struct, frozen=True, gc=False):
    """One stage clock as last set: warned and passed refer to this very due instant.

    `counted` says how: kind of limit and calendar, `H china@2026.1`; None for no limit.
    """

    limit: str
    start: Microseconds
    due: Microseconds
    warned: bool = False
    passed: bool = False
    counted: str | None = None


def _by_name(named: tuple[str, DueFact]) -> str:
    return named[0]


class Part(msgspec.Struct, frozen=True, gc=False):
    """An assisting department's part of a case."""

    assignment: str
    department: str
    done: bool = False


class CaseFacts(msgspec.Struct, kw_only=True, gc=False):
    """A case as folded so far. Copied before a page changes it, never shared while changing.

    `ticking` are the stage clocks that have been set and not stopped; `dues` the latest due
    of each clock, also of stages that are over. `pauses` are the stretches that are over in
    which the clocks stood still (suspended, merged); they may overlap.
    """

    id: str
    version: int = 0
    position: int = 0
    number: str = ""
    status: str = ""
    category: str = ""
    channel: str = ""
    scope: str = ""
    grid: str | None = None
    lon: int | None = None
    lat: int | None = None
    unlocated: bool = False
    tier: str = "V"
    max_tier: str = "V"
    severity: str = "normal"
    sensitive: bool = False
    exercise: bool = False
    basis: str = "observed"
    source: str | None = None
    source_id: str | None = None
    stated: str | None = None
    flags: tuple[str, ...] = ()
    department: str | None = None
    assignment: str | None = None
    parts: tuple[Part, ...] = ()
    working: bool = False
    reported_at: Microseconds | None = None
    verified_at: Microseconds | None = None
    verify_asked_at: Microseconds | None = None
    accepted_at: Microseconds | None = None
    declined_at: Microseconds | None = None
    filed_at: Microseconds | None = None
    dispatched_at: Microseconds | None = None
    acknowledged_at: Microseconds | None = None
    handled_at: Microseconds | None = None
    checked_at: Microseconds | None = None
    closed_at: Microseconds | None = None
    ended_at: Microseconds | None = None
    merged_at: Microseconds | None = None
    updated_at: Microseconds = 0
    dues: dict[str, DueFact] = {}
    ticking: dict[str, DueFact] = {}
    suspended_at: Microseconds | None = None
    suspended_us: int = 0
    pauses: tuple[tuple[Microseconds, Microseconds], ...] = ()
    review_at: Microseconds | None = None
    returned: int = 0
    first_upheld: bool = False
    dispatches: int = 0
    rework: int = 0
    failed_checks: int = 0
    extensions: int = 0
    extension_asked: bool = False
    reopened: int = 0
    urged: int = 0
    supervised: int = 0
    reply_due: Microseconds | None = None
    self_handled: bool = False
    sampled: bool = True
    forced: bool = False
    merged_into: str | None = None
    absorbed: tuple[str, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    contacted: bool | None = None
    solved: bool | None = None
    satisfaction: str | None = None

    @property
    def open(self) -> bool:
        """Whether the case still waits for somebody."""
        return self.status in OPEN_STATUSES

    @property
    def departments(self) -> tuple[str, ...]:
        """The lead department first, then the assisting ones."""
        lead = (self.department,) if self.department else ()
        if not self.parts:
            return lead
        return lead + tuple(part.department for part in self.parts)

    def running(self) -> tuple[tuple[str, DueFact], ...]:
        """Return the clocks that run now, by name, with their dues."""
        if not self.ticking or self.status in PAUSED:
            return ()
        return tuple(sorted(self.ticking.items(), key=_by_name))

    def overdue(self, clock: Microseconds) -> bool:
        """Tell whether a binding clock has run out, as of the log's clock."""
        if self.basis == "source":
            target = self.dues.get("total")
            return self.open and target is not None and target.due <= clock
        if not self.ticking or self.status in PAUSED:
            return False
        handle, total = self.ticking.get(HANDLE), self.ticking.get(TOTAL)
        return (handle is not None and handle.passed) or (total is not None and total.passed)

    def target(self) -> Microseconds | None:
        """Return when an open imported case will be overdue; None for all others."""
        if self.basis != "source" or not self.open or "total" not in self.dues:
            return None
        return self.dues["total"].due
