"""The wall as a query: the same scene that its subscription begins with."""

import strawberry

from api.graphql.context import Info
from api.graphql.wall.scene import scene, shown_area
from api.graphql.wall.types import WallScene
from projections.reading import at_position


@strawberry.type
class WallQueries:
    """Root field of the wall."""

    @strawberry.field(description="The wall of an area; for anybody, no personal data.")
    async def wall(self, info: Info, scope: str | None = None) -> WallScene:
        """Return the scene."""
        context = info.context
        area = shown_area(context.platform.reference, scope)
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            return await scene(context.platform, reads, found, area)
