"""What differs between two states of the same thing, field by field.

States are frozen values, and what one event leaves alone is the same object before and
after, so comparing a large state costs what has changed in it. Fields inside a state are
named by their path: `place.grid`, `clocks.handle.due`, `assignments.<id>.status`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, NamedTuple

import msgspec

from domain.calendar.calendar import Calendar
from domain.case.state import Assignment, Running
from domain.case.values import Point
from domain.event import Sealed

Path = tuple[str, ...]
_LEAVES: Final = (Sealed, Point)
"""Told as a whole, not coordinate by coordinate."""
_KEYS: Final[dict[type, Callable[[Any], str]]] = {
    Running: lambda one: str(one.due.clock),
    Assignment: lambda one: str(one.id),
    Calendar: lambda one: str(one.version),
}
"""What tells the members of a list apart; lists of anything else are told as a whole."""


class Change(NamedTuple):
    """One field that has another value now; None: it was not there, or is not any more."""

    path: Path
    before: Any
    after: Any


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Yield every field in which two states differ, in the order of the state's fields."""
    if before is after or before == after:
        return
    was, now = parts(before), parts(after)
    if was is None and now is None:
        if not _nothing(before) or not _nothing(after):
            yield Change(path, before, after)
        return
    was, now = was or {}, now or {}
    for name in dict.fromkeys((*was, *now)):
        yield from differences(was.get(name), now.get(name), (*path, name))


def parts(value: Any) -> Mapping[str, Any] | None:
    """Return the named parts of a value; None for one that is told as a whole."""
    if isinstance(value, Running):
        return _fields(value.due) | {"warned": value.warned, "passed": value.passed}
    if isinstance(value, _LEAVES):
        return None
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    if isinstance(value, Mapping):
        return {_name(key): one for key, one in value.items()}
    if isinstance(value, tuple) and value and type(value[0]) in _KEYS:
        key = _KEYS[type(value[0])]
        return {key(one): one for one in value}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _name(key: Any) -> str:
    return "/".join(part or "*" for part in key) if isinstance(key, tuple) else str(key)


def _nothing(value: Any) -> bool:
    """A field that is not there says as much as an empty one or a plain no."""
    return value is None or value is False or value in ("", (), 0, frozenset())
