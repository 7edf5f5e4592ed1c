"""For whoever looks after the platform: what it lacks, what was imported, what was verified."""

from functools import partial

import anyio.to_thread
import strawberry

from api import verified
from api.graphql.as_of import AskedAsOf, all_at, sighting
from api.graphql.case.sight import case_sight, sight_today
from api.graphql.context import Info
from api.graphql.scalars import Instant, LogPosition
from api.graphql.scope import seen_scope
from api.shortfalls import inventory, shortfalls
from projections.case_board import queries as board


@strawberry.type(description="One thing of the register that is meant.")
class ShortfallExample:
    """An area, a grid, an account: whatever lacks something."""

    code: str = strawberry.field(description="Its code or id.")
    name: str = strawberry.field(description="Name in Chinese; empty where it has none.")
    name_en: str = strawberry.field(description="Name in English.")


@strawberry.type(description="One kind of thing that the register lacks.")
class Shortfall:
    """How many there are, and the first few."""

    kind: str = strawberry.field(
        description="person_without_role, key_ending, calendar_ending, category_without_department,"
        " area_without_grid, grid_without_worker, grid_without_border, border_gap or"
        " border_overlap."
    )
    count: int = strawberry.field(description="How many.")
    examples: list[ShortfallExample] = strawberry.field(description="The first five at most.")


@strawberry.type(description="How many of one kind the register holds.")
class RegisterCount:
    """Live ones inside the caller's scope."""

    kind: str = strawberry.field(
        description="district, township, community, grid, worker, department or category."
    )
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A source whose cases were imported.")
class ImportedSource:
    """Cases are those inside the caller's scope."""

    source: str = strawberry.field(description="Its name.")
    cases: int = strawberry.field(description="How many of its cases are here.")
    position: LogPosition = strawberry.field(description="Its newest event.")
    recorded_at: Instant = strawberry.field(description="When the log took that.")


@strawberry.type(description="What computing everything anew from the log has found.")
class Verification:
    """One run of `quanke verify`, from the command line or from the audit screen."""

    at: Instant = strawberry.field(description="When it ended.")
    head: LogPosition = strawberry.field(description="Up to where the log was looked at.")
    read_models: int = strawberry.field(description="How many were built anew and compared.")
    faults: int = strawberry.field(description="How many differences; 0: all is as it should be.")


@strawberry.type
class UpkeepQueries:
    """Root fields about the state of the platform."""

    @strawberry.field(
        description="What your areas, grids, people and calendars lack; what lacks nothing is left"
        " out."
    )
    async def shortfalls(self, info: Info, as_of: AskedAsOf = None) -> list[Shortfall]:
        """Return kind by kind what should be looked at."""
        scope = seen_scope(info.context, None)
        reference, now = await all_at(info.context, as_of)
        look = partial(shortfalls, reference, scope, now)
        found = await anyio.to_thread.run_sync(look)
        return [
            Shortfall(
                kind=one.kind, count=one.count,
                examples=[
                    ShortfallExample(code=it.code, name=it.name, name_en=it.name_en)
                    for it in one.examples
                ],
            )
            for one in found
        ]  # fmt: skip

    @strawberry.field(description="What your register holds, kind by kind.")
    async def register(self, info: Info, as_of: AskedAsOf = None) -> list[RegisterCount]:
        """Return areas by level, grids, workers, departments and categories."""
        reference, _ = await all_at(info.context, as_of)
        found = inventory(reference, seen_scope(info.context, None))
        return [RegisterCount(kind=kind, count=count) for kind, count in found.items()]

    @strawberry.field(description="Where imported cases came from, the newest first.")
    async def imports(self, info: Info, as_of: AskedAsOf = None) -> list[ImportedSource]:
        """Return the sources of the imported cases in sight."""
        actor = info.context.actor
        async with sighting(info.context, case_sight(actor), as_of) as seen:
            rows = await board.imported(
                seen.reads, actor.scope, at=seen.at, sight=sight_today(actor)
            )
        return [
            ImportedSource(
                source=row.source, cases=row.cases, position=LogPosition(row.position),
                recorded_at=Instant(row.recorded_at),
            )
            for row in rows
        ]  # fmt: skip

    @strawberry.field(description="The newest verification; null before the first.")
    async def last_verification(self, info: Info) -> Verification | None:
        """Return what the last one found."""
        one = await verified.latest(info.context.platform.pool)
        if one is None:
            return None
        return Verification(
            at=Instant(one.at), head=LogPosition(one.head),
            read_models=one.read_models, faults=one.faults,
        )  # fmt: skip
