"""Who sees which cases and their words: the domain's grants over the board's rows.

Decided by a case's current place and departments as the read model has them, never by
what an event once said. A case out of sight does not exist for the caller.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from uuid import UUID

from api.dispatch.casefacts import CASE
from api.graphql.context import Context
from domain.access import (
    NOWHERE,
    Action,
    Allowed,
    decide,
    visible_range,
    visible_reporter,
    visible_unit,
)
from domain.actor import Actor, Role
from domain.case.state import CaseState
from domain.case.values import AssignmentStatus
from projections.case_board.row import BoardRow
from projections.sight import EVERYTHING, NOTHING, Sight

ACTORS_KEPT: Final = 4_096


def may(actor: Actor, action: Action, row: BoardRow, reporter: str | None = None) -> bool:
    """Tell whether an actor may do this with a case."""
    return may_with(actor, action, row.scope, row.departments, reporter)


def may_with(
    actor: Actor,
    action: Action,
    scope: str,
    departments: Iterable[str],
    reporter: str | None = None,
) -> bool:
    """Tell the same of a case by its place and departments."""
    return isinstance(decide(actor, action, scope, frozenset(departments), reporter), Allowed)


def sees(actor: Actor, state: CaseState, *, once: bool) -> bool:
    """Tell whether a case exists for an actor, by its own events; False when there is none.

    `once`: a department that has given the case back counts too.
    """
    return allowed(actor, Action.READ_CASE, state, once=once)


def allowed(actor: Actor, action: Action, state: CaseState, *, once: bool = False) -> bool:
    """Tell whether an actor may do this with a case, by its own events; False for no case."""
    units = frozenset(
        part.department
        for part in state.assignments
        if once or part.status is not AssignmentStatus.RETURNED
    )
    answer = decide(actor, action, state.place.scope, units, state.reporter)
    return state.status is not None and isinstance(answer, Allowed)


async def reporter_for(context: Context, case: UUID) -> str | None:
    """Return who reported a case, for residents only: others are not judged by it."""
    if context.actor.role is not Role.RESIDENT:
        return None
    held = await context.platform.dispatcher.load(case, CASE)
    reporter: str | None = held.state.reporter
    return reporter


def case_sight(actor: Actor, units: tuple[str, ...] | None = None) -> Sight:
    """Return whose cases the database shows an actor, of these departments where they are given.

    By department for a handler, wherever the case lies; by scope for those who see by scope.
    A list's own departments narrow it, so that their index serves (docs/adr/0030).
    """
    unit = visible_unit(actor)
    if unit is not None:
        return Sight(units=(unit,))
    if visible_range(actor) == NOWHERE:
        return NOTHING
    return Sight(scope=actor.scope, units=units)


def one_sight(actor: Actor, case: UUID, reporter: str | None) -> Sight:
    """Return what the database shows an actor who asks for one case: a resident's own alone."""
    if visible_reporter(actor) is None:
        return case_sight(actor)
    return Sight(case=case) if reporter == visible_reporter(actor) else NOTHING


def place_sight(actor: Actor) -> Sight:
    """Return which rows the database shows an actor who asks for the numbers of places."""
    return Sight(scope=actor.scope)


def sight_today(actor: Actor) -> Sight | None:
    """Return whose cases a list of the past may show; None where that is everybody's."""
    sight = case_sight(actor)
    return None if sight == EVERYTHING else sight


@lru_cache(maxsize=ACTORS_KEPT)
def sight_key(actor: Actor) -> str:
    """Name the visible set: equal keys see the same cases."""
    low, high = visible_range(actor)
    return f"{low}..{high} {visible_unit(actor) or ''} {visible_reporter(actor) or ''}"
