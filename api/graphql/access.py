"""Who may ask which root field: data, denied by default.

The rules of the domain decide on commands; here stands only who may knock. A field
that is not in a table is refused for everybody, so a new one can't be forgotten.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from graphql import OperationType

from api.graphql.errors import Forbidden, Unauthenticated
from domain.actor import Actor, Role

EVERYONE: Final = frozenset(Role)
SIGNED: Final = EVERYONE - {Role.PUBLIC}
STAFF: Final = SIGNED - {Role.RESIDENT, Role.DISPLAY}
BOARD: Final = SIGNED - {Role.RESIDENT}
AUDIT: Final = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})

QUERIES: Final[Mapping[str, frozenset[Role]]] = {
    "__typename": EVERYONE,
    "__schema": SIGNED,
    "__type": SIGNED,
    "wall": EVERYONE,
    "node": SIGNED,
    "nodes": SIGNED,
    "case": SIGNED,
    "cases": SIGNED,
    "caseTimeline": SIGNED,
    "me": EVERYONE,
    "grids": BOARD,
    "gridLoad": BOARD,
    "departments": BOARD,
    "areas": BOARD,
    "areaLoad": BOARD,
    "overview": BOARD,
    "stageFunnel": BOARD,
    "deadlines": STAFF,
    "figures": BOARD,
    "categories": SIGNED,
    "routing": STAFF,
    "calendars": SIGNED,
    "events": AUDIT,
    "readModels": AUDIT,
}
SUBSCRIPTIONS: Final[Mapping[str, frozenset[Role]]] = {
    "wall": EVERYONE,
    "caseFeed": STAFF | {Role.DISPLAY},
    "districtOverview": BOARD,
    "gridLoad": BOARD,
    "departmentLoad": BOARD,
}


def gate(kind: OperationType, fields: Iterable[str], actor: Actor) -> None:
    """Let an actor ask these root fields. Raises Unauthenticated or Forbidden."""
    for field in fields:
        if actor.role in _allowed(kind, field):
            continue
        if actor.role is Role.PUBLIC:
            raise Unauthenticated(f"{field} needs a token")
        raise Forbidden(f"{field} is not for the role {actor.role.value}")


def _allowed(kind: OperationType, field: str) -> frozenset[Role]:
    if kind is OperationType.QUERY:
        return QUERIES.get(field, frozenset())
    if kind is OperationType.SUBSCRIPTION:
        return SUBSCRIPTIONS.get(field, frozenset())
    return SIGNED  # whose command it is, the rules say: access.py of the domain, and decide
