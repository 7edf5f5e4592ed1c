"""The rules about areas, departments and workers, one function each."""

from typing import Final

from domain.actor import Role, within
from domain.codes import SLUG, in_range, is_national, is_scope, segments
from domain.errors import Rejected
from domain.event import By, Text

MAY_DIRECT: Final = frozenset({Role.ADMINISTRATOR, Role.IMPORT})
MAY_SET_DUTY: Final = MAY_DIRECT | {Role.DUTY_LEADER}
LEVELS: Final = ("district", "township", "community")
DEPARTMENT_KINDS: Final = frozenset({"government", "utility", "community", "source"})
WORKER_KINDS: Final = frozenset({"full_time", "part_time"})
_ABOVE: Final = {"district": None, "township": "district", "community": "township"}


def allowed(by: By, scope: str, roles: frozenset[Role] = MAY_DIRECT) -> None:
    """Only these roles, inside their own scope."""
    if by.role not in roles:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role)
    if not within(scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=scope, own=by.scope)


def known(there: bool, live: bool, code: str) -> None:
    """What does not exist, or no longer does, can't be changed."""
    if not there:
        raise Rejected("UNKNOWN", which=code)
    if not live:
        raise Rejected("RETIRED", which=code)


def slug(code: str) -> None:
    """A code is letters, digits, `-` and `_`; never a dot."""
    if SLUG.fullmatch(code) is None:
        raise Rejected("CODE_MALFORMED", which=code)


def named(name: str) -> None:
    """Everything has a name."""
    if not name:
        raise Rejected("NAME_MISSING")


def reasoned(reason: Text) -> None:
    """Nothing ends without a reason."""
    if not reason:
        raise Rejected("REASON_MISSING")


def area_code_fits(code: str, scope: str, level: str) -> None:
    """The scope is well formed, and in the national scheme its digits are the code."""
    if not is_scope(scope):
        raise Rejected("SCOPE_MALFORMED", scope=scope)
    if level not in LEVELS:
        raise Rejected("AREA_LEVEL_UNKNOWN", level=level)
    if not is_national(scope):
        slug(code)
        return
    parts = segments(scope)
    if "".join(parts) != code or len(parts) != LEVELS.index(level) + 1:
        raise Rejected("AREA_CODE_MALFORMED", area=code, scope=scope, level=level)
    if len(parts) > 1 and (len(parts[-1]) != 3 or not in_range(level, parts[-1])):
        raise Rejected("AREA_CODE_OUT_OF_RANGE", area=code, level=level)


def level_above(level: str, scope: str, parent_level: str | None) -> None:
    """Below a district townships, below a township communities; other cities may leave one out."""
    if level == "district" and len(segments(scope)) == 1:
        return
    if parent_level is None:
        raise Rejected("PARENT_AREA_UNKNOWN", scope=scope)
    higher = LEVELS.index(parent_level) < LEVELS.index(level)
    exact = _ABOVE[level] == parent_level
    if not (exact if is_national(scope) else higher):
        raise Rejected("PARENT_AREA_LEVEL", level=parent_level, needed=_ABOVE[level])
