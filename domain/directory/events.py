"""What happens to areas, departments and workers. One stream per area, department, worker."""

from typing import ClassVar

from domain.event import DomainEvent, Text


class AreaNamed(DomainEvent, frozen=True, kw_only=True):
    """辖区命名. `level` is district, township or community.

    `administered_by` names who runs it where that differs from the code.
    """

    TOPIC = "directory.area_named"
    code: str
    scope: str
    level: str
    name: str
    name_en: str = ""
    parent: str | None = None
    administered_by: str | None = None
    source: str = ""


class AreaRetired(DomainEvent, frozen=True, kw_only=True):
    """辖区撤销."""

    TOPIC = "directory.area_retired"
    code: str
    reason: str


class DepartmentOpened(DomainEvent, frozen=True, kw_only=True):
    """部门设立. `scope` is where it serves; `kind` is government, utility or community."""

    TOPIC = "directory.department_opened"
    department: str
    name: str
    name_en: str
    scope: str
    kind: str = "government"
    source: str = ""


class DepartmentRenamed(DomainEvent, frozen=True, kw_only=True):
    """部门更名."""

    TOPIC = "directory.department_renamed"
    department: str
    name: str
    name_en: str


class DepartmentClosed(DomainEvent, frozen=True, kw_only=True):
    """部门撤销."""

    TOPIC = "directory.department_closed"
    department: str
    reason: str


class DutySet(DomainEvent, frozen=True, kw_only=True):
    """值班设定: whether the department takes dispatches now."""

    TOPIC = "directory.duty_set"
    department: str
    on_duty: bool


class CompetenceSet(DomainEvent, frozen=True, kw_only=True):
    """职责设定: the categories a department may be given; `*` ends a prefix."""

    TOPIC = "directory.competence_set"
    department: str
    categories: tuple[str, ...]


class WorkerAppointed(DomainEvent, frozen=True, kw_only=True):
    """网格员聘任. `kind` is full_time or part_time; the name is sealed under the worker's key."""

    TOPIC = "directory.worker_appointed"
    PERSONAL: ClassVar[dict[str, str]] = {"name": "worker"}
    worker: str
    kind: str
    scope: str
    name: Text | None = None


class WorkerPosted(DomainEvent, frozen=True, kw_only=True):
    """网格员派驻 to a grid."""

    TOPIC = "directory.worker_posted"
    worker: str
    grid: str
    scope: str


class WorkerDismissed(DomainEvent, frozen=True, kw_only=True):
    """网格员解聘. The reason is about a person: sealed since schema 2."""

    TOPIC = "directory.worker_dismissed"
    SCHEMA = 2
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "worker"}
    worker: str
    reason: Text


EVENTS: tuple[type[DomainEvent], ...] = (
    AreaNamed, AreaRetired, DepartmentOpened, DepartmentRenamed, DepartmentClosed,
    DutySet, CompetenceSet, WorkerAppointed, WorkerPosted, WorkerDismissed,
)  # fmt: skip
