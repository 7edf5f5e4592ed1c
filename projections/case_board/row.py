"""The board's row; its fields are the table's columns, in order."""

from uuid import UUID

import msgspec

from domain.event import Microseconds


class BoardRow(msgspec.Struct, frozen=True, gc=False):
    """A case on the board. Instants are effective time, microseconds UTC.

    `due_at` is the earliest running clock, `due_clock` its name; `late` the running clocks
    that have passed; `departments` the lead, then the assisting ones; `target` the stated
    target of an open imported case; `position` the case's latest event.
    """

    id: UUID
    version: int
    position: int
    number: str
    status: str
    open: bool
    overdue: bool
    category: str
    channel: str
    scope: str
    grid: str | None
    lon: int | None
    lat: int | None
    unlocated: bool
    tier: str
    max_tier: str
    severity: str
    sensitive: bool
    exercise: bool
    basis: str
    source: str | None
    source_id: str | None
    stated: str | None
    flags: list[str]
    department: str | None
    assignment: str | None
    departments: list[str]
    reported_at: Microseconds | None
    accepted_at: Microseconds | None
    filed_at: Microseconds | None
    dispatched_at: Microseconds | None
    acknowledged_at: Microseconds | None
    handled_at: Microseconds | None
    checked_at: Microseconds | None
    closed_at: Microseconds | None
    updated_at: Microseconds
    due_clock: str | None
    due_at: Microseconds | None
    total_due: Microseconds | None
    late: list[str]
    suspended_at: Microseconds | None
    review_at: Microseconds | None
    returned: int
    rework: int
    extensions: int
    reopened: int
    urged: int
    supervised: int
    self_handled: bool
    forced: bool
    merged_into: UUID | None
    parent: UUID | None
    children: list[UUID]
    satisfaction: str | None
    target: Microseconds | None
