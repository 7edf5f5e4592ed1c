"""Cases that become one, and one that becomes several."""

from typing import ClassVar

from domain.case.events.triage import WHAT_AND_WHERE
from domain.case.values import AssistDue, Channel, Due, Place, Severity, Tier
from domain.event import DomainEvent, Microseconds, Text


class CaseMerged(DomainEvent, frozen=True, kw_only=True):
    """合并: this case goes on inside `into`; its clocks stop."""

    TOPIC = "case.merged"
    into: str
    was: str


class CaseAbsorbed(DomainEvent, frozen=True, kw_only=True):
    """并入: the other side of a merge, on the case that goes on."""

    TOPIC = "case.absorbed"
    other: str


class CaseUnmerged(DomainEvent, frozen=True, kw_only=True):
    """撤销合并: back to `status`, both histories kept."""

    TOPIC = "case.unmerged"
    out_of: str
    status: str
    dues: tuple[Due, ...] = ()
    assists: tuple[AssistDue, ...] = ()


class CaseReleased(DomainEvent, frozen=True, kw_only=True):
    """The other side of an unmerge."""

    TOPIC = "case.released"
    other: str


class CaseSplit(DomainEvent, frozen=True, kw_only=True):
    """拆分: `children` now carry parts of it."""

    TOPIC = "case.split"
    children: tuple[str, ...]


class CaseSplitOff(DomainEvent, frozen=True, kw_only=True):
    """First event of a child: filed, with the parent's clock start."""

    TOPIC = "case.split_off"
    PERSONAL: ClassVar[dict[str, str]] = WHAT_AND_WHERE
    parent: str
    depth: int
    number: str
    channel: Channel
    category: str
    place: Place
    tier: Tier
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    description: Text | None = None
    exercise: bool = False
    reported_at: Microseconds = 0
    policy: str = ""
    dues: tuple[Due, ...] = ()


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
