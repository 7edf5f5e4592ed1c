"""What a grid is now: the fold of its stream."""

from dataclasses import dataclass

from domain.grid.events import Ring


@dataclass(frozen=True, slots=True)
class GridState:
    """One grid. `drawn` is false until its first event; a grid that is not `live` keeps its code.

    `successors` are the grids that took its ground over after a split or a merge.
    """

    code: str = ""
    scope: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = "base"
    rings: tuple[Ring, ...] = ()
    schematic: bool = False
    drawn: bool = False
    live: bool = False
    successors: tuple[str, ...] = ()


def initial() -> GridState:
    """Return the state before the first event."""
    return GridState()
