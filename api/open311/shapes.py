"""What the interface calls things: our cases and categories in its words."""

from typing import Any, Final

from api.graphql.scalars import rfc3339
from api.open311.formats import Listed
from api.reference import Reference
from domain.catalogue.state import Category
from domain.words import Kind, word
from projections.case_board.public import PublicRow, PublicUpdate

DEGREE: Final = 1_000_000
GRID_ATTRIBUTE: Final = "grid"
OPEN, CLOSED = "open", "closed"
UPDATED_BY: Final = {
    "case.reported": OPEN, "case.accepted": OPEN, "case.filed": OPEN, "case.dispatched": OPEN,
    "case.redispatched": OPEN, "case.acknowledged": OPEN, "case.suspended": OPEN,
    "case.resumed": OPEN, "case.handled": OPEN, "case.check_passed": OPEN,
    "case.check_failed": OPEN, "case.rework_ordered": OPEN, "case.reopened": OPEN,
    "case.unmerged": OPEN, "case.status_stated": OPEN, "case.declined": CLOSED,
    "case.filing_refused": CLOSED, "case.closed": CLOSED, "case.force_closed": CLOSED,
    "case.merged": CLOSED, "case.cancelled": CLOSED,
}  # fmt: skip
"""What tells somebody outside how a case goes on, and what it is in the interface's words after."""


def service(category: Category, reference: Reference, lang: str) -> dict[str, Any]:
    """Return one service."""
    lead = reference.department(category.lead)
    names = _both(category.name, category.name_en, lang)
    return {
        "service_code": category.code,
        "service_name": names[0],
        "description": names[1],
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(category.aliases),
        "group": _both(lead.name, lead.name_en, lang)[0] if lead is not None else category.lead,
    }


def definition(category: Category, lang: str) -> dict[str, Any]:
    """Return what may be said beside the interface's own fields: the grid's code."""
    attribute = {
        "variable": True,
        "code": GRID_ATTRIBUTE,
        "datatype": "string",
        "required": False,
        "datatype_description": None,
        "order": 1,
        "description": _both("网格编码", "Code of the grid, where the place is not known", lang)[0],
        "values": Listed("value", []),
    }
    return {"service_code": category.code, "attributes": Listed("attribute", [attribute])}


def request(row: PublicRow, reference: Reference, lang: str) -> dict[str, Any]:
    """Return one case. Words of people stay sealed, so there is no description."""
    category = reference.category(row.category, row.scope)
    department = reference.department(row.department) if row.department else None
    state = word(Kind.STATE, row.status)
    return {
        "service_request_id": row.number,
        "status": OPEN if row.open else CLOSED,
        "status_notes": _both(state.zh, state.en, lang)[0],
        "service_name": _named(category, lang) or row.category,
        "service_code": row.category,
        "description": None,
        "agency_responsible": _named(department, lang) or row.department,
        "service_notice": None,
        "requested_datetime": _instant(row.reported_at),
        "updated_datetime": _instant(row.updated_at),
        "expected_datetime": _instant(row.total_due),
        "address": None,
        "address_id": row.grid,
        "zipcode": None,
        "lat": None if row.lat is None else row.lat / DEGREE,
        "long": None if row.lon is None else row.lon / DEGREE,
        "media_url": None,
        "extended_attributes": {
            "status": row.status,
            "overdue": row.overdue,
            "closed_datetime": _instant(row.closed_at),
            "scope": row.scope,
            "position": str(row.position),
        },
    }


def update(row: PublicUpdate, lang: str) -> dict[str, Any]:
    """Return one thing that happened to a case; `update_id` is its position in the log."""
    said = word(Kind.EVENT, row.topic)
    return {
        "update_id": str(row.position),
        "service_request_id": row.number,
        "status": UPDATED_BY[row.topic],
        "updated_datetime": _instant(row.at),
        "description": _both(said.zh, said.en, lang)[0],
        "extended_attributes": {"event": row.topic},
    }


def _named(one: Any, lang: str) -> str | None:
    return None if one is None else _both(one.name, one.name_en, lang)[0]


def _both(zh: str, en: str, lang: str) -> tuple[str, str]:
    """Return a text in the asked language, then in the other."""
    first, second = (en, zh) if lang == "en" else (zh, en)
    return (first or second), (second or first)


def _instant(at: int | None) -> str | None:
    return None if at is None else f"{rfc3339(at)[:19]}Z"
