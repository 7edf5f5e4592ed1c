"""The wall as a query: the same scene that its subscription begins with."""

import strawberry

from api.graphql.as_of import AskedAsOf, sighting
from api.graphql.context import Info
from api.graphql.figure import asks_for
from api.graphql.wall.scene import scene, shown_area
from api.graphql.wall.types import WallScene
from projections.sight import EVERYTHING


@strawberry.type
class WallQueries:
    """Root field of the wall."""

    @strawberry.field(description="The wall of an area; for anybody, no personal data.")
    async def wall(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> WallScene:
        """Return the scene."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            asked = asks_for(info.selected_fields, "figures")
            return await scene(seen, shown_area(seen.reference, scope), with_figures=asked)
