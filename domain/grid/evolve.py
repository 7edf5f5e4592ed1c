"""Fold the events of a grid; never refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from domain.event import By, DomainEvent
from domain.grid.events import (
    GridDrawn,
    GridMerged,
    GridRedrawn,
    GridRenamed,
    GridRetired,
    GridSplit,
)
from domain.grid.state import GridState


def evolve(state: GridState, event: DomainEvent, _by: By) -> GridState:
    """Return the state after one event; events of others leave it as it is."""
    step = _STEPS.get(type(event))
    return step(state, event) if step else state


def _drawn(_state: GridState, event: GridDrawn) -> GridState:
    return GridState(
        code=event.code, scope=event.scope, name=event.name, name_en=event.name_en,
        kind=event.kind, rings=event.rings, schematic=event.schematic, drawn=True, live=True,
    )  # fmt: skip


def _redrawn(state: GridState, event: GridRedrawn) -> GridState:
    return replace(state, rings=event.rings)


def _renamed(state: GridState, event: GridRenamed) -> GridState:
    return replace(state, name=event.name, name_en=event.name_en)


def _split(state: GridState, event: GridSplit) -> GridState:
    return replace(state, live=False, successors=event.successors)


def _merged(state: GridState, event: GridMerged) -> GridState:
    return replace(state, live=False, successors=(event.into,))


def _retired(state: GridState, _event: GridRetired) -> GridState:
    return replace(state, live=False)


_STEPS: Final[dict[type[DomainEvent], Callable[[GridState, Any], GridState]]] = {
    GridDrawn: _drawn,
    GridRedrawn: _redrawn,
    GridRenamed: _renamed,
    GridSplit: _split,
    GridMerged: _merged,
    GridRetired: _retired,
}
