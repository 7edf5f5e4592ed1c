"""For auditors: the log as it lies, and where the read models stand."""

from dataclasses import dataclass
from typing import Final

import strawberry

from api.graphql.context import Info
from api.graphql.ids import encode_id
from api.graphql.paging import page_size
from api.graphql.scalars import Instant, LogPosition
from api.graphql.words import title_of
from api.http.log import proof_path
from eventlog import seals
from eventlog.format import leaf_entry
from eventlog.port import EventLog
from eventlog.record import Position, Recorded
from projections.reading import standing


@strawberry.type(description="One event as it lies in the log; sealed values stay sealed.")
class LogEvent:
    """The envelope and the state, byte for byte."""

    id: strawberry.ID = strawberry.field(description="Id of the event.")
    position: LogPosition = strawberry.field(description="Place in the log.")
    stream: str = strawberry.field(description="The stream it belongs to.")
    version: int = strawberry.field(description="Place in its stream.")
    topic: str = strawberry.field(description="What happened.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    schema: int = strawberry.field(description="Version of the state's form.")
    recorded_at: Instant = strawberry.field(description="When the log took it.")
    command_id: str = strawberry.field(description="The command it came from.")
    command_index: int = strawberry.field(description="Place within that command.")
    actor: str = strawberry.field(description="Opaque account of who did it.")
    meta: str = strawberry.field(description="The rest of the envelope, canonical JSON.")
    state: str = strawberry.field(description="The event's state, canonical JSON.")
    entry: str = strawberry.field(description="Its leaf entry in the transparency log.")
    proof_url: str = strawberry.field(description="Path of its receipt, once it is sealed.")


@strawberry.type(description="A page of the log in position order.")
class LogPage:
    """Positions step by one; ask again with `after` = `last`."""

    nodes: list[LogEvent] = strawberry.field(description="The events.")
    last: LogPosition = strawberry.field(description="Position of the last event given.")
    head: LogPosition = strawberry.field(description="Where the log stands.")
    sealed: LogPosition = strawberry.field(description="Up to where the log is signed.")


@strawberry.type(description="Where a read model stands.")
class ReadModel:
    """`lag` in positions; `held` streams wait in quarantine."""

    name: str = strawberry.field(description="Its name.")
    version: int = strawberry.field(description="Its version.")
    rebuild: int = strawberry.field(description="How often it was rebuilt.")
    position: LogPosition = strawberry.field(description="The last event it has applied.")
    lag: int = strawberry.field(description="Events it has not applied yet.")
    held: int = strawberry.field(description="Streams whose events wait in quarantine.")


STRETCH: Final = 1_000
STRETCHES: Final = 10
"""How far a filtered page looks: so many stretches of so many events."""

READ_MODELS = """
select m.read_model, m.version, m.rebuild, c.position,
       (select count(distinct q.stream) from quanke_quarantine q
         where q.read_model = m.read_model and q.version = m.version
           and q.state <> 'skipped') as held
  from quanke_read_model m
  join quanke_checkpoint c on c.read_model = m.read_model and c.version = m.version
 order by m.read_model
"""


def log_event(one: Recorded) -> LogEvent:
    """Return an event for the API."""
    title, title_en = title_of(one.topic)
    return LogEvent(
        id=strawberry.ID(encode_id("Event", str(one.position))),
        position=LogPosition(one.position), stream=str(one.stream), version=one.version,
        topic=one.topic, title=title, title_en=title_en, schema=one.schema,
        recorded_at=Instant(one.recorded_at), command_id=str(one.command_id),
        command_index=one.command_index, actor=one.actor,
        meta=one.meta.decode(), state=one.state.decode(),
        entry=leaf_entry(one).decode(), proof_url=proof_path(one.position),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events of the log; None does not filter."""

    types: frozenset[str] | None
    streams: frozenset[str] | None

    @classmethod
    def of(cls, types: list[str] | None, streams: list[str] | None) -> "Wanted":
        """Return the filter."""
        return cls(
            None if types is None else frozenset(types),
            None if streams is None else frozenset(streams),
        )

    async def page(self, log: EventLog, after: Position, size: int) -> tuple[list[Recorded], int]:
        """Return at most `size` events, and the position up to which was looked.

        A filter that finds little looks through a bounded stretch: ask again after `last`.
        """
        if self.types is None and self.streams is None:
            found = await log.read_all(after, size)
            return found, found[-1].position if found else after
        chosen: list[Recorded] = []
        for _ in range(STRETCHES):
            page = await log.read_all(after, STRETCH)
            for one in page:
                after = one.position
                if self._lets(one):
                    chosen.append(one)
                    if len(chosen) == size:
                        return chosen, after
            if len(page) < STRETCH:
                break
        return chosen, after

    def _lets(self, one: Recorded) -> bool:
        if self.types is not None and one.topic not in self.types:
            return False
        return self.streams is None or str(one.stream) in self.streams


@strawberry.type
class AuditQueries:
    """Root fields for auditors and administrators."""

    @strawberry.field(description="The log itself, from just after a position; the audit feed.")
    async def events(
        self,
        info: Info,
        first: int,
        after: LogPosition | None = None,
        types: list[str] | None = None,
        streams: list[str] | None = None,
    ) -> LogPage:
        """Return a page of the log; with a filter, of what was looked through."""
        log, start = info.context.platform.log, after or LogPosition(0)
        size, wanted = page_size(first), Wanted.of(types, streams)
        found, last = await wanted.page(log, Position(start), size)
        return LogPage(
            nodes=[log_event(one) for one in found],
            last=LogPosition(last),
            head=LogPosition(await log.head()),
            sealed=LogPosition((await seals.standing(info.context.platform.pool)).size),
        )

    @strawberry.field(description="Where every read model stands.")
    async def read_models(self, info: Info) -> list[ReadModel]:
        """Return the read models with their lag."""
        pool = info.context.platform.pool
        head = (await standing(pool)).head
        return [
            ReadModel(
                name=row["read_model"],
                version=row["version"],
                rebuild=row["rebuild"],
                position=LogPosition(row["position"]),
                lag=head - row["position"],
                held=row["held"],
            )
            for row in await pool.fetch(READ_MODELS)
        ]
