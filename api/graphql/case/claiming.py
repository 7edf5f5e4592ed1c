"""Claims in the API: who is on which case, as far as the caller sees the case."""

from typing import Any
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField

from api.claims import Claim as Held
from api.dispatch.casefacts import CASE
from api.graphql.case.sight import sees
from api.graphql.case.types import case_id
from api.graphql.context import Context, Info
from api.graphql.errors import Forbidden
from api.graphql.ids import case_key
from api.graphql.scalars import Instant


@strawberry.type(description="Somebody is on a case; it lapses unless it is renewed.")
class Claim:
    """A lease, not an event."""

    case: strawberry.ID = strawberry.field(description="The case.")
    actor: str = strawberry.field(description="Opaque account of who is on it.")
    role: str = strawberry.field(description="As what.")
    unit: str | None = strawberry.field(description="For which department.")
    mine: bool = strawberry.field(description="Whether it is yours.")
    since: Instant = strawberry.field(description="Since when.")
    until: Instant = strawberry.field(description="When it lapses unless it is renewed.")


def claim_of(held: Held, context: Context) -> Claim:
    """Return a claim for the API."""
    actor = held.actor
    return Claim(
        case=case_id(held.case), actor=actor.id, role=actor.role.value, unit=actor.unit,
        mine=actor.id == context.actor.id, since=Instant(held.since), until=Instant(held.until),
    )  # fmt: skip


async def visible(context: Context, case: UUID) -> bool:
    """Tell whether a case exists for the caller, by its own events."""
    held = await context.platform.dispatcher.load(case, CASE)
    return sees(context.actor, held.state, once=False)


async def visible_claims(context: Context) -> list[Claim]:
    """Return the claims on cases that the caller sees."""
    return [
        claim_of(held, context)
        for held in context.platform.claims.all()
        if await visible(context, held.case)
    ]


async def claim_case(
    info: Info, case: strawberry.ID, release: bool = False, take_over: bool = False
) -> Claim | None:
    """Claim, renew or release. Raises Forbidden for a case out of sight."""
    context, key = info.context, case_key(case)
    if not await visible(context, key):
        raise Forbidden("there is no such case for you")
    claims = context.platform.claims
    if release:
        claims.release(key, context.actor)
        return None
    return claim_of(claims.take(key, context.actor, over=take_over), context)


def claim_field() -> StrawberryField:
    """Return the mutation field; like `exportSubject` it is no command of the domain."""
    resolver: Any = claim_case
    made: StrawberryField = strawberry.field(
        resolver=resolver,
        name="claimCase",
        description="Say that you are on a case, or no longer; answers who is. Not an event.",
    )
    return made
