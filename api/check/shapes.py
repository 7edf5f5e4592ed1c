"""Documents that the database can write by itself, drawn by hypothesis.

What hypothesis-graphql draws over the whole schema seldom keeps to plain fields. Here each
root that has a way of its own is asked for some of its fields, in any order.
"""

from collections.abc import Sequence
from typing import Any, Final

from graphql import parse
from hypothesis import strategies as st

NAMED: Final = (
    "category { code name nameEn }", "grid { code name }", "area { code level }",
    "department { key name }", "departments { key kind }",
)  # fmt: skip
CASE: Final = (
    "id", "number", "status", "tier", "maxTier", "severity", "channel", "scope", "open", "overdue",
    "flags", "late", "position", "version", "reportedAt", "acceptedAt", "closedAt", "dueAt",
    "updatedAt", "categoryCode", "parent", "mergedInto", "children", "point { lon lat }", "source",
    "returned", *NAMED,
)  # fmt: skip
EVENT: Final = (
    "id", "position", "version", "topic", "title", "titleEn", "at", "recordedAt", "actor", "role",
    "unit", "basis", "state",
)  # fmt: skip
LOADS: Final = ("open", "overdue")
SHAPES: Final[Sequence[tuple[str, str, Sequence[str]]]] = (
    (
        "cases",
        """cases(first: 1, orderBy: REPORTED, filter: {open: true}, after: null,
            asOf: {position: 1}) { pageInfo { hasNextPage endCursor } nodes { $ } }""",
        CASE,
    ),
    (
        "cases",
        """cases(first: 1, orderBy: REPORTED, filter: {scope: "x", status: [CLOSED], open: true})
            { nodes { $ } }""",
        CASE,
    ),
    (
        "case",
        'case(id: "x", asOf: {position: 1}) { $ timeline(first: 1) { nodes { $E } } }',
        (*CASE, "allowed"),
    ),
    ("case", 'case(id: "x", asOf: {position: 1}) { $ allowed }', CASE),
    (
        "case",
        'case(id: "x", asOf: {position: 1}) { allowed $ timeline(first: 1) { nodes { $E } } }',
        CASE,
    ),
    (
        "similarCases",
        'similarCases(case: "x") { case { $ } distanceM sameGrid sameCategory mergeable }',
        CASE,
    ),
    (
        "caseTimeline",
        """caseTimeline(case: "x", first: 1, asOf: {position: 1})
            { pageInfo { hasNextPage } edges { cursor node { $ } } }""",
        EVENT,
    ),
    (
        "gridLoad",
        'gridLoad(scope: "x", asOf: {position: 1}) { $ }',
        (*LOADS, "code", "lifeSafety", "grid { code name live }"),
    ),
    (
        "departmentLoad",
        "departmentLoad(asOf: {position: 1}) { $ }",
        (*LOADS, "id", "name", "nameEn", "handled", "closingRateBp", "department { key onDuty }"),
    ),
    (
        "areaLoad",
        'areaLoad(scope: "x", depth: 1, asOf: {position: 1}) { $ }',
        (*LOADS, "code", "scope", "level", "name", "nameEn", "closingRateBp", "area { timezone }"),
    ),
    (
        "overview",
        'overview(scope: "x", asOf: {position: 1}) { $ }',
        (
            *LOADS,
            "reportedToday",
            "closedToday",
            "lifeSafety",
            "total",
            "closed",
            "closingRateBp",
            "acceptP50S",
        ),
    ),
    ("stageFunnel", 'stageFunnel(scope: "x", asOf: {position: 1}) { $ }', ("status", "cases")),
)
"""A root, a document that asks it, and what may stand for `$` in it (`$E`: fields of events)."""


def shaped(root: str) -> Any:
    """Return the strategy of a root's documents; of nothing for a root without a shape."""
    drawn = [_drawn(text, fields) for name, text, fields in SHAPES if name == root]
    return st.one_of(drawn) if drawn else st.nothing()


def _drawn(text: str, fields: Sequence[str]) -> Any:
    return st.tuples(_some(fields), _some(EVENT)).map(
        lambda drawn: parse(
            f"query {{ {text.replace('$E', ' '.join(drawn[1])).replace('$', ' '.join(drawn[0]))} }}"
        )
    )


def _some(fields: Sequence[str]) -> Any:
    return st.lists(st.sampled_from(list(fields)), min_size=1, max_size=9, unique=True)
