"""What happens to a grid. One stream per grid; polygons as integer degrees × 1e6."""

from domain.event import DomainEvent

Ring = tuple[int, ...]
"""lon, lat, lon, lat …, degrees × 1e6, closed by its first pair."""


class GridDrawn(DomainEvent, frozen=True, kw_only=True):
    """网格划定. `kind` is base, special or temporary; `schematic` borders are not surveyed."""

    TOPIC = "grid.drawn"
    code: str
    scope: str
    name: str
    name_en: str = ""
    kind: str = "base"
    rings: tuple[Ring, ...] = ()
    schematic: bool = False


class GridRedrawn(DomainEvent, frozen=True, kw_only=True):
    """网格边界调整."""

    TOPIC = "grid.redrawn"
    code: str
    rings: tuple[Ring, ...]


class GridRenamed(DomainEvent, frozen=True, kw_only=True):
    """网格更名."""

    TOPIC = "grid.renamed"
    code: str
    name: str
    name_en: str = ""


class GridSplit(DomainEvent, frozen=True, kw_only=True):
    """网格拆分: retired, and these come after it."""

    TOPIC = "grid.split"
    code: str
    successors: tuple[str, ...]


class GridMerged(DomainEvent, frozen=True, kw_only=True):
    """网格合并: retired into `into`."""

    TOPIC = "grid.merged"
    code: str
    into: str


class GridRetired(DomainEvent, frozen=True, kw_only=True):
    """网格撤销."""

    TOPIC = "grid.retired"
    code: str
    reason: str


EVENTS: tuple[type[DomainEvent], ...] = (
    GridDrawn, GridRedrawn, GridRenamed, GridSplit, GridMerged, GridRetired,
)  # fmt: skip
