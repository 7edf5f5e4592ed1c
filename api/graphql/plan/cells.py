"""A single row's JSON written here from its bare columns.

For a page the database is the cheaper writer: its texts are joined and nothing is made of a row.
A row alone costs it 20 µs to put into words, and us 9: instants above all, whose text it works
out by intervals. What has no short way here (objects, lists) is still the database's text.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from json.encoder import encode_basestring
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLNonNull, get_named_type, is_leaf_type

from api.graphql.ids import encode_id
from api.graphql.scalars import rfc3339

Write = Callable[[Sequence[Any]], str]
"""From a row's columns to the fields' JSON, without braces."""
Form = Callable[[Any], str]
FORMS: Final[Mapping[str, Form]] = {
    "DateTime": lambda instant: f'"{rfc3339(instant)}"',
    "Position": lambda position: f'"{position}"',
    "String": encode_basestring,
    "ID": encode_basestring,
    "Int": str,
    "Boolean": lambda said: "true" if said else "false",
}
"""By scalar: the JSON of a value that is not null."""


class Cells:
    """The columns of one row and what writes them."""

    def __init__(self) -> None:
        self.selects: list[str] = []
        self._keys: list[str] = []
        self._forms: list[Form] = []

    def text(self, key: str, expression: str) -> None:
        """Add a field whose JSON the database writes; its text is never null."""
        self._add(key, expression, str)

    def identity(self, key: str, kind: str, column: str) -> None:
        """Add a field that is the id of a thing of a kind, by the column with its key."""
        self._add(key, column, lambda found: f'"{encode_id(kind, found)}"')

    def leaf(self, key: str, kind: Any, expression: str) -> bool:
        """Add a field by its value over `b`; tell whether its kind can be written here."""
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        named = get_named_type(kind)
        if not is_leaf_type(inner):
            return False
        form = _enum(named) if isinstance(named, GraphQLEnumType) else FORMS.get(named.name)
        if form is None:
            return False
        self._add(key, expression, form)
        return True

    def writer(self) -> Write:
        """Return what writes a row."""
        frame, forms = ",".join(self._keys), tuple(self._forms)

        def write(row: Sequence[Any]) -> str:
            own = zip(forms, row, strict=False)  # what comes after is read from memory
            return frame % tuple(["null" if one is None else form(one) for form, one in own])

        return write

    def _add(self, key: str, select: str, form: Form) -> None:
        self.selects.append(select)
        self._keys.append(f'"{key}":%s')
        self._forms.append(form)


def _enum(kind: GraphQLEnumType) -> Form:
    names = {
        str(one.value.value if isinstance(one.value, Enum) else one.value): f'"{name}"'
        for name, one in kind.values.items()
    }
    return names.__getitem__
