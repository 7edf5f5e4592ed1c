"""What an administrator may want of a grid, in the imperative."""

from domain.event import Command
from domain.grid.events import Ring


class DrawGrid(Command, frozen=True, kw_only=True):
    """划定网格. `scope` is the community's scope followed by the grid's own code segment."""

    NAME = "grid.draw"
    code: str
    scope: str
    name: str
    name_en: str = ""
    kind: str = "base"
    rings: tuple[Ring, ...] = ()
    schematic: bool = False


class RedrawGrid(Command, frozen=True, kw_only=True):
    """调整网格边界."""

    NAME = "grid.redraw"
    code: str
    rings: tuple[Ring, ...]


class RenameGrid(Command, frozen=True, kw_only=True):
    """网格更名."""

    NAME = "grid.rename"
    code: str
    name: str
    name_en: str = ""


class SplitGrid(Command, frozen=True, kw_only=True):
    """拆分网格 into successors that are already drawn."""

    NAME = "grid.split"
    code: str
    successors: tuple[str, ...]


class MergeGrid(Command, frozen=True, kw_only=True):
    """合并网格 into one that lives on."""

    NAME = "grid.merge"
    code: str
    into: str


class RetireGrid(Command, frozen=True, kw_only=True):
    """撤销网格."""

    NAME = "grid.retire"
    code: str
    reason: str


COMMANDS: tuple[type[Command], ...] = (
    DrawGrid, RedrawGrid, RenameGrid, SplitGrid, MergeGrid, RetireGrid,
)  # fmt: skip
