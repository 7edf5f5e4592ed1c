"""New York 311 (NYC Open Data): requests by agency, borough and community board.

Borough → community board → incident zip is the city's scope; the zip is its grid.
"""

import re
from typing import Final

from api.importers.columns import NYC
from api.importers.reading import Box, Reading
from api.importers.source import Groups, Source, identity, in_order, opening, slug
from api.importers.stated import AreaStep, Named, Stated

OPEN_WORDS: Final = frozenset(
    {"open", "in progress", "assigned", "pending", "started", "email sent", "draft"}
)
CLOSED_WORDS: Final = frozenset({"closed", "closed - testing"})
_TOLERANCE: Final = 200
_ZIP: Final = re.compile(r"\d{5}", re.ASCII)


def state(source: Source, row: Reading) -> Stated:
    """Return what one row states. Raises RowUnusable."""
    source_id = identity(row, "unique_key")
    opened = opening(row, "created_date")
    closed_at, target = row.time("closed_date"), row.time("due_date")
    updated = row.time("resolution_action_updated_date")
    in_order(row, opened, closed_at, "closed_before_opened", "closed_date")
    in_order(row, opened, target, "target_before_opened", "due_date")
    status = row.plain("status") or ("Open" if closed_at is None else "Closed")
    closed = _closed(row, status, closed_at)
    point = row.point(source.box)
    row.same_place(point, "location", _TOLERANCE)
    resolution = row.text("resolution_description")
    return Stated(
        source_id=source_id, line=row.raw.line, values=row.values, opened=opened,
        closed=closed, closed_at=closed_at, target=target,
        status=status, status_at=updated, status_note=None if closed else resolution,
        closing_text=resolution if closed else None,
        category=_category(row), department=_department(row), areas=_areas(row),
        point=point, address=row.text("incident_address"), description=row.text("descriptor"),
        flags=tuple(sorted(row.flags)),
    )  # fmt: skip


def _closed(row: Reading, status: str, closed_at: int | None) -> bool:
    word = status.lower()
    if word in CLOSED_WORDS:
        if closed_at is None:
            row.flag("closing_time_missing", "closed_date")
        return True
    if word not in OPEN_WORDS:
        row.flag("unknown_status", "status")
    if closed_at is not None:
        row.flag("closing_time_of_open_case", "closed_date")
    return False


def _category(row: Reading) -> Named:
    name = row.plain("complaint_type")
    if name is None:
        row.flag("category_missing", "complaint_type")
        return Named("unstated", "Unstated")
    return Named(slug(name), name)


def _department(row: Reading) -> Named | None:
    code = row.plain("agency")
    return None if code is None else Named(code, row.plain("agency_name") or code)


def _areas(row: Reading) -> tuple[AreaStep, ...]:
    steps = []
    borough, board = _known(row.plain("borough")), _known(row.plain("community_board"))
    zipcode = (row.plain("incident_zip") or "").zfill(5)
    if borough is not None:
        steps.append(AreaStep("township", slug(borough), borough.title()))
    if board is not None:
        steps.append(AreaStep("community", f"cb{slug(board)}", f"Community Board {board.title()}"))
    if _ZIP.fullmatch(zipcode) and zipcode != "00000":
        steps.append(AreaStep("grid", f"z{zipcode}", zipcode))
    return tuple(steps)


def _known(name: str | None) -> str | None:
    """None for `Unspecified` and `0 Unspecified`, the portal's words for not known."""
    return None if name is None or "unspecified" in name.lower() else name


GROUPS: Final = Groups(
    target=frozenset({"due_date"}), department=frozenset({"agency"}),
    category=frozenset({"complaint_type"}), description=frozenset({"descriptor"}),
    place=frozenset(
        {
            "incident_address", "incident_zip", "borough", "community_board",
            "latitude", "longitude",
        }
    ),
    state=frozenset({"closed_date", "status", "resolution_description"}),
    closing=frozenset({"closed_date"}),
)  # fmt: skip

NYC_311: Final = Source(
    name="nyc-311", prefix="nyc", city="New York", city_zh="纽约", fields=NYC,
    required=("unique_key", "created_date"), timezone="America/New_York",
    box=Box(-74.4, 40.3, -73.5, 41.1), groups=GROUPS, states=state,
)  # fmt: skip
