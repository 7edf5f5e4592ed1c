"""What a decision looks at besides the case itself, looked up by dispatch beforehand.

All plain data of the moment. Which of them a command reads stands in its row of
`table/` (`needs`), so nobody has to look up the rest; `related` names the other
streams that must be loaded, and named `unchanged` when nothing is written to them.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.calendar.calendar import Calendar
from domain.case.commands import (
    CancelCase,
    CloseCase,
    ForceCloseCase,
    MergeCase,
    ReopenCase,
    UnmergeCase,
)
from domain.case.state import CaseState
from domain.case.values import Explanation, Severity, Tier
from domain.event import By, Command


class CategoryFact(msgspec.Struct, frozen=True, kw_only=True):
    """A category as the catalogue has it now: live ones only, else None is passed."""

    code: str
    tier: Tier = Tier.VILLAGE
    severity: Severity = Severity.NORMAL
    sensitive: bool = False


class StandardFact(msgspec.Struct, frozen=True, kw_only=True):
    """The filing standard of the category; `automatic` files on acceptance."""

    id: str
    automatic: bool = False


class GridFact(msgspec.Struct, frozen=True, kw_only=True):
    """The grid named or found for the command's place."""

    code: str
    scope: str
    live: bool = True


class DepartmentFact(msgspec.Struct, frozen=True, kw_only=True):
    """The department named, or routed to, as the directory has it now.

    `competent`: its competences cover the case's category. `scope`: where it serves.
    """

    id: str
    scope: str
    on_duty: bool = True
    competent: bool = True
    open: bool = True


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `decide` needs besides state and command.

    `by.at` is the command's effective time: never before the state's `last_at`.
    `limits` maps a clock's name to its limit (`4H`), for the case's category and
    place (the command's, for a report); a clock without a limit is not started.
    `numbers`, `child_ids` and `categories` are as many as a split has parts; so are
    `part_grids` where a part names a place of its own.
    """

    by: By
    case: UUID
    policy: str = ""
    number: str = ""
    calendar: Calendar | None = None
    limits: Mapping[str, str] = {}
    category: CategoryFact | None = None
    standard: StandardFact | None = None
    grid: GridFact | None = None
    department: DepartmentFact | None = None
    explanation: Explanation | None = None
    sampled: bool = True
    distance_m: int | None = None
    other: CaseState | None = None
    other_id: str | None = None
    parent: CaseState | None = None
    children: tuple[CaseState, ...] = ()
    numbers: tuple[str, ...] = ()
    child_ids: tuple[str, ...] = ()
    categories: tuple[CategoryFact | None, ...] = ()
    part_grids: tuple[GridFact | None, ...] = ()

    def part_grid(self, index: int) -> GridFact | None:
        """Return the grid of a part that names a place of its own."""
        return self.part_grids[index] if self.part_grids else None


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """The other cases whose state a command looks at, by stream id."""

    other: str | None = None
    parent: str | None = None
    children: tuple[str, ...] = ()


NONE: Final = Related()
_ENDING: Final[frozenset[type[Command]]] = frozenset(
    {CloseCase, ForceCloseCase, CancelCase, MergeCase}
)


def related(state: CaseState, command: Command) -> Related:
    """Return which other cases must be loaded into `facts` for this command."""
    kind: Any = type(command)
    if kind is MergeCase:
        assert isinstance(command, MergeCase)
        return Related(other=command.into, children=state.children)
    if kind is UnmergeCase:
        return Related(other=state.merged_into, parent=state.parent)
    if kind is ReopenCase and state.parent:
        return Related(parent=state.parent)
    if kind in _ENDING and state.children:
        return Related(children=state.children)
    return NONE


__all__ = [
    "CaseFacts", "CategoryFact", "DepartmentFact", "GridFact", "Related",
    "StandardFact", "related",
]  # fmt: skip
