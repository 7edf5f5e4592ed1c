"""One value, whatever form it was published in: its canonical text.

`7.0`, `7` and `07` are one number, two blanks are one blank, a time is its instant:
so a row in titles and CSV equals the same row in field names and JSON.
"""

import json
import re
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from api.importers.times import read_time

_NUMBER: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,20})?", re.ASCII)
_WHOLE: Final = re.compile(r"(\d+)\.0+", re.ASCII)
_WARD: Final = re.compile(r"ward\s*", re.IGNORECASE)
_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?", re.ASCII)
_PAIR: Final = re.compile(r"\(\s*([^,()\s]+)[,\s]\s*([^,()\s]+)\s*\)")


def text_of(value: Any) -> str:
    """Return a value as stripped text, empty where the source says nothing."""
    if isinstance(value, str):
        return value.strip()
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (dict, list)):
        return json.dumps(_plain_tree(value), ensure_ascii=False, sort_keys=True)
    return str(value)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return text with single blanks; a number without leading or trailing zeros."""
    if _NUMBER.fullmatch(text) is None:
        return " ".join(text.split())
    number = Decimal(text).normalize()
    return f"{number:f}" if number else "0"


def ident(text: str) -> str:
    """Return an id; a whole number that a data frame made a float is whole again."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


@lru_cache(maxsize=65_536)
def micro_degrees(text: str) -> int | None:
    """Return degrees × 1e6, rounded half away from zero; None when it is no number."""
    if _DEGREES.fullmatch(text) is None:
        return None
    return int((Decimal(text) * 1_000_000).to_integral_value("ROUND_HALF_UP"))


def pair(value: Any) -> tuple[int, int] | None:
    """Return (lat, lon) × 1e6 of a point column, in any of its four published forms."""
    if isinstance(value, dict):
        if "coordinates" in value and isinstance(value["coordinates"], list):
            lon, lat = (text_of(part) for part in value["coordinates"][:2])
        else:
            lat, lon = text_of(value.get("latitude")), text_of(value.get("longitude"))
    else:
        match = _PAIR.search(text_of(value))
        if match is None:
            return None
        lat, lon = match[1], match[2]
        if text_of(value).upper().startswith("POINT"):
            lat, lon = lon, lat
    found = micro_degrees(lat), micro_degrees(lon)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def canonical(kind: str, value: Any, zone: tzinfo | None) -> str:
    """Return the canonical text of a value; equal texts are the same statement."""
    text = text_of(value)
    if not text:
        return ""
    if kind == "time":
        instant = read_time(text, zone)
        return text if instant is None else str(instant.at)
    if kind == "degree":
        degrees = micro_degrees(text)
        return text if degrees is None else str(degrees)
    if kind == "point":
        point = pair(value)
        return text if point is None else f"{point[0]},{point[1]}"
    if kind == "ward":
        return plain(_WARD.sub("", text))
    if kind == "id":
        return ident(text)
    return plain(text) if kind == "plain" else _blanks(text)


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _plain_tree(value: Any) -> Any:
    """Every leaf as text, empty members left out: XML and JSON say the same."""
    if isinstance(value, dict):
        members = {str(key): _plain_tree(inner) for key, inner in value.items()}
        return {key: inner for key, inner in members.items() if inner not in ("", {}, [])}
    if isinstance(value, list):
        return [_plain_tree(inner) for inner in value]
    return text_of(value)
