"""What an administrator may want of areas, departments and workers."""

from domain.event import Command, Text


class NameArea(Command, frozen=True, kw_only=True):
    """命名辖区, for the first time or anew."""

    NAME = "directory.name_area"
    code: str
    scope: str
    level: str
    name: str
    name_en: str = ""
    parent: str | None = None
    administered_by: str | None = None
    source: str = ""


class RetireArea(Command, frozen=True, kw_only=True):
    """撤销辖区, once nothing lives in it."""

    NAME = "directory.retire_area"
    code: str
    reason: str


class OpenDepartment(Command, frozen=True, kw_only=True):
    """设立部门."""

    NAME = "directory.open_department"
    department: str
    name: str
    name_en: str
    scope: str
    kind: str = "government"
    source: str = ""


class RenameDepartment(Command, frozen=True, kw_only=True):
    """部门更名."""

    NAME = "directory.rename_department"
    department: str
    name: str
    name_en: str


class CloseDepartment(Command, frozen=True, kw_only=True):
    """撤销部门."""

    NAME = "directory.close_department"
    department: str
    reason: str


class SetDuty(Command, frozen=True, kw_only=True):
    """设定值班."""

    NAME = "directory.set_duty"
    department: str
    on_duty: bool


class SetCompetence(Command, frozen=True, kw_only=True):
    """设定职责."""

    NAME = "directory.set_competence"
    department: str
    categories: tuple[str, ...]


class AppointWorker(Command, frozen=True, kw_only=True):
    """聘任网格员. The name is clear here and sealed before it is stored."""

    NAME = "directory.appoint_worker"
    worker: str
    kind: str
    scope: str
    name: Text | None = None


class PostWorker(Command, frozen=True, kw_only=True):
    """派驻网格员 to a live grid inside the scope of the appointment."""

    NAME = "directory.post_worker"
    worker: str
    grid: str


class DismissWorker(Command, frozen=True, kw_only=True):
    """解聘网格员."""

    NAME = "directory.dismiss_worker"
    worker: str
    reason: Text


AREA_COMMANDS: tuple[type[Command], ...] = (NameArea, RetireArea)
DEPARTMENT_COMMANDS: tuple[type[Command], ...] = (
    OpenDepartment, RenameDepartment, CloseDepartment, SetDuty, SetCompetence,
)  # fmt: skip
WORKER_COMMANDS: tuple[type[Command], ...] = (AppointWorker, PostWorker, DismissWorker)
