"""Why a wall counts so many workers beside a danger: who they are, and by which events.

The wall names nobody. This is for those who may see timelines, of workers who serve where they
may look; the others are counted with the rest and not shown.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

import strawberry

from api.graphql.as_of import Sighting
from api.graphql.context import Context
from api.graphql.history.pages import staff_only
from api.graphql.paging import (
    PageInfo,
    decode_cursor,
    encode_cursor,
    page_info,
    page_size,
)
from api.graphql.place import Grid, Worker, grid_of, worker_of
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.incident import people_at, posted_workers
from api.graphql.words import title_of
from domain.access import Action, Allowed, decide
from domain.directory.state import WorkerState
from domain.grid.state import GridState
from domain.streams import worker_stream
from projections.decoding import decode_page
from projections.figures.why import up_to
from projections.history import History
from projections.seen import Seen

POSTED: Final = "posted"


@strawberry.type(description="An event of a grid worker: appointed, posted, dismissed.")
class PostingEvent:
    """No words that were said with it."""

    position: LogPosition = strawberry.field(description="Place in the log.")
    topic: str = strawberry.field(description="What happened, such as directory.worker_posted.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    at: Instant = strawberry.field(description="Effective time.")
    recorded_at: Instant = strawberry.field(description="When the log took it.")
    grid: str | None = strawberry.field(description="Code of the grid it posts to; else null.")


@strawberry.type(description="A grid worker whom a wall counts beside a danger.")
class PostedWorker:
    """With the events up to the moment; the last posting is why the worker counts."""

    worker: Worker = strawberry.field(description="The worker; nobody is named.")
    grid: Grid = strawberry.field(description="The grid the worker is posted to.")
    events: list[PostingEvent] = strawberry.field(description="Oldest first.")


@strawberry.type(description="The grid workers whom a wall counts beside a danger.")
class WallPosted:
    """Everything of one snapshot, a page of it."""

    position: LogPosition = strawberry.field(description="Position the values are as of.")
    total: int = strawberry.field(description="How many the wall counts.")
    hidden: int = strawberry.field(description="Workers among them who are not for you to see.")
    nodes: list[PostedWorker] = strawberry.field(description="The workers, by id.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


async def wall_posted(
    context: Context, seen: Sighting, grid: GridState, around: bool, kind: str | None,
    first: int, after: str | None,
) -> WallPosted:  # fmt: skip
    """Return a page of those whom `posted` counts. Raises Forbidden, BadInput."""
    staff_only(context)
    size, start = page_size(first), decode_cursor(POSTED, after)
    people = await people_at(seen)
    counted = [
        one
        for one in posted_workers(people, grid, around=around)
        if kind is None or one.kind == kind
    ]
    shown = [one for one in counted if _sees(context, one)]
    rest = [one for one in shown if start is None or one.worker > str(start[0])]
    events = await _events(seen, rest[:size])
    cursors = [encode_cursor(POSTED, (one.worker,)) for one in rest[:size]]
    return WallPosted(
        position=LogPosition(seen.position), total=len(counted), hidden=len(counted) - len(shown),
        nodes=[_node(seen, one, events) for one in rest[:size]],
        page_info=page_info(cursors, len(rest) > size, after),
    )  # fmt: skip


def _sees(context: Context, worker: WorkerState) -> bool:
    return isinstance(decide(context.actor, Action.READ_FIGURES, worker.scope), Allowed)


def _node(
    seen: Sighting, worker: WorkerState, events: Mapping[UUID, Sequence[Seen]]
) -> PostedWorker:
    grid = seen.reference.grid(worker.grid or "")
    assert grid is not None, worker
    told = events.get(worker_stream(worker.worker), ())
    return PostedWorker(
        worker=worker_of(worker), grid=grid_of(grid), events=[_event(one) for one in told]
    )


async def _events(seen: Sighting, workers: Sequence[WorkerState]) -> dict[UUID, list[Seen]]:
    """Return what happened to each worker up to the moment."""
    streams = [worker_stream(one.worker) for one in workers]
    recorded = await History(seen.reads).read_streams(streams)
    told: dict[UUID, list[Seen]] = {}
    for stream, own in groupby(recorded, key=lambda one: one.stream):
        events, _ = decode_page(own)
        told[stream] = list(events) if seen.at is None else up_to(events, seen.at)
    return told


def _event(one: Seen) -> PostingEvent:
    title, title_en = title_of(one.topic)
    return PostingEvent(
        position=LogPosition(one.position), topic=one.topic, title=title, title_en=title_en,
        at=Instant(one.meta.effective_at), recorded_at=Instant(one.recorded_at),
        grid=getattr(one.event, "grid", None),
    )  # fmt: skip
