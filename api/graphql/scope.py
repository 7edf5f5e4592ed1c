"""Which part of the district a question is about: the asked one, inside the caller's own."""

from api.graphql.context import Context
from api.graphql.errors import BadInput, Forbidden
from api.reference import Reference
from domain.actor import within


def seen_scope(context: Context, asked: str | None) -> str:
    """Return the asked scope, the actor's own without one. Raises Forbidden outside it."""
    scope = asked if asked is not None else context.actor.scope
    if scope and not scope.endswith("."):
        raise BadInput("a scope is area codes joined and ended by dots")
    if not within(scope, context.actor.scope):
        raise Forbidden("this scope is not yours")
    return scope


def whole(reference: Reference) -> str:
    """Return the scope of the district, empty before there is one."""
    district = reference.district
    return district.scope if district is not None else ""
