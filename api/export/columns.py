"""The columns of each export, in order, and their types. The list only grows at its end."""

from enum import StrEnum
from typing import Final

from arro3.core import DataType, Field, Schema


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"


CASES: Final[dict[str, Kind]] = {
    "number": Kind.TEXT, "status": Kind.TEXT, "open": Kind.FLAG, "overdue": Kind.FLAG,
    "category": Kind.TEXT, "category_name": Kind.TEXT, "category_name_en": Kind.TEXT,
    "severity": Kind.TEXT, "tier": Kind.TEXT, "channel": Kind.TEXT, "scope": Kind.TEXT,
    "grid": Kind.TEXT, "lon": Kind.NUMBER, "lat": Kind.NUMBER, "department": Kind.TEXT,
    "department_name": Kind.TEXT, "basis": Kind.TEXT, "source": Kind.TEXT,
    "reported_at": Kind.INSTANT, "accepted_at": Kind.INSTANT, "filed_at": Kind.INSTANT,
    "dispatched_at": Kind.INSTANT, "acknowledged_at": Kind.INSTANT, "handled_at": Kind.INSTANT,
    "checked_at": Kind.INSTANT, "closed_at": Kind.INSTANT, "updated_at": Kind.INSTANT,
    "due_at": Kind.INSTANT, "total_due": Kind.INSTANT, "returned": Kind.INTEGER,
    "rework": Kind.INTEGER, "reopened": Kind.INTEGER, "satisfaction": Kind.TEXT,
    "position": Kind.INTEGER,
}  # fmt: skip
FIGURES: Final[dict[str, Kind]] = {
    "code": Kind.TEXT, "definition": Kind.TEXT, "name": Kind.TEXT, "name_en": Kind.TEXT,
    "key": Kind.TEXT, "unit": Kind.TEXT, "value": Kind.NUMBER, "p90_s": Kind.NUMBER,
    "numerator": Kind.INTEGER, "denominator": Kind.INTEGER, "n": Kind.INTEGER,
    "left_out": Kind.INTEGER, "since": Kind.INSTANT, "until": Kind.INSTANT,
    "position": Kind.INTEGER,
}  # fmt: skip
_ARROW: Final = {
    Kind.TEXT: DataType.utf8(),
    Kind.INTEGER: DataType.int64(),
    Kind.NUMBER: DataType.float64(),
    Kind.FLAG: DataType.bool(),
    Kind.INSTANT: DataType.timestamp("us", tz="UTC"),
}


def schema(columns: dict[str, Kind]) -> Schema:
    """Return the columns as Arrow types."""
    return Schema([Field(name, _ARROW[kind], nullable=True) for name, kind in columns.items()])
