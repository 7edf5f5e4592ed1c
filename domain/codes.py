"""The syntax of codes: areas, grids, categories, and the limits of stage clocks.

A district whose own code is six digits follows the national scheme, 6 + 3 + 3 + 3
digits with a range for each kind (docs/sources.md); any other city may use any slug.
"""

import re
from typing import Final

SLUG: Final = re.compile(r"\w[\w-]{0,79}")
"""A code of a city without the national scheme: no dot, because scopes are cut at dots."""
NATIONAL_DISTRICT: Final = re.compile(r"\d{6}")
GRID: Final = re.compile(r"\d{6}(0\d\d|[1-5]\d\d)\d{3}\d{3}")
"""The 15 digits of a grid in the national scheme."""
LIMIT: Final = re.compile(r"([1-9]\d{0,2})([UHWC])")
"""A stage limit: urgent hours, working hours, working days or calendar days."""

_NOMINAL_HOURS: Final = {"U": 1.0, "H": 3.0, "C": 24.0, "W": 33.6}
_RANGES: Final = {
    "district": ((1, 1_000_000),),
    "township": ((1, 600),),
    "community": ((1, 600),),
    "base": ((1, 800),),
    "special": ((801, 900),),
    "temporary": ((901, 1000),),
}


def is_national(scope: str) -> bool:
    """Tell whether a scope lies in a district that follows the national scheme."""
    return NATIONAL_DISTRICT.fullmatch(scope.partition(".")[0]) is not None


def segments(scope: str) -> tuple[str, ...]:
    """Return the codes a scope is joined from."""
    return tuple(scope[:-1].split(".")) if scope.endswith(".") else ()


def parent_scope(scope: str) -> str:
    """Return the scope one level up, empty at the top."""
    cut = scope[:-1].rfind(".") + 1
    return scope[:cut]


def is_scope(scope: str) -> bool:
    """Tell whether a scope is well formed: slugs joined and ended by dots."""
    parts = segments(scope)
    return bool(parts) and all(SLUG.fullmatch(part) for part in parts)


def in_range(kind: str, segment: str) -> bool:
    """Tell whether a national segment lies in the range of its kind (level or grid kind)."""
    if not segment.isascii() or not segment.isdigit():
        return False
    return any(low <= int(segment) < high for low, high in _RANGES.get(kind, ()))


def covers(pattern: str, code: str) -> bool:
    """Tell whether a code matches: exactly, or by a prefix that ends in `*`."""
    if pattern.endswith("*"):
        return code.startswith(pattern[:-1])
    return pattern == code


def nominal_hours(limit: str) -> float:
    """Return roughly how long a limit is, to tell the tighter of two of different kinds.

    A working hour counts three (eight in twenty-four), a working day 33.6 (five in seven).
    """
    match = LIMIT.fullmatch(limit)
    assert match is not None, limit
    return int(match[1]) * _NOMINAL_HOURS[match[2]]
