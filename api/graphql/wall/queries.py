"""The wall as a query: the scene it begins with, a grid in danger, the last danger."""

import strawberry

from api.graphql.as_of import AskedAsOf, sighting
from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.figure import asks_for
from api.graphql.wall.calm import WallCalm, calm
from api.graphql.wall.incident import WallIncident, incident
from api.graphql.wall.scene import scene, shown_area
from api.graphql.wall.types import WallScene
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
            found = seen.reference.grid(grid)
            if found is None:
                raise BadInput(f"there is no grid {grid}")
            return await incident(seen, info.context.actor, found)

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
