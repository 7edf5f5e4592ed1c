"""A single row's values for JSON, made here from its bare columns.

For a page the database is the cheaper writer: its texts are joined and nothing is made of a row.
A row alone costs it 20 µs to put into words: instants above all, whose text it works out by
intervals. Here most columns are values of JSON as they come, and the encoder writes them at once.
What has no short way (objects, lists) is still the database's text.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

import orjson
from graphql import GraphQLEnumType, GraphQLNonNull, get_named_type, is_leaf_type

from api.graphql.ids import encode_id
from api.graphql.scalars import rfc3339

Form = Callable[[Any], Any]
FORMS: Final[Mapping[str, Form | None]] = {
    "DateTime": rfc3339,
    "Position": str,
    "String": None,
    "ID": None,
    "Int": None,
    "Boolean": None,
}
"""By scalar: what makes a column's value that is not null one of JSON; None: it is one."""


class Cells:
    """The columns of one row and what makes their values."""

    def __init__(self) -> None:
        self.selects: list[str] = []
        self._keys: list[str] = []
        self._forms: list[tuple[str, Form]] = []

    def text(self, key: str, expression: str) -> None:
        """Add a field whose JSON the database writes; its text is never null."""
        self._add(key, expression, orjson.Fragment)

    def identity(self, key: str, kind: str, column: str) -> None:
        """Add a field that is the id of a thing of a kind, by the column with its key."""
        self._add(key, column, lambda found: encode_id(kind, found))

    def leaf(self, key: str, kind: Any, expression: str) -> bool:
        """Add a field by its value over `b`; tell whether its kind can be made here."""
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        named = get_named_type(kind)
        is_enum = isinstance(named, GraphQLEnumType)
        if not is_leaf_type(inner) or not (is_enum or named.name in FORMS):
            return False
        self._add(key, expression, _names(named) if is_enum else FORMS[named.name])
        return True

    def made(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return the fields of a row, which begins with `selects`."""
        made = dict(zip(self._keys, row, strict=False))  # what comes after is read from memory
        for key, form in self._forms:
            value = made[key]
            if value is not None:
                made[key] = form(value)
        return made

    def _add(self, key: str, select: str, form: Form | None) -> None:
        self.selects.append(select)
        self._keys.append(key)
        if form is not None:
            self._forms.append((key, form))


def _names(kind: GraphQLEnumType) -> Form:
    return {
        str(one.value.value if isinstance(one.value, Enum) else one.value): name
        for name, one in kind.values.items()
    }.__getitem__
