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


@strawberry.type(description="What you may still ask: a bucket of cost that fills again.")
class RateLimit:
    """Where nothing is counted, all is 0."""

    cost: int = strawberry.field(description="What this operation may cost at most.")
    maximum_available: int = strawberry.field(description="What a full bucket holds.")
    currently_available: int = strawberry.field(description="What yours holds now.")
    restore_rate: int = strawberry.field(description="What is added each second.")
    operation_limit: int = strawberry.field(description="What one operation may cost at most.")


@strawberry.type
class MeQueries:
    """Root fields about the caller."""

    @strawberry.field(description="What you may still ask before you have to wait.")
    def rate_limit(self, info: Info) -> RateLimit:
        """Return the caller's bucket."""
        context = info.context
        budget = context.platform.budget
        if budget is None:
            return RateLimit(
                cost=context.cost, maximum_available=0, currently_available=0, restore_rate=0,
                operation_limit=0,
            )  # fmt: skip
        bucket = budget.standing(context.client, context.actor.role)
        allowed = bucket.allowance
        return RateLimit(
            cost=context.cost, maximum_available=allowed.available,
            currently_available=int(bucket.left), restore_rate=allowed.restored_per_s,
            operation_limit=allowed.operation,
        )  # fmt: skip

    @strawberry.field(description="Who you are here.")
    def me(self, info: Info) -> Viewer:
        """Return the caller."""
        actor = info.context.actor
        return Viewer(id=actor.id, role=actor.role.value, scope=actor.scope, unit=actor.unit)
