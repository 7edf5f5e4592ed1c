"""Who is asking, as the platform understood the token."""

import strawberry

from api.graphql.context import Info


@strawberry.type(description="Who is asking.")
class Viewer:
    """What the token says."""

    id: str = strawberry.field(description="Opaque account.")
    role: str = strawberry.field(description="Role; public without a token.")
    scope: str = strawberry.field(description="Area codes, each with a dot; empty: everywhere.")
    unit: str | None = strawberry.field(description="Department a handler acts for.")


@strawberry.type
class MeQueries:
    """Root field about the caller."""

    @strawberry.field(description="Who you are here.")
    def me(self, info: Info) -> Viewer:
        """Return the caller."""
        actor = info.context.actor
        return Viewer(id=actor.id, role=actor.role.value, scope=actor.scope, unit=actor.unit)
