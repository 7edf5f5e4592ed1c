"""Who may ask which root field: each names the action that the domain grants by role.

Here stands only who may knock; scope, department and reporter are asked about each
thing that is read. A field that is not in a table is refused for everybody, so that a
new one can't be forgotten.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from graphql import OperationType

from api.graphql.errors import Forbidden, Unauthenticated
from domain.access import GRANTS, Action
from domain.actor import Actor, Role

QUERIES: Final[Mapping[str, Action]] = {
    "__typename": Action.READ_WALL,
    "__schema": Action.READ_REFERENCE,
    "__type": Action.READ_REFERENCE,
    "wall": Action.READ_WALL,
    "wallIncident": Action.READ_WALL,
    "wallCalm": Action.READ_WALL,
    "wallPosted": Action.READ_TIMELINE,
    "wallSteps": Action.READ_FIGURES,
    "me": Action.READ_WALL,
    "rateLimit": Action.READ_WALL,
    "schemaChanges": Action.READ_WALL,
    "node": Action.READ_REFERENCE,
    "nodes": Action.READ_REFERENCE,
    "case": Action.READ_CASE,
    "cases": Action.READ_CASE,
    "caseTimeline": Action.READ_TIMELINE,
    "commandForms": Action.READ_REFERENCE,
    "dispatchPreview": Action.READ_CASE,
    "checkers": Action.READ_CASE,
    "similarCases": Action.READ_CASE,
    "claims": Action.READ_CASE,
    "appeals": Action.READ_CASE,
    "alarms": Action.READ_ALARM,
    "alarmFigures": Action.READ_ALARM,
    "workers": Action.READ_FIGURES,
    "areas": Action.READ_REFERENCE,
    "grids": Action.READ_REFERENCE,
    "gridAt": Action.READ_REFERENCE,
    "departments": Action.READ_REFERENCE,
    "categories": Action.READ_REFERENCE,
    "gridLoad": Action.READ_FIGURES,
    "areaLoad": Action.READ_FIGURES,
    "departmentLoad": Action.READ_FIGURES,
    "overview": Action.READ_FIGURES,
    "stageFunnel": Action.READ_FIGURES,
    "figures": Action.READ_FIGURES,
    "deadlines": Action.READ_CASE,
    "events": Action.READ_LOG,
    "log": Action.READ_WALL,
    "logDensity": Action.READ_WALL,
    "wallDay": Action.READ_WALL,
    "figureDefinitions": Action.READ_FIGURES,
    "worker": Action.READ_TIMELINE,
    "calendar": Action.READ_TIMELINE,
    "catalogue": Action.READ_TIMELINE,
    "personalDataReads": Action.READ_ACCESS,
    "readModels": Action.VERIFY,
    "lastVerification": Action.VERIFY,
    "shortfalls": Action.ADMINISTER,
    "register": Action.ADMINISTER,
    "imports": Action.ADMINISTER,
    "accounts": Action.ADMINISTER,
    "webhooks": Action.ADMINISTER,
    "dryRun": Action.ADMINISTER,
    "alerts": Action.READ_CASE,
}
SUBSCRIPTIONS: Final[Mapping[str, Action]] = {
    "wall": Action.READ_WALL,
    "replay": Action.READ_WALL,
    "replayCases": Action.READ_CASE,
    "caseFeed": Action.READ_CASE,
    "canary": Action.ADMINISTER,
    "alarms": Action.READ_ALARM,
    "districtOverview": Action.READ_FIGURES,
    "gridLoad": Action.READ_FIGURES,
    "departmentLoad": Action.READ_FIGURES,
}

REGISTERED_ONLY: Final = frozenset({Role.PUBLIC, Role.DISPLAY})
"""Who may ask nothing but the documents that the screens were built with."""


STOCK: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Who may force the stock executor: it is there to compare with, and the slowest way there is."""


def registered_only(actor: Actor) -> bool:
    """Tell whether an actor may ask registered documents only."""
    return actor.role in REGISTERED_ONLY


def gate(kind: OperationType, fields: Iterable[str], actor: Actor) -> None:
    """Let an actor ask these root fields. Raises Unauthenticated or Forbidden."""
    for field in fields:
        if _granted(kind, field, actor.role):
            continue
        if actor.role is Role.PUBLIC:
            raise Unauthenticated(f"{field} needs a token")
        raise Forbidden(f"{field} is not for the role {actor.role.value}")


def _granted(kind: OperationType, field: str, role: Role) -> bool:
    if kind is OperationType.MUTATION:
        return role is not Role.PUBLIC  # whose command it is, the rules of the domain say
    table = QUERIES if kind is OperationType.QUERY else SUBSCRIPTIONS
    action = table.get(field)
    return action is not None and role in GRANTS[action]
