"""Two moments of one thing, compared field by field."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

import strawberry

from api.graphql.as_of import AsOf, Sighting, sighting
from api.graphql.context import Context
from api.graphql.history.folding import Told
from api.graphql.history.pages import Subject, all_told
from api.graphql.history.spoken import FieldChange, field_changes
from domain.access import GRANTS, Action
from domain.actor import within
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.sight import EVERYTHING

DESCRIPTION: Final = (
    "What differs between two moments, field by field, as its history tells it; with the numbers"
    " of its cases where it has any."
)
From = Annotated[AsOf, strawberry.argument(name="from", description="The one moment.")]
To = Annotated[AsOf | None, strawberry.argument(description="The other one; now without it.")]
LOAD: Final = ("open", "overdue", "life_safety", "handled", "closed", "total")
Load = Callable[[Sighting], Awaitable[Mapping[str, int] | None]]
"""Reads the numbers of a thing's cases as of a moment; None where it has none."""


@strawberry.type(description="What differs between two moments of one thing.")
class StateDiff:
    """Nothing in `changes`: it was the same at both."""

    existed: bool = strawberry.field(description="Whether it was there at the first moment.")
    exists: bool = strawberry.field(description="Whether it was there at the other one.")
    events: int = strawberry.field(description="How many of its own events lie between the two.")
    changes: list[FieldChange] = strawberry.field(
        description="The fields that differ; load.* are the numbers of its cases."
    )


async def state_diff(
    context: Context, subject: Subject, first: AsOf, second: AsOf | None, load: Load | None = None
) -> StateDiff:
    """Return what differs. The caller has asked whether the reader may. Raises BadInput."""
    steps = await all_told(context, subject)
    before, after = _count(steps, first), _count(steps, second)
    states = [_state(steps, count, subject) for count in (before, after)]
    changes = list(field_changes(*states, owners=subject.owners, placed=subject.placed))
    if load is not None:
        loads = [await _loaded(context, moment, load) for moment in (first, second)]
        changes += field_changes(*loads, owners=subject.owners)
    return StateDiff(
        existed=before > 0, exists=after > 0, events=abs(after - before), changes=changes
    )


def _count(steps: list[Told], moment: AsOf | None) -> int:
    """Return how many of a thing's events lie at or before a moment."""
    if moment is None:
        return len(steps)
    if moment.position is not strawberry.UNSET and moment.position is not None:
        return sum(one.recorded.position <= moment.position for one in steps)
    if moment.recorded_at is not strawberry.UNSET and moment.recorded_at is not None:
        return sum(one.recorded.recorded_at <= moment.recorded_at for one in steps)
    assert moment.effective_at is not None
    return sum(one.meta.effective_at <= moment.effective_at for one in steps)


def _state(steps: list[Told], count: int, subject: Subject) -> object:
    return steps[count - 1].after if count else subject.teller().state


async def _loaded(context: Context, moment: AsOf | None, load: Load) -> Mapping[str, object]:
    async with sighting(context, EVERYTHING, moment) as seen:
        found = await load(seen)
    return {"load": {name: found.get(name, 0) for name in LOAD if name in found} if found else {}}


def may_count(context: Context, scope: str) -> bool:
    """Tell whether the numbers of a place are for the reader."""
    actor = context.actor
    return actor.role in GRANTS[Action.READ_FIGURES] and within(scope, actor.scope)


def grid_load_of(code: str, scope: str) -> Load:
    """Return what reads the load of a grid."""

    async def load(seen: Sighting) -> Mapping[str, int] | None:
        rows = await grids.inside(seen.reads, scope, at=seen.at)
        return next((_counts(row) for row in rows if row.code == code), None)

    return load


def department_load_of(key: str) -> Load:
    """Return what reads the load of a department."""

    async def load(seen: Sighting) -> Mapping[str, int] | None:
        rows = await departments.every(seen.reads, at=seen.at)
        return next((_counts(row) for row in rows if row.id == key), None)

    return load


def _counts(row: grids.GridLoadRow | departments.DepartmentLoadRow) -> Mapping[str, int]:
    return {name: getattr(row, name) for name in LOAD if hasattr(row, name)}
