"""What a rule about grids needs to know beside the grid itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.event import By


@dataclass(frozen=True, slots=True)
class GridFacts:
    """Facts looked up by dispatch.

    `parent_level` is None when no live area has the scope above the grid;
    `scope_taken` when another grid has the scope; `others` are the grids that a
    split or merge names: their scopes, None for one that is not live.
    """

    by: By
    parent_level: str | None = None
    scope_taken: bool = False
    others: Mapping[str, str | None] = field(default_factory=dict)
