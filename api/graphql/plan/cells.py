"""A single row's JSON written here from its bare columns.

For a page the database is the cheaper writer: its texts are joined and nothing is made of a row.
A row alone costs it 20 µs to put into words, and us 6: instants above all, whose text it works
out by intervals. What has no short way here (objects, lists) is still the database's text.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from json.encoder import encode_basestring
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLNonNull, get_named_type, is_leaf_type

from api.graphql.scalars import rfc3339

Write = Callable[[Sequence[Any]], str]
"""From a row's columns to the fields' JSON, without braces."""
FORMS: Final = {
    "DateTime": "'\"' + rfc3339({v}) + '\"'",
    "Position": "'\"%d\"' % {v}",
    "String": "quoted({v})",
    "ID": "quoted({v})",
    "Int": "str({v})",
    "Boolean": "('true' if {v} else 'false')",
}
"""By scalar: the JSON of a value that is not null."""


class Cells:
    """The columns of one row and what writes them."""

    def __init__(self) -> None:
        self.selects: list[str] = []
        self._keys: list[str] = []
        self._values: list[str] = []
        self._space: dict[str, Any] = {"rfc3339": rfc3339, "quoted": encode_basestring}

    def text(self, key: str, expression: str) -> None:
        """Add a field whose JSON the database writes; its text is never null."""
        self._add(key, expression, "{v}")

    def leaf(self, key: str, kind: Any, expression: str) -> bool:
        """Add a field by its value over `b`; tell whether its kind can be written here."""
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        named = get_named_type(kind)
        if not is_leaf_type(inner):
            return False
        form = self._enum(named) if isinstance(named, GraphQLEnumType) else FORMS.get(named.name)
        if form is None:
            return False
        self._add(key, expression, f"'null' if {{v}} is None else {form}")
        return True

    def writer(self) -> Write:
        """Return what writes a row."""
        text = f"def write(row):\n    return {','.join(self._keys)!r} % ({''.join(self._values)})"
        exec(compile(text, "<cells>", "exec"), self._space)  # noqa: S102 - our own text
        return self._space["write"]  # type: ignore[no-any-return]

    def _add(self, key: str, select: str, form: str) -> None:
        value = f"row[{len(self.selects)}]"
        self.selects.append(select)
        self._keys.append(f'"{key}":%s')
        self._values.append(f"{form.format(v=value)}, ")

    def _enum(self, kind: GraphQLEnumType) -> str:
        names = f"names{len(self._space)}"
        self._space[names] = {
            str(one.value.value if isinstance(one.value, Enum) else one.value): f'"{name}"'
            for name, one in kind.values.items()
        }
        return names + "[{v}]"
