"""Open311 GeoReport v2: service requests and service lists, from any city.

Its extensions' dated notes become steps of the timeline. The interface states no
areas but a zip code, so most of its cases lie in the explicit unlocated area, with
their coordinates. A closed request has no closing time of its own: the closed note
gives it, else the bulk draft's closed_datetime, else the last update, flagged.
"""

from typing import Any, Final

from api.importers.columns import OPEN311, OPEN311_SERVICE
from api.importers.reading import Reading
from api.importers.source import Groups, Source, identity, in_order, opening, slug
from api.importers.stated import AreaStep, Named, Noted, Stated
from api.importers.values import text_of

_KINDS: Final = {"open": "opened", "opened": "opened", "close": "closed", "closed": "closed"}


def state(source: Source, row: Reading) -> Stated:
    """Return what one request states. Raises RowUnusable."""
    source_id = identity(row, "service_request_id")
    opened = opening(row, "requested_datetime")
    updated, target = row.time("updated_datetime"), row.time("expected_datetime")
    notes = _notes(row, opened)
    status = row.plain("status") or "open"
    closed = _closed(row, status)
    closed_at = _closing_time(row, notes, updated) if closed else None
    in_order(row, opened, closed_at, "closed_before_opened", "closed_datetime")
    in_order(row, opened, target, "target_before_opened", "expected_datetime")
    said = row.text("status_notes")
    return Stated(
        source_id=source_id, line=row.raw.line, values=row.values, opened=opened,
        closed=closed, closed_at=closed_at, target=target,
        status=status, status_at=updated, status_note=None if closed else said,
        closing_text=said if closed else None,
        category=_category(row), department=_department(row), areas=_areas(row),
        point=row.point(source.box), address=row.text("address"),
        description=row.text("description"), notes=notes, flags=tuple(sorted(row.flags)),
    )  # fmt: skip


def service(_source: Source, row: Reading) -> Named:
    """Return the category that one row of a service list states. Raises RowUnusable."""
    code = identity(row, "service_code")
    return Named(slug(code), row.plain("service_name") or code)


def _closed(row: Reading, status: str) -> bool:
    if status.lower() == "closed":
        return True
    if status.lower() != "open":
        row.flag("unknown_status", "status")
    return False


def _closing_time(row: Reading, notes: tuple[Noted, ...], updated: int | None) -> int | None:
    closing = [note.at for note in notes if note.kind == "closed"]
    if closing:
        return max(closing)
    stated = row.time("closed_datetime")
    if stated is not None:
        return stated
    if updated is None:
        row.flag("closing_time_missing", "closed_datetime")
    else:
        row.flag("closing_time_from_update", "updated_datetime")
    return updated


def _notes(row: Reading, opened: int) -> tuple[Noted, ...]:
    given = row.tree("notes")
    found = [_note(row, note, opened) for note in given] if isinstance(given, list) else []
    return tuple(sorted(found, key=lambda note: (note.at, note.kind, note.text or "")))


def _note(row: Reading, note: Any, opened: int) -> Noted:
    if not isinstance(note, dict):
        return Noted("activity", opened, text_of(note) or None)
    stamp = text_of(note.get("datetime") or note.get("date"))
    at = row.time_in(stamp, "notes")
    kind = text_of(note.get("type")).lower() or "activity"
    said = [text_of(note.get(name)) for name in ("summary", "description")]
    text = "\n".join(filter(None, said)) or None
    return Noted(_kind(kind), opened if at is None else at, text)


def _kind(word: str) -> str:
    """The four kinds there are; any other word of a city's own is activity."""
    if word.startswith(("follow_on", "follow-on", "followon")):
        return "follow_on"
    return _KINDS.get(word, "activity")


def _category(row: Reading) -> Named:
    code, name = row.plain("service_code"), row.plain("service_name")
    if code is None and name is None:
        row.flag("category_missing", "service_code")
        return Named("unstated", "Unstated")
    return Named(slug(code or name or ""), name or code or "")


def _department(row: Reading) -> Named | None:
    name = row.plain("agency_responsible")
    return None if name is None else Named(name, name)


def _areas(row: Reading) -> tuple[AreaStep, ...]:
    code = row.plain("zipcode")
    return () if code is None else (AreaStep("township", f"z{slug(code)}", code),)


GROUPS: Final = Groups(
    target=frozenset({"expected_datetime"}), department=frozenset({"agency_responsible"}),
    category=frozenset({"service_code", "service_name"}), description=frozenset({"description"}),
    place=frozenset({"address", "zipcode", "latitude", "longitude"}),
    state=frozenset({"closed_datetime", "status", "status_notes"}), notes=frozenset({"notes"}),
    closing=frozenset({"closed_datetime"}),
)  # fmt: skip

OPEN_311: Final = Source(
    name="open311", prefix="o311", city="Open311", city_zh="Open311", fields=OPEN311,
    required=("service_request_id", "requested_datetime"), timezone=None, box=None,
    groups=GROUPS, states=state, named_by_code=True,
)  # fmt: skip
SERVICES: Final = OPEN311_SERVICE
