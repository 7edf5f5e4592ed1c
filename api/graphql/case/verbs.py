"""Which verbs the caller may try on a case now, for its resolver and for the plan beside it."""

from uuid import UUID

from api.dispatch.casefacts import CASE
from api.graphql.case.forms import INSIDE, mutation_name
from api.graphql.context import Context
from domain.case.allowed import allowed
from domain.event import By


async def verbs_of(context: Context, case: UUID) -> list[str]:
    """Return the mutations that the table lets the caller try, in its order."""
    held = await context.platform.dispatcher.load(case, CASE)
    actor = context.actor
    by = By(
        actor=actor.id, role=actor.role.value, scope=actor.scope, unit=actor.unit,
        at=max(context.platform.clock(), held.effective_at),
    )  # fmt: skip
    return [mutation_name(one) for one in allowed(held.state, by, case) if one not in INSIDE]
