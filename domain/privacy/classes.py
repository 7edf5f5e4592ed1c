"""How each field of each event is classed: four classes, as data, and complete.

`public` may be shown to anybody while a case is open to the public; `internal` stays with
those who work; `personal` is sealed under a key that can be destroyed; `sensitive` is sealed
too and is opened only for a stated purpose. Which fields are sealed stands on the events
(`PERSONAL`), with their owner; here stands what the owner means, and the class of all others.
A path means the same in every event, so one table serves them all.
"""

import types
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from domain.case.values import Point
from domain.event import DomainEvent, Sealed


class FieldClass(StrEnum):
    """Who may see a field."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


SEALED: Final = frozenset({FieldClass.PERSONAL, FieldClass.SENSITIVE})

OWNERS: Final[dict[str, FieldClass]] = {
    "case": FieldClass.PERSONAL,
    "contact": FieldClass.SENSITIVE,
    "worker": FieldClass.PERSONAL,
    "office": FieldClass.PERSONAL,
    "account": FieldClass.PERSONAL,
    "webhook": FieldClass.SENSITIVE,
}
"""By whose key it is sealed. In a case of a sensitive category all of these are sensitive."""

_PUBLIC: Final = """
    after aliases calendar categories category checkpoint clock code department
    digests dues.calendar dues.clock dues.due dues.limit dues.start dues.warn epoch
    explanation.reason explanation.reason_en explanation.rule first_year grid holidays hours
    into kind last_year level limit name name_en number owner parent place.grid place.scope
    place.unlocated position priority publicity reported_at rings schematic scope severity source
    standard status successors text text_en tier timezone version weekend workdays
"""
_INTERNAL: Final = """
    alert case certainty cycle device envelope topics url webhook
    account case cycle ended_at expires_at issuer key role sha256 thumbprint unit
    administered_by appeal assignment assists.assignment assists.due.calendar
    assists.due.clock assists.due.due assists.due.limit assists.due.start assists.due.warn
    automatic cause channel checker children closed confidence contacted depth digest
    distance_m due due.calendar due.clock due.due due.limit due.start due.warn evidence.kind
    evidence.media_type evidence.sha256 exercise field fields figure hold keys lead on_duty
    other out_of place.point policy purpose reason reason_en reply_due request result
    review_at round rule sampled satisfaction sensitive solved source.digest source.source
    source.source_id stated subject until upheld was was_scope worker
"""

CLASSES: Final[dict[str, FieldClass]] = {
    **dict.fromkeys(_PUBLIC.split(), FieldClass.PUBLIC),
    **dict.fromkeys(_INTERNAL.split(), FieldClass.INTERNAL),
}
"""Path → class, for what is not sealed. The exact point is public only when rounded."""


def paths(kind: type[msgspec.Struct], above: str = "") -> Iterator[str]:
    """Yield the dotted path of every field, down through the small values."""
    hints = get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        inner = _inner(hints[field.name])
        path = above + field.name
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and inner is not Point:
            yield from paths(inner, f"{path}.")
        else:
            yield path


def class_of(kind: type[DomainEvent], path: str, *, sensitive: bool = False) -> FieldClass:
    """Return the class of a field; `sensitive` says that its case is of a sensitive category.

    A path nobody has classed is a KeyError: a test walks them all.
    """
    owner = kind.PERSONAL.get(path, "")
    if owner.endswith("?"):
        return FieldClass.SENSITIVE if sensitive else CLASSES[path]
    if not owner:
        return CLASSES[path]
    return FieldClass.SENSITIVE if sensitive else OWNERS[owner]


def _inner(hint: Any) -> Any:
    """Return what a field holds: without None, without its sealed form, out of its tuple."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg not in (type(None), Sealed))
    return _inner(get_args(hint)[0]) if get_origin(hint) is tuple else hint
