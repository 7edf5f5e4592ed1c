"""Whom one may ask to check a case: accounts that may, without those that handled it."""

import strawberry

from api.dispatch.casefacts import CASE
from api.graphql.context import Context
from api.graphql.ids import case_key
from domain.account.state import AccountState, Grant
from domain.actor import Role, within
from domain.case.state import CaseState
from domain.event import Microseconds


@strawberry.type(description="An account that may check a case.")
class Checker:
    """One of those that may be asked."""

    account: str = strawberry.field(description="Opaque account; never a name.")
    scope: str = strawberry.field(description="Where it checks; empty: everywhere.")


async def checkers(context: Context, case: strawberry.ID) -> list[Checker]:
    """Return who may be asked, by account. The caller has asked whether the case may be read."""
    held = await context.platform.dispatcher.load(case_key(case), CASE)
    state: CaseState = held.state
    now = context.platform.clock()
    return [
        Checker(account=name, scope=grant.scope)
        for name, known in sorted(context.platform.reference.accounts.items())
        if name not in state.handlers
        and (grant := _checks(known, state.place.scope, now)) is not None
    ]


def _checks(known: AccountState, scope: str, now: Microseconds) -> Grant | None:
    """Return the grant by which an account checks in a scope."""
    if not known.live:
        return None
    return next(
        (
            one
            for one in known.grants
            if one.role == Role.CHECKER and within(scope, one.scope) and one.lasts(now)
        ),
        None,
    )
