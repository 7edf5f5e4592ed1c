"""Answer a command about a grid with events, or refuse it."""

from collections.abc import Callable
from typing import Any, Final

from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent
from domain.grid import guards
from domain.grid.commands import (
    COMMANDS,
    DrawGrid,
    MergeGrid,
    RedrawGrid,
    RenameGrid,
    RetireGrid,
    SplitGrid,
)
from domain.grid.events import (
    EVENTS,
    GridDrawn,
    GridMerged,
    GridRedrawn,
    GridRenamed,
    GridRetired,
    GridSplit,
)
from domain.grid.evolve import evolve
from domain.grid.facts import GridFacts
from domain.grid.state import GridState, initial


def decide(state: GridState, command: Command, facts: GridFacts) -> list[DomainEvent]:
    """Return the events of a command; none when it would change nothing. Raises Rejected."""
    if isinstance(command, DrawGrid):
        return _draw(state, command, facts)
    guards.live(state)
    guards.allowed(facts.by, state.scope)
    return _CHANGES[type(command)](state, command, facts)


def _draw(state: GridState, command: DrawGrid, facts: GridFacts) -> list[DomainEvent]:
    guards.allowed(facts.by, command.scope)
    guards.never_used(state)
    guards.code_fits(command.code, command.scope, command.kind)
    guards.has_parent(facts, command.scope)
    guards.closed_rings(command.rings)
    if not command.name:
        raise Rejected("NAME_MISSING")
    return [
        GridDrawn(
            code=command.code, scope=command.scope, name=command.name,
            name_en=command.name_en, kind=command.kind, rings=command.rings,
            schematic=command.schematic,
        )
    ]  # fmt: skip


def _redraw(state: GridState, command: RedrawGrid, _facts: GridFacts) -> list[DomainEvent]:
    guards.closed_rings(command.rings)
    if command.rings == state.rings:
        return []
    return [GridRedrawn(code=state.code, rings=command.rings)]


def _rename(state: GridState, command: RenameGrid, _facts: GridFacts) -> list[DomainEvent]:
    if not command.name:
        raise Rejected("NAME_MISSING")
    if (command.name, command.name_en) == (state.name, state.name_en):
        return []
    return [GridRenamed(code=state.code, name=command.name, name_en=command.name_en)]


def _split(state: GridState, command: SplitGrid, facts: GridFacts) -> list[DomainEvent]:
    if len(set(command.successors)) < 2:
        raise Rejected("SUCCESSORS_TOO_FEW", successors=len(set(command.successors)))
    guards.successors(state, command.successors, facts)
    return [GridSplit(code=state.code, successors=command.successors)]


def _merge(state: GridState, command: MergeGrid, facts: GridFacts) -> list[DomainEvent]:
    guards.successors(state, (command.into,), facts)
    return [GridMerged(code=state.code, into=command.into)]


def _retire(state: GridState, command: RetireGrid, _facts: GridFacts) -> list[DomainEvent]:
    if not command.reason:
        raise Rejected("REASON_MISSING")
    return [GridRetired(code=state.code, reason=command.reason)]


_CHANGES: Final[dict[type[Command], Callable[[GridState, Any, GridFacts], list[DomainEvent]]]] = {
    RedrawGrid: _redraw,
    RenameGrid: _rename,
    SplitGrid: _split,
    MergeGrid: _merge,
    RetireGrid: _retire,
}

GRID: Final = Decider("grid", initial, decide, evolve, COMMANDS, EVENTS)
