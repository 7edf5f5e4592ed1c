"""Reads one row's fields, and keeps the flags of what can't be read or can't be right."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from api.importers.columns import Field
from api.importers.rows import RawRow
from api.importers.stated import Flag
from api.importers.times import read_time
from api.importers.values import canonical, micro_degrees, pair, text_of
from domain.case.values import Point

UNREADABLE: Final = "unreadable_time"
_FARTHEST: Final = 180_000_000


class Box:
    """Where a city can be, degrees × 1e6, generously: (west, south, east, north)."""

    __slots__ = ("east", "north", "south", "west")

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self.west, self.south = int(west * 1e6), int(south * 1e6)
        self.east, self.north = int(east * 1e6), int(north * 1e6)

    def holds(self, lon: int, lat: int) -> bool:
        """Tell whether a point lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Reading:
    """One row under the source's own field names; asks once, flags once."""

    def __init__(self, raw: RawRow, fields: Mapping[str, Field], zone: tzinfo | None) -> None:
        self.raw = raw
        self.zone = zone
        self.flags: set[Flag] = set()
        self._published = {field.name: name for name, field in fields.items()}
        self._given: dict[str, Any] = {
            field.name: raw.values.get(name) for name, field in fields.items()
        }
        self.values = {
            field.name: canonical(field.kind, self._given[field.name], zone)
            for field in fields.values()
        }

    def text(self, name: str) -> str | None:
        """Return a field as it stands, without outer blanks; None when empty or absent."""
        return text_of(self._given.get(name)) or None

    def plain(self, name: str) -> str | None:
        """Return a field's canonical text; None when empty or absent."""
        return self.values.get(name) or None

    def tree(self, name: str) -> Any:
        """Return a nested field as it stands."""
        return self._given.get(name)

    def time(self, name: str) -> int | None:
        """Return an instant; one that can't be read is flagged and None."""
        text = self.text(name)
        return None if text is None else self.time_in(text, name)

    def time_in(self, text: str, name: str) -> int | None:
        """Return the instant of a text inside a field."""
        instant = read_time(text, self.zone)
        if instant is None:
            self.flag(UNREADABLE, name)
            return None
        if instant.broken is not None:
            self.flag(instant.broken, name)
        return instant.at

    def point(self, city: Box | None) -> Point | None:
        """Return the coordinates as stated, flagged when they can't be the case's place."""
        texts = self.text("longitude"), self.text("latitude")
        if texts == (None, None):
            return None
        lon, lat = (micro_degrees(text or "") for text in texts)
        if lon is None or lat is None:
            self.flag("coordinates_unreadable", "latitude" if lat is None else "longitude")
            return None
        if abs(lat) > _FARTHEST // 2 or abs(lon) > _FARTHEST:
            which = "latitude" if abs(lon) <= _FARTHEST else "longitude"
            self.flag("coordinates_impossible", which)
        elif (lon, lat) == (0, 0) or (city is not None and not city.holds(lon, lat)):
            self.flag("coordinates_outside_city", "latitude")
        return Point(lon=lon, lat=lat)

    def same_place(self, point: Point | None, name: str, tolerance: int) -> None:
        """Flag a second coordinate column that says something else."""
        other = pair(self.tree(name))
        if point is None or other is None:
            return
        if max(abs(other[0] - point.lat), abs(other[1] - point.lon)) > tolerance:
            self.flag("coordinates_disagree", name)

    def flag(self, rule: str, name: str) -> None:
        """Note that a field breaks a rule."""
        self.flags.add(Flag(rule, name))

    def column(self, name: str) -> int:
        """Return where a field stands on its line, 1 when that can't be told."""
        return self.raw.columns.get(self._published.get(name, ""), 1)
