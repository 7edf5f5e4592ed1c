"""A case's events in the API, and the pages of its timeline; words stay sealed."""

from collections.abc import Sequence
from typing import Final

import orjson
import strawberry

from api.graphql.ids import encode_id
from api.graphql.paging import PageInfo, connected, decode_cursor, encode_cursor, page_size
from api.graphql.scalars import Instant, LogPosition
from api.graphql.words import title_of
from projections.as_of import At
from projections.case_timeline.queries import EntryRow

TIMELINE: Final = "timeline"


@strawberry.type(description="One event of a case.")
class CaseEvent:
    """What happened, when, by whom in which role. Words stay sealed."""

    id: strawberry.ID = strawberry.field(description="Id of the event.")
    position: LogPosition = strawberry.field(description="Place in the log.")
    version: int = strawberry.field(description="Place in the case's own history.")
    topic: str = strawberry.field(description="What happened, such as case.dispatched.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    at: Instant = strawberry.field(description="Effective time.")
    recorded_at: Instant = strawberry.field(description="When the log took it.")
    actor: str = strawberry.field(description="Opaque account of who did it.")
    role: str = strawberry.field(description="As what.")
    unit: str | None = strawberry.field(description="For which department.")
    basis: str = strawberry.field(description="observed, source or simulated.")
    state: str = strawberry.field(description="Plain fields as canonical JSON; sealed ones sealed.")


@strawberry.type(description="An event with its place in a timeline.")
class CaseEventEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this timeline.")
    node: CaseEvent = strawberry.field(description="The event.")


@strawberry.type(description="A page of a case's timeline, oldest first.")
class CaseEventConnection:
    """Relay's connection, forward only."""

    edges: list[CaseEventEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[CaseEvent] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


class TimelinePage:
    """One page of a timeline: its size, where it starts, and its cursors."""

    def __init__(self, first: int, after: str | None, at: At | None) -> None:
        self.size = page_size(first)
        self.after = after
        self._kind = TIMELINE if at is None else f"{TIMELINE}@{at.name}"
        found = decode_cursor(self._kind, after)
        self.start: int = found[0] if found else 0

    def cursor(self, version: int) -> str:
        """Return the cursor of an event by its version."""
        return encode_cursor(self._kind, (version,))

    def made(self, rows: Sequence[EntryRow], *, placed: bool) -> CaseEventConnection:
        """Return the page over its rows and, where more follow, one beyond."""
        edges = [
            CaseEventEdge(
                cursor=self.cursor(row.version),
                node=event_of(row, *title_of(row.topic), placed=placed),
            )
            for row in rows[: self.size]
        ]
        return connected(CaseEventConnection, edges, len(rows) > self.size, self.after)


def event_of(row: EntryRow, title: str, title_en: str, *, placed: bool) -> CaseEvent:
    """Return an event for the API; without `placed`, no exact point: see the case's text."""
    return CaseEvent(
        id=strawberry.ID(encode_id("Event", str(row.position))),
        position=LogPosition(row.position), version=row.version, topic=row.topic,
        title=title, title_en=title_en, at=Instant(row.at), recorded_at=Instant(row.recorded_at),
        actor=row.actor, role=row.role, unit=row.unit, basis=row.basis,
        state=(row.state if placed else _without_point(row.state)).decode(),
    )  # fmt: skip


def _without_point(state: bytes) -> bytes:
    """A point told before its case turned sensitive lies plain in the log, but is not shown."""
    told = orjson.loads(state)
    point = (told.get("place") or {}).get("point")
    if not point or point.get("sealed"):
        return state
    del told["place"]["point"]
    return orjson.dumps(told)
