"""What an area, a department and a worker are now: each the fold of its own stream."""

from dataclasses import dataclass

from domain.codes import covers


@dataclass(frozen=True, slots=True)
class AreaState:
    """One area above the grids: district, township or community."""

    code: str = ""
    scope: str = ""
    level: str = ""
    name: str = ""
    name_en: str = ""
    parent: str | None = None
    administered_by: str | None = None
    source: str = ""
    named: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """One department. No `competence` set means that any category may be given to it."""

    department: str = ""
    name: str = ""
    name_en: str = ""
    scope: str = ""
    kind: str = "government"
    source: str = ""
    competence: tuple[str, ...] | None = None
    on_duty: bool = True
    opened: bool = False
    live: bool = False

    def competent(self, category: str) -> bool:
        """Tell whether a category may be given to it."""
        if self.competence is None:
            return True
        return any(covers(pattern, category) for pattern in self.competence)


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One grid worker; the name stays in the log, sealed, and is not part of this."""

    worker: str = ""
    kind: str = ""
    scope: str = ""
    grid: str | None = None
    appointed: bool = False
    live: bool = False


def no_area() -> AreaState:
    """Return an area before its first event."""
    return AreaState()


def no_department() -> DepartmentState:
    """Return a department before its first event."""
    return DepartmentState()


def no_worker() -> WorkerState:
    """Return a worker before the first event."""
    return WorkerState()
