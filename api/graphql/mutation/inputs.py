"""Input types made from command structs, and command structs made from input.

The struct is the single description of a command: its fields, their types and
defaults become the GraphQL input, so the two can't drift apart. Only three things are
said here: which integers are instants, which strings are case ids, and how a place is
put in (a point or a grid is enough; the district in memory knows the scope).
"""

import types
from enum import Enum, auto
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec
import strawberry

from api.graphql.errors import BadInput
from api.graphql.ids import case_key
from api.graphql.mutation.words import FIELDS
from api.graphql.scalars import Instant, LogPosition
from api.reference import Reference
from domain.actor import Actor
from domain.case.commands import MergeCase, SuggestDuplicate
from domain.case.values import Place, Point
from domain.event import Command, Sealed

INSTANTS: Final = frozenset({"expires_at", "until", "review_at", "reply_due", "due"})
"""Integer fields that are instants."""
POSITIONS: Final = frozenset({"after"})
"""Integer fields that are places in the log: strings in the API."""
CASE_IDS: Final = frozenset({(MergeCase, "into"), (SuggestDuplicate, "other")})
"""String fields that name a case."""
DEGREE: Final = 1_000_000


def _assemble(name: str, description: str, fields: dict[str, tuple[Any, bool]]) -> type:
    """Return a strawberry input of fields: (type, whether it may be left out)."""
    namespace: dict[str, Any] = {"__doc__": description, "__annotations__": {}}
    for field, (kind, optional) in fields.items():
        namespace["__annotations__"][field] = kind | None if optional else kind
        words = FIELDS[field] if field in FIELDS else _OWN[field]
        namespace[field] = (
            strawberry.field(description=words, default=strawberry.UNSET)
            if optional
            else strawberry.field(description=words)
        )
    made = types.new_class(name, (), {}, lambda space: space.update(namespace))
    return strawberry.input(made, description=description)


_OWN: Final = {
    "client_mutation_id": "Your id of this command: the same id is never done twice.",
    "expected_version": "Refuse if the thing no longer stands at this version.",
    "occurred_at": "When it happened, if not now; an instant in the future counts as now.",
    "case": "The case.",
    "alarm": "The alarm.",
}

PointInput = _assemble(
    "PointInput", "A point on the ground.", {"lon": (float, False), "lat": (float, False)}
)
PlaceInput = _assemble(
    "PlaceInput",
    "Where it is: a point or a grid is enough; else say unlocated.",
    {
        "point": (PointInput, True),
        "grid": (str, True),
        "scope": (str, True),
        "address": (str, True),
        "unlocated": (bool, True),
    },
)


@cache
def enum_of(kind: type[Enum]) -> Any:
    """Return the GraphQL enum of one of the domain's."""
    doc = (kind.__doc__ or "").strip().splitlines()[0]
    return strawberry.enum(kind, description=doc)


@cache
def struct_of(kind: type[msgspec.Struct]) -> type:
    """Return the input type of a small value."""
    doc = (kind.__doc__ or "").strip().splitlines()[0]
    return _assemble(f"{kind.__name__}Input", doc, struct_fields(kind))


@cache
def hints_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Return a struct's fields with their types, in order."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in msgspec.structs.fields(kind))


def struct_fields(kind: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    """Return the GraphQL types of a struct's fields, and which may be left out."""
    hints = get_type_hints(kind)
    return {
        field.name: (_kind(kind, field.name, hints[field.name]), not field.required)
        for field in msgspec.structs.fields(kind)
    }


def _kind(owner: type, name: str, hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg not in (type(None), Sealed))
    if get_origin(hint) is tuple:
        return types.GenericAlias(list, (_kind(owner, name, get_args(hint)[0]),))
    if hint is int and name in INSTANTS:
        return Instant
    if hint is int and name in POSITIONS:
        return LogPosition
    if (owner, name) in CASE_IDS:
        return strawberry.ID
    if hint is Place:
        return PlaceInput
    if isinstance(hint, type) and issubclass(hint, Enum):
        return enum_of(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return struct_of(hint)
    return hint


@cache
def command_input(command: type[Command], on: str | None) -> type:
    """Return the input type of a mutation; `on`: what it is about, such as `case`."""
    from uuid import UUID

    fields: dict[str, tuple[Any, bool]] = {"client_mutation_id": (UUID, False)}
    if on is not None:
        fields[on] = (strawberry.ID, False)
    fields |= struct_fields(command)
    fields |= {"expected_version": (int, True), "occurred_at": (Instant, True)}
    return _assemble(f"{command.__name__}Input", f"Input of `{command.NAME}`.", fields)


class Shape(Enum):
    """How a field's value is read."""

    PLAIN = auto()
    SEVERAL = auto()
    CASE = auto()
    PLACE = auto()
    STRUCT = auto()


@cache
def _shape(owner: type, name: str, hint: Any) -> tuple[Shape, Any]:
    """Return how the value of a struct's field is read, and what lies inside it."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg not in (type(None), Sealed))
    if get_origin(hint) is tuple:
        return Shape.SEVERAL, get_args(hint)[0]
    if (owner, name) in CASE_IDS:
        return Shape.CASE, hint
    if hint is Place:
        return Shape.PLACE, hint
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return Shape.STRUCT, hint
    return Shape.PLAIN, hint


@cache
def _shapes(kind: type[msgspec.Struct]) -> tuple[tuple[str, Shape, Any], ...]:
    """Return a struct's fields with how each is read."""
    return tuple((name, *_shape(kind, name, hint)) for name, hint in hints_of(kind))


class Reader:
    """Turns input into a command, with the district's map at hand."""

    def __init__(self, reference: Reference, actor: Actor) -> None:
        self._reference = reference
        self._actor = actor

    def command(self, kind: type[Command], given: Any) -> Command:
        """Return the command that an input states. Raises BadInput."""
        command: Command = self._struct(kind, given)
        return command

    def _struct(self, kind: type[msgspec.Struct], given: Any) -> Any:
        values: dict[str, Any] = {}
        for name, shape, inner in _shapes(kind):
            value = getattr(given, name)
            if value is not strawberry.UNSET:
                plain = shape is Shape.PLAIN or value is None
                values[name] = value if plain else self._value(kind, name, shape, inner, value)
        try:
            return msgspec.convert(values, kind, strict=False)
        except msgspec.ValidationError as error:
            raise BadInput(str(error)) from None

    def _value(self, owner: type, name: str, shape: Shape, inner: Any, value: Any) -> Any:
        if value is None:
            return None
        if shape is Shape.SEVERAL:
            each = _shape(owner, name, inner)
            return tuple(self._value(owner, name, *each, one) for one in value)
        if shape is Shape.CASE:
            return str(case_key(value))
        if shape is Shape.PLACE:
            return self._place(value)
        return self._struct(inner, value) if shape is Shape.STRUCT else value

    def _place(self, given: Any) -> Place:
        point = _point(_or(given.point))
        code = _or(given.grid)
        grid = self._reference.grid(code) if code is not None else None
        if code is None and point is not None:
            grid = self._reference.grid_at(point.lon, point.lat)
            code = grid.code if grid is not None else None
        scope = grid.scope if grid is not None else self._known(_or(given.scope))
        return Place(
            scope=scope or self._whole(),
            grid=code,
            point=point,
            address=_or(given.address),
            unlocated=bool(_or(given.unlocated)),
        )

    def _known(self, scope: str | None) -> str | None:
        if scope and self._reference.area(scope) is None:
            raise BadInput(f"there is no area with the scope {scope}")
        return scope

    def _whole(self) -> str:
        district = self._reference.district
        return self._actor.scope or (district.scope if district is not None else "")


def _or(value: Any) -> Any:
    return None if value is strawberry.UNSET else value


def _point(given: Any) -> Point | None:
    if given is None:
        return None
    lon, lat = round(given.lon * DEGREE), round(given.lat * DEGREE)
    if not (-180 * DEGREE <= lon <= 180 * DEGREE and -90 * DEGREE <= lat <= 90 * DEGREE):
        raise BadInput("a point lies within ±180 and ±90 degrees")
    return Point(lon=lon, lat=lat)
