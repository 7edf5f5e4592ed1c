"""Boston 311 (Analyze Boston): requests with targets, departments, wards and precincts.

Neighbourhood → ward → precinct is the city's scope; the precinct is its grid. The
portal prints city hall's coordinates where it has none, beside `(0, 0)`: flagged.
"""

from collections.abc import Mapping
from typing import Final

from api.importers.columns import BOSTON
from api.importers.reading import Box, Reading
from api.importers.source import Groups, Source, identity, in_order, opening, slug
from api.importers.stated import AreaStep, Named, Stated

OPEN_WORDS: Final = frozenset({"open", "in progress"})
_TOLERANCE: Final = 2_000
"""0.002°, about 200 m: the two columns are rounded differently."""

DEPARTMENTS: Final[Mapping[str, str]] = {
    "ANML": "Animal Control",
    "BTDT": "Transportation - Traffic Division",
    "BWSC": "Boston Water & Sewer Commission",
    "CHT_": "City Hall Truck",
    "DISB": "Disability Department",
    "HS_O": "Civil Rights",
    "INFO": "Mayor's 24 Hour Hotline",
    "ISD": "Inspectional Services",
    "PARK": "Parks & Recreation Department",
    "PROP": "Property Management",
    "PWDx": "Public Works Department",
}
"""Code → the SUBJECT that the portal prints most often beside it. Others keep their code."""


def state(source: Source, row: Reading) -> Stated:
    """Return what one row states. Raises RowUnusable."""
    source_id = identity(row, "case_enquiry_id")
    opened = opening(row, "open_dt")
    closed_at, target = row.time("closed_dt"), row.time("target_dt")
    in_order(row, opened, closed_at, "closed_before_opened", "closed_dt")
    in_order(row, opened, target, "target_before_opened", "target_dt")
    status = row.plain("case_status") or ("Open" if closed_at is None else "Closed")
    closed = _closed(row, status, closed_at)
    point = row.point(source.box)
    row.same_place(point, "geocoded_location", _TOLERANCE)
    reason = row.text("closure_reason")
    return Stated(
        source_id=source_id, line=row.raw.line, values=row.values, opened=opened,
        closed=closed, closed_at=closed_at, target=target,
        status=status, status_at=None, status_note=None if closed else reason,
        closing_text=reason if closed else None,
        category=_category(row), department=_department(source, row), areas=_areas(row),
        point=point, address=row.text("location"), description=row.text("case_title"),
        flags=tuple(sorted(row.flags)),
    )  # fmt: skip


def _closed(row: Reading, status: str, closed_at: int | None) -> bool:
    word = status.lower()
    if word == "closed":
        if closed_at is None:
            row.flag("closing_time_missing", "closed_dt")
        return True
    if word not in OPEN_WORDS:
        row.flag("unknown_status", "case_status")
    if closed_at is not None:
        row.flag("closing_time_of_open_case", "closed_dt")
    return False


def _category(row: Reading) -> Named:
    name = row.plain("type")
    if name is None:
        row.flag("category_missing", "type")
        return Named("unstated", "Unstated")
    return Named(slug(name), name)


def _department(source: Source, row: Reading) -> Named | None:
    code = row.plain("department")
    if code is None:
        return None
    return Named(code, (source.department_names or {}).get(code, code))


def _areas(row: Reading) -> tuple[AreaStep, ...]:
    steps = []
    neighbourhood, ward, precinct = map(row.plain, ("neighborhood", "ward", "precinct"))
    if neighbourhood is not None:
        steps.append(AreaStep("township", slug(neighbourhood), neighbourhood))
    if ward is not None:
        steps.append(AreaStep("community", f"w{slug(ward)}", f"Ward {ward}"))
    if precinct is not None:
        code = precinct.zfill(4)
        steps.append(AreaStep("grid", f"p{slug(code)}", f"Precinct {code}"))
    return tuple(steps)


GROUPS: Final = Groups(
    target=frozenset({"target_dt"}), department=frozenset({"department"}),
    category=frozenset({"type"}), description=frozenset({"case_title"}),
    place=frozenset({"location", "neighborhood", "ward", "precinct", "latitude", "longitude"}),
    state=frozenset({"closed_dt", "case_status", "closure_reason"}),
    closing=frozenset({"closed_dt"}),
)  # fmt: skip

BOSTON_311: Final = Source(
    name="boston-311", prefix="bos", city="Boston", city_zh="波士顿", fields=BOSTON,
    required=("case_enquiry_id", "open_dt"), timezone="America/New_York",
    box=Box(-71.3, 42.1, -70.7, 42.6), groups=GROUPS, states=state, department_names=DEPARTMENTS,
)  # fmt: skip
