"""The small values that case events and commands carry."""

from enum import StrEnum

import msgspec

from domain.event import Microseconds, Sealed, Text


class Status(StrEnum):
    """Where a case stands (field.md §6.1; `passed` added: a passed check is its own state)."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    CHECKING = "checking"
    PASSED = "passed"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"
    CANCELLED = "cancelled"


OPEN = frozenset(Status) - {Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED}
SILENT = frozenset({Status.DECLINED, Status.CANCELLED})
"""After these nothing happens any more but erasure and appeal."""
TERMINAL = frozenset({Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED})


class AssignmentStatus(StrEnum):
    """Where one department's part of a case stands."""

    OFFERED = "offered"
    ACKNOWLEDGED = "acknowledged"
    WORKING = "working"
    DONE = "done"
    RETURNED = "returned"


class Channel(StrEnum):
    """How a case came in."""

    GRID_WORKER = "grid_worker"
    RESIDENT = "resident"
    HOTLINE = "hotline"
    SENSOR = "sensor"
    DEPARTMENT = "department"
    LEADER = "leader"
    SOURCE = "source"


class Severity(StrEnum):
    """How bad it is; life safety may jump tiers and takes the wall."""

    NORMAL = "normal"
    URGENT = "urgent"
    LIFE_SAFETY = "life_safety"


class Tier(StrEnum):
    """The level that handles: village or community, township, district."""

    VILLAGE = "V"
    TOWNSHIP = "T"
    DISTRICT = "D"


class Clock(StrEnum):
    """The stage clocks, and the one over all stages."""

    ACCEPT = "accept"
    FILE = "file"
    DISPATCH = "dispatch"
    ACKNOWLEDGE = "acknowledge"
    HANDLE = "handle"
    CHECK = "check"
    TOTAL = "total"


class Point(msgspec.Struct, frozen=True, kw_only=True, tag_field="sealed", tag=0, gc=False):
    """Degrees times 1e6, WGS 84 as given by the device or source; integers keep bytes equal.

    `"sealed":0` in its bytes tells it from the sealed form of a sensitive case.
    """

    lon: int
    lat: int


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where it is: scope always plain, the exact point sealed for sensitive categories.

    `scope` goes down to the grid where the grid is known; `unlocated` says that the
    reporter could not tell. `address` is free text, sealed.
    """

    scope: str
    grid: str | None = None
    point: Point | Sealed | None = None
    address: Text | None = None
    unlocated: bool = False


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A picture or file by its content hash; `kind` is before, after or other."""

    sha256: str
    kind: str = "other"
    media_type: str = "image/jpeg"


class Due(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A stage clock as set: `limit` such as `4H` (U, H, W, C), counted by calendar `calendar`.

    `warn` is where 80 % of the limit is used up; 0 means no warning.
    """

    clock: Clock
    limit: str
    calendar: str
    start: Microseconds
    due: Microseconds
    warn: Microseconds = 0


class AssistDue(msgspec.Struct, frozen=True, kw_only=True):
    """An assisting department's own clock, set anew after a pause."""

    assignment: str
    due: Due


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why this department: the routing rule that chose, or the words of the person who did."""

    rule: str | None = None
    reason: str = ""
    reason_en: str = ""
    words: Text | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where an imported case comes from; `digest` is over the row's own fields."""

    source: str
    source_id: str
    digest: str
