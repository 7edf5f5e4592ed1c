"""What one row states, free of its source: the only thing that planning knows."""

from dataclasses import dataclass
from typing import Final

from domain.case.values import Point

DUPLICATE: Final = "duplicate_id"
"""The rule that a file breaks which states one case in two ways."""


@dataclass(frozen=True, slots=True)
class AreaStep:
    """One step down from the city; `segment` is a slug, `level` as in the directory or grid."""

    level: str
    segment: str
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """A department or category: a code of its own and the name the source gives."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A dated note: opened, activity, follow_on, closed, or the source's own word."""

    kind: str
    at: int
    text: str | None


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """A rule that a stated field breaks, named as the portal names it."""

    rule: str
    field: str


@dataclass(frozen=True, slots=True)
class Stated:
    """One row. Times are microseconds UTC; None is what the source does not say.

    `values` is the canonical text by field, of the columns the file has.
    """

    source_id: str
    line: int
    values: dict[str, str]
    opened: int
    closed: bool
    closed_at: int | None
    target: int | None
    status: str
    status_at: int | None
    status_note: str | None
    closing_text: str | None
    category: Named
    department: Named | None
    areas: tuple[AreaStep, ...]
    point: Point | None
    address: str | None
    description: str | None
    notes: tuple[Noted, ...] = ()
    flags: tuple[Flag, ...] = ()
