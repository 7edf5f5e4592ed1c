"""Whose alarms somebody sees: those of the cases of one's place, a handler's of one's department.

Decided by where the case lies and who works on it today, as its row on the board has it. An
alarm of a case out of sight does not exist for the caller.
"""

from api.graphql.context import Context
from api.graphql.scope import seen_scope
from domain.access import GRANTS, Action, Relation
from domain.actor import Actor
from projections.alarm_list.queries import Seen
from projections.sight import Sight


def alarms_seen(context: Context, asked: str | None) -> Seen:
    """Return which alarms of the asked scope a caller sees. Raises Forbidden, BadInput."""
    return Seen(scope=seen_scope(context, asked), units=_units(context.actor))


def alarm_sight(seen: Seen) -> Sight:
    """Return the same for the database: the second line."""
    return Sight(scope=seen.scope, units=seen.units)


def _units(actor: Actor) -> tuple[str, ...] | None:
    relation = GRANTS[Action.READ_ALARM].get(actor.role)
    if relation is Relation.IN_SCOPE:
        return None
    return (actor.unit,) if relation is Relation.OWN_UNIT and actor.unit is not None else ()
