"""Field changes as people read them: names in zh and en, values as text.

Instants are RFC 3339, lists JSON. A sealed value is told only to those it was opened for
before the states were folded; for others it is masked, and where its key is gone, erased.
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import strawberry

from api.graphql.scalars import rfc3339
from domain.case.values import Point
from domain.change import Change, Path, differences
from domain.event import Sealed
from domain.words import WORDS, Kind, word

INSTANTS: Final = frozenset({"due", "start", "warn", "pauses"})
MOMENT: Final = ("_at", "_until", "_due")
"""How the names of fields end that hold an instant."""
PLACE: Final = ("place", "point")
OWNERS: Final = {"contact": "contact"}
"""Whose key a sealed field of a state is under, where it is not the case's."""


@strawberry.type(description="A field that an event changed, or that differs between two states.")
class FieldChange:
    """Null stands for nothing there; look at `masked` and `erased` before saying so."""

    field: str = strawberry.field(description="Path in the state, such as clocks.handle.due.")
    name: str = strawberry.field(description="The field in Chinese.")
    name_en: str = strawberry.field(description="The field in English.")
    before: str | None = strawberry.field(
        description="The value before as text: instants in RFC 3339, lists as JSON."
    )
    after: str | None = strawberry.field(description="The value after, likewise.")
    masked: bool = strawberry.field(description="Whether the values are personal and not for you.")
    erased: bool = strawberry.field(description="Whether a value's key was destroyed.")


def field_changes(
    before: Any, after: Any, *, owners: frozenset[str], placed: bool = True
) -> Iterator[FieldChange]:
    """Yield what differs between two states.

    `owners` are those whose words were opened as far as keys exist: what is still sealed of
    theirs is erased. Without `placed` a plain point is masked: its case is sensitive now.
    """
    for change in differences(before, after):
        sealed = isinstance(change.before, Sealed) or isinstance(change.after, Sealed)
        opened = OWNERS.get(change.path[-1], "case") in owners
        hidden = change.path == PLACE and not placed
        yield _spoken(change, masked=hidden or (sealed and not opened), erased=sealed and opened)


def _spoken(change: Change, *, masked: bool, erased: bool) -> FieldChange:
    zh, en = named(change.path)
    return FieldChange(
        field=".".join(change.path), name=zh, name_en=en,
        before=None if masked else text(change.path[-1], change.before),
        after=None if masked else text(change.path[-1], change.after),
        masked=masked, erased=erased,
    )  # fmt: skip


def named(path: Path) -> tuple[str, str]:
    """Return what a path is called, zh and en: its parts, each in its own words."""
    words = [_word(part) for part in path]
    return " · ".join(zh for zh, _ in words), " · ".join(en for _, en in words)


def _word(part: str) -> tuple[str, str]:
    return WORDS[Kind.CLOCK].get(part) or word(Kind.FIELD, part)


def text(name: str, value: Any) -> str | None:
    """Return a field's value as text; None for one that is not there, empty or sealed."""
    if value is None or value == () or isinstance(value, Sealed):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and (name in INSTANTS or name.endswith(MOMENT)):
        return rfc3339(value) if value else None
    if isinstance(value, str | int):
        return str(value)
    return orjson.dumps(_plain(name, value)).decode()


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Point):
        return {"lon": value.lon / 1_000_000, "lat": value.lat / 1_000_000}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(name, one) for one in value]
    return rfc3339(value) if isinstance(value, int) and name in INSTANTS else value
