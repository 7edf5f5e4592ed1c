"""Times as portals write them: with or without a zone, in either date form.

A local time that the clocks showed twice, or never, is read as its first fold and
flagged: it is what the source states, and we don't know better.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.importers.refused import FileRefused

AMBIGUOUS: Final = "ambiguous_local_time"
NONEXISTENT: Final = "nonexistent_local_time"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_ISO: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<zone>Z|[+-]\d\d(?::?\d\d)?))?)?",
    re.ASCII,
)
_AMERICAN: Final = re.compile(
    r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4})"
    r"(?: (?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?: ?(?P<half>[AaPp][Mm]))?)?",
    re.ASCII,
)


class Instant(NamedTuple):
    """Microseconds UTC, and the rule a local time breaks, if any."""

    at: int
    broken: str | None = None


def zone_of(name: str) -> tzinfo:
    """Return an IANA time zone. Raises FileRefused for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise FileRefused(f"there is no time zone called {name!r}") from error


@lru_cache(maxsize=65_536)
def read_time(text: str, zone: tzinfo | None) -> Instant | None:
    """Return the instant a text states, or None when it can't be read.

    `zone` is that of times without an offset; with None those can't be read either.
    """
    match = _ISO.fullmatch(text) or _AMERICAN.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        local = _local(parts)
    except ValueError:
        return None
    if parts.get("zone"):
        return Instant(_micros(local.replace(tzinfo=_offset(parts["zone"]))))
    return None if zone is None else _placed(local.replace(tzinfo=zone))


def _local(parts: dict[str, str | None]) -> datetime:
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = (parts.get("fraction") or "0")[:6].ljust(6, "0")
    return datetime(  # noqa: DTZ001 - a local time; its zone is put on next
        int(parts["year"] or 0), int(parts["month"] or 0), int(parts["day"] or 0),
        hour, int(parts["minute"] or 0), int(parts["second"] or 0), int(fraction),
    )  # fmt: skip


def _offset(text: str | None) -> tzinfo:
    assert text is not None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _placed(local: datetime) -> Instant:
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    at = _micros(local.replace(fold=0))
    if first == second:
        return Instant(at)
    return Instant(at, AMBIGUOUS if first > second else NONEXISTENT)


def _micros(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND
