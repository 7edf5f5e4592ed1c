"""What a rule about areas, departments and workers needs to know beside its own stream."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """`parent_level` is None when no live area has the scope above.

    `holds` counts the live areas and grids in it.
    """

    by: By
    parent_level: str | None = None
    scope_taken: bool = False
    holds: int = 0


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """`area_known` says that a live area has the scope; `ruled_by` counts rules that name it."""

    by: By
    area_known: bool = False
    ruled_by: int = 0


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """`grid_scope` is that of the live grid a posting names, None when there is none."""

    by: By
    area_known: bool = False
    grid_scope: str | None = None
