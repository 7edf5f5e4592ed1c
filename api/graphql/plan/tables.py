"""What PostgreSQL can write by itself: a GraphQL type as rows of a read model, as data.

A field is a column of its own name, or what `written` says over the row `b`, or an object
of columns (`shaped`), or `recalled`: found in the district in memory by keys of the row.
What is in none of them has a resolver that does more, and the plan goes another way.
`:hidden` tells whether the exact place of the row's case is hidden from lists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.graphql.load import area_words, department_names
from api.graphql.mutation.inputs import DEGREE
from api.graphql.place import (
    area_of,
    category_of,
    department_of,
    grid_of,
    known_department,
    nearest_area,
)
from api.graphql.words import title_of
from api.reference import Reference
from projections.case_board.row import BoardRow
from projections.case_timeline.queries import EntryRow

Find = Callable[[Reference, Any], Any]
ID: Final = "rtrim(encode(('1:{0}:' || {1}::text)::bytea, 'base64'), '=')"
"""An id, as `ids.encode_id` makes it. Base64 needs no `-` and `_` here: `+` and `/` stand for
bits that letters, digits, `:` and `-` do not have, and translating costs 10 µs a row."""
RATE: Final = "case when b.total > 0 then (b.closed * 20000 + b.total) / (2 * b.total) end"
"""`closing_rate_bp` of the read models, in the database's integers."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A field found in memory: by the text that `key` makes of a row, null for a null key."""

    key: str
    find: Find


@dataclass(frozen=True, slots=True)
class Shaped:
    """An object made of columns; null where `absent`."""

    absent: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one GraphQL type. `placed` names fields that show a place in their text."""

    kind: str
    columns: frozenset[str]
    written: Mapping[str, str] = field(default_factory=dict)
    shaped: Mapping[str, Shaped] = field(default_factory=dict)
    recalled: Mapping[str, Recalled] = field(default_factory=dict)
    placed: frozenset[str] = frozenset()
    ids: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Fields of `written` that are ids: of which kind, and the column with the key."""


def _category(reference: Reference, key: str) -> Any:
    code, _, scope = key.rpartition(" ")
    found = reference.category(code, scope)
    return None if found is None else category_of(found)


def _grid(reference: Reference, code: str | None) -> Any:
    found = reference.grid(code) if code is not None else None
    return None if found is None else grid_of(found)


def _departments(reference: Reference, keys: str) -> Any:
    found = (known_department(reference, key) for key in keys.split("\n"))
    return [one for one in found if one is not None]


def _department(reference: Reference, key: str) -> Any:
    found = reference.department(key)
    return None if found is None else department_of(found)


def _area(reference: Reference, scope: str) -> Any:
    found = reference.area(scope)
    return None if found is None else area_of(found, reference)


CASES: Final = {"id": "b.id", "mergedInto": "b.merged_into", "parent": "b.parent"}
"""Ids of cases by their field, and the columns with their keys."""
CASE: Final = Table(
    kind="Case",
    columns=frozenset(BoardRow.__struct_fields__),
    written={
        **{name: ID.format("Case", column) for name, column in CASES.items()},
        "categoryCode": "b.category",
        "children": f"array(select {ID.format('Case', 'one')}"
        " from unnest(b.children) with ordinality as child (one, n) order by n)",
    },
    shaped={
        "point": Shaped(
            "b.lon is null or b.lat is null or :hidden",
            {"lon": f"b.lon::float8 / {DEGREE}", "lat": f"b.lat::float8 / {DEGREE}"},
        )
    },
    recalled={
        "category": Recalled("b.category || ' ' || b.scope", _category),
        "grid": Recalled("b.grid", _grid),
        "area": Recalled("b.scope", nearest_area),
        "department": Recalled("b.department", known_department),
        "departments": Recalled("array_to_string(b.departments, E'\\n')", _departments),
    },
    ids={name: ("Case", column) for name, column in CASES.items()},
)
EVENT: Final = Table(
    kind="CaseEvent",
    columns=frozenset(EntryRow.__struct_fields__) - {"state"},
    written={
        "id": ID.format("Event", "b.position"),
        "state": "convert_from(b.state, 'UTF8')",
    },
    recalled={
        "title": Recalled("b.topic", lambda _reference, topic: title_of(topic)[0]),
        "titleEn": Recalled("b.topic", lambda _reference, topic: title_of(topic)[1]),
    },
    placed=frozenset({"state"}),
)
GRID_LOAD: Final = Table(
    kind="GridLoad",
    columns=frozenset({"code", "open", "overdue", "life_safety"}),
    recalled={"grid": Recalled("b.code", _grid)},
)
DEPARTMENT_LOAD: Final = Table(
    kind="DepartmentLoad",
    columns=frozenset({"id", "open", "overdue", "handled", "total"}),
    written={"closingRateBp": RATE},
    recalled={
        "name": Recalled("b.id", lambda known, key: department_names(known.departments, key)[0]),
        "nameEn": Recalled("b.id", lambda known, key: department_names(known.departments, key)[1]),
        "department": Recalled("b.id", _department),
    },
)
AREA_LOAD: Final = Table(
    kind="AreaLoad",
    columns=frozenset({"scope", "open", "overdue"}),
    written={"closingRateBp": RATE},
    recalled={
        "code": Recalled("b.scope", lambda known, scope: area_words(known, scope)[0]),
        "level": Recalled("b.scope", lambda known, scope: area_words(known, scope)[1]),
        "name": Recalled("b.scope", lambda known, scope: area_words(known, scope)[2]),
        "nameEn": Recalled("b.scope", lambda known, scope: area_words(known, scope)[3]),
        "area": Recalled("b.scope", _area),
    },
)
OVERVIEW: Final = Table(
    kind="Overview",
    columns=frozenset(
        {
            "open", "overdue", "life_safety", "total", "closed", "reported_today", "closed_today",
            "accept_p50_s",
        }
    ),
    written={"closingRateBp": RATE},
)  # fmt: skip
STAGE: Final = Table(kind="Stage", columns=frozenset({"status", "cases"}))
