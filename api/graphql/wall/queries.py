"""The wall as a query: the scene it begins with, a grid in danger, the last danger."""

from typing import Annotated

import strawberry

from api.graphql.as_of import AskedAsOf, Sighting, sighting
from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.figure import asks_for
from api.graphql.wall.calm import WallCalm, calm
from api.graphql.wall.incident import WallIncident, incident
from api.graphql.wall.posted import WallPosted, wall_posted
from api.graphql.wall.scene import scene, shown_area
from api.graphql.wall.steps import By, Place, Since, Topic, Until, WallSteps, wall_steps
from api.graphql.wall.types import WallScene
from domain.grid.state import GridState
from projections.replay.tape import Order
from projections.sight import EVERYTHING


@strawberry.type
class WallQueries:
    """Root fields of the wall."""

    @strawberry.field(description="The wall of an area; for anybody, no personal data.")
    async def wall(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> WallScene:
        """Return the scene."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            asked = asks_for(info.selected_fields, "figures")
            return await scene(seen, shown_area(seen.reference, scope), with_figures=asked)

    @strawberry.field(
        description="A grid where life is in danger, as a wall may tell it; nobody is named."
    )
    async def wall_incident(self, info: Info, grid: str, as_of: AskedAsOf = None) -> WallIncident:
        """Return the cases, what is near and who is posted there. Raises BadInput."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            return await incident(seen, info.context.actor, _grid(seen, grid))

    @strawberry.field(
        description="The last danger to life of an area, as a wall may tell it; nobody is named."
    )
    async def wall_calm(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> WallCalm:
        """Return how it ended, and how many there were of late. Raises BadInput."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            area = shown_area(seen.reference, scope)
            return await calm(seen, info.context.actor, area)

    @strawberry.field(
        description="The grid workers whom `wallIncident` counts, each with the events behind it."
    )
    async def wall_posted(
        self,
        info: Info,
        grid: str,
        around: Annotated[
            bool, strawberry.argument(description="Those of the area that the grid lies in.")
        ] = False,
        kind: Annotated[
            str | None, strawberry.argument(description="Of this kind alone, such as part_time.")
        ] = None,
        first: int = 20,
        after: str | None = None,
        as_of: AskedAsOf = None,
    ) -> WallPosted:
        """Return a page of workers. Raises BadInput, Forbidden."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            found = _grid(seen, grid)
            return await wall_posted(info.context, seen, found, around, kind, first, after)

    @strawberry.field(description="What a wall's feed sums up over a window, and the steps in it.")
    async def wall_steps(
        self,
        info: Info,
        since: Since,
        until: Until,
        by: By = Order.RECORDED,
        scope: str | None = None,
        place: Place = None,
        topic: Topic = None,
        first: int = 20,
        after: str | None = None,
        as_of: AskedAsOf = None,
    ) -> WallSteps:
        """Return the sums and a page of lines. Raises BadInput."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            area = shown_area(seen.reference, scope)
            return await wall_steps(seen, area, (since, until), by, (place, topic), first, after)


def _grid(seen: Sighting, code: str) -> GridState:
    found = seen.reference.grid(code)
    if found is None:
        raise BadInput(f"there is no grid {code}")
    return found
