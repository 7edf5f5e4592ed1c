"""An event of the log, decoded: what all that folds is given."""

from uuid import UUID

import msgspec

from domain.event import DomainEvent, Meta, Microseconds


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One event as every read model sees it: decoded once, shared by all.

    `event` is None for the log's own topics (`log.opened` …), which no read model reads.
    """

    position: int
    stream: UUID
    version: int
    topic: str
    event: DomainEvent | None
    actor: str
    meta: Meta
    recorded_at: Microseconds
