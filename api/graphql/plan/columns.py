"""A selection over a read model's rows: expressions for PostgreSQL, keys for memory.

PostgreSQL writes each row's JSON from the asked columns alone. What lies in memory, names
above all, is asked of each row as a key; its JSON is made once for each key and put into
the row's text here. So no list needs a join, and no row becomes an object.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import orjson
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLNonNull,
    get_named_type,
    is_leaf_type,
    print_ast,
)

from api.graphql.plan import Uncovered
from api.graphql.plan.cells import Cells
from api.graphql.plan.inputs import BACKREF
from api.graphql.plan.outputs import Build, Outputs
from api.graphql.plan.tables import Find, Table
from api.reference import Reference

INSTANT: Final = (
    "to_char(timestamp 'epoch' + b.{0} * interval '1 microsecond',"
    ' \'"\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\""\')'
)
"""An instant's JSON, its quotes too."""
BARE: Final = frozenset({"Boolean", "Int"})
"""What PostgreSQL writes as JSON does."""
NOTHING: Final = "''::text"
"""Where all that is asked of a row is found in memory."""
PLAIN: Final = frozenset({"String", "ID", *BARE})
KEPT: Final = 20_000
"""Texts kept of one field: a district has some thousand things, a selection of each."""
Nodes = Sequence[FieldNode]


@dataclass(slots=True)
class Recall:
    """One field of a selection that is found in memory; `begins`: what its texts begin with."""

    key: str
    begins: str
    find: Find
    build: Build

    def text(self, reference: Reference, key: Any, texts: dict[Any, str]) -> str:
        """Return the field's JSON for a key. Raises Uncovered for what may not be null."""
        found = texts.get(key)
        if found is None:
            if len(texts) >= KEPT:
                texts.clear()
            value = self.build(self.find(reference, key), None)
            found = texts[key] = self.begins + orjson.dumps(value).decode()
        return found


class Known(NamedTuple):
    """The texts of each recalled field, by key, as of a generation of the district."""

    generation: int
    texts: list[dict[Any, str]]


class Columns:
    """The columns of one selection. Raises Uncovered for a field that no table has.

    The JSON is put together from texts, as `row_to_json` looks up every column's type anew in
    every row and takes a third longer. `keys` are further columns, the keys of what lies in
    memory. `below` are the fields left to the caller: pages. `alone`: of a single row, whose values
    are made here (`cells.py`).
    """

    def __init__(
        self,
        outputs: Outputs,
        table: Table,
        nodes: Nodes,
        pages: AbstractSet[str] = frozenset(),
        *,
        alone: bool = False,
    ) -> None:
        self._outputs = outputs
        self._table = table
        self._is_alone = alone
        kind: Any = outputs.schema.type_map[table.kind]
        asked = asked_below(outputs, kind, nodes)
        self.weight = 1
        self.placed = False
        """Whether a text of it would show the place of a case that hides its own."""
        self.below: dict[str, list[FieldNode]] = {}
        self.keys: list[str] = []
        self._recalls: list[Recall] = []
        self._spelled: list[str] = []
        own = {}
        for key, at in asked.items():
            if at[0].name.value in pages:
                self.below[key] = at
            elif not self._recalled(kind, key, at):
                own[key] = at
        self._empty = not own
        self._alone = Cells()
        selects = self._cells(kind, own) if alone else self._text(kind, own)
        self._apart = len(selects)
        self.selects = [*selects, *self.keys]
        """The columns to select over `b`: what the JSON is made of first, then the keys."""
        self.select = ", ".join(self.selects)
        self._known: WeakKeyDictionary[Reference, Known] = WeakKeyDictionary()

    @property
    def signature(self) -> tuple[object, ...]:
        """What two selections must share to be one."""
        return self.select, tuple(self._spelled)

    @property
    def width(self) -> int:
        """How many columns `select` has."""
        return len(self.selects)

    def texts(self, rows: Sequence[Any], reference: Reference) -> list[str]:
        """Return the rows' JSON; each row begins with what `select` has selected."""
        if not self._recalls:
            return ["{" + row[0] + "}" for row in rows]
        memory = self._memory(reference)
        pairs = list(enumerate(zip(self._recalls, memory, strict=True), self._apart))
        made = []
        for row in rows:
            parts = [] if self._empty else [row[0]]
            parts += [one.text(reference, row[at], texts) for at, (one, texts) in pairs]
            made.append("{" + ",".join(parts) + "}")
        return made

    def made(self, row: Sequence[Any], reference: Reference) -> dict[str, Any]:
        """Return the values of a row alone, which begins with what `select` has selected."""
        made = self._alone.made(row)
        if self._recalls:
            memory = zip(self._recalls, self._memory(reference), strict=True)
            for at, (one, texts) in enumerate(memory, self._apart):
                made[one.key] = orjson.Fragment(one.text(reference, row[at], texts))
        return made

    def _text(self, kind: Any, own: dict[str, list[FieldNode]]) -> list[str]:
        """Return the text that the database makes of a row's own fields."""
        fields = [f"""'"{key}":' || {self._column(kind, at)}""" for key, at in own.items()]
        return [" || ',' || ".join(fields) or NOTHING]

    def _cells(self, kind: Any, own: dict[str, list[FieldNode]]) -> list[str]:
        """Return a row's bare columns, whose values are made here."""
        cells = self._alone
        for key, at in own.items():
            named = self._table.ids.get(at[0].name.value)
            if named is not None:
                cells.identity(key, *named)
                continue
            value = self._value(kind, at)
            if value is None or not cells.leaf(key, kind.fields[at[0].name.value].type, value):
                cells.text(key, self._column(kind, at))
        return cells.selects or [NOTHING]

    def _value(self, kind: Any, at: Nodes) -> str | None:
        """Return the bare value of a field over `b`; None where there is more to it."""
        name = at[0].name.value
        if name == "__typename" or name in self._table.shaped or name in self._table.placed:
            return None
        if name in self._table.written:
            return self._table.written[name]
        known = kind.fields[name].extensions[BACKREF]
        own = known.base_resolver is None and known.python_name in self._table.columns
        return f"b.{known.python_name}" if own else None

    def _memory(self, reference: Reference) -> list[dict[Any, str]]:
        """Return what is kept of a district, today's or an earlier one, for as long as it is."""
        known = self._known.get(reference)
        if known is None or known.generation != reference.generation:
            known = self._known[reference] = Known(
                reference.generation, [{} for _ in self._recalls]
            )
        return known.texts

    def _recalled(self, kind: Any, key: str, at: Nodes) -> bool:
        name = at[0].name.value
        found = self._table.recalled.get(name)
        if found is None:
            return False
        field = kind.fields[name]
        build = self._outputs.value(field.type, at)
        begins = "" if self._is_alone else f'"{key}":'
        self._recalls.append(Recall(key, begins, found.find, build))
        self.keys.append(found.key)
        self._spelled += map(print_ast, at)
        self.weight += not is_leaf_type(get_named_type(field.type))
        return True

    def _column(self, kind: Any, at: Nodes) -> str:
        """Return a field's JSON as a text that is never null."""
        name = at[0].name.value
        if name == "__typename":
            return f"""'"{kind.name}"'"""
        field = kind.fields[name]
        self.placed |= name in self._table.placed
        if name in self._table.shaped:
            self.weight += 1
            return self._shaped(field.type, at)
        if name in self._table.written:
            return _json(field.type, self._table.written[name])
        known = field.extensions[BACKREF]
        if known.base_resolver is not None or known.python_name not in self._table.columns:
            raise Uncovered
        return _leaf(field.type, known.python_name)

    def _shaped(self, kind: Any, at: Nodes) -> str:
        shape = self._table.shaped[at[0].name.value]
        named: Any = get_named_type(kind)
        parts = []
        for key, below in asked_below(self._outputs, named, at).items():
            name = below[0].name.value
            made = f"'{named.name}'" if name == "__typename" else shape.fields[name]
            parts.append(f"'{key}', {made}")
        made = f"json_build_object({', '.join(parts)})::text"
        return f"case when {shape.absent} then 'null' else {made} end"


def asked_below(outputs: Outputs, kind: Any, nodes: Nodes) -> dict[str, list[FieldNode]]:
    """Return the fields asked of an object by response key."""
    chosen = [one.selection_set for one in nodes if one.selection_set is not None]
    return outputs.collected(kind, chosen)


def _leaf(kind: Any, column: str) -> str:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return _or_null(_quoted(_enum(named, column)))
    if named.name == "DateTime":
        return _or_null(INSTANT.format(column))
    if named.name == "Position":
        return _or_null(_quoted(f"b.{column}"))
    if named.name in PLAIN and (is_leaf_type(inner) or str(inner) == "[String!]"):
        return _json(kind, f"b.{column}")
    raise Uncovered


def _json(kind: Any, expression: str) -> str:
    """Return the JSON of an expression of plain type, null for null."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    bare = is_leaf_type(inner) and inner.name in BARE
    return _or_null(f"({expression})::text" if bare else f"to_json({expression})::text")


def _quoted(text: str) -> str:
    """Return the JSON of a text that has nothing to escape."""
    return f"""'"' || {text} || '"'"""


def _or_null(text: str) -> str:
    return f"coalesce({text}, 'null')"


def _enum(kind: GraphQLEnumType, column: str) -> str:
    """Return the text of an enum's name by its value."""
    values = {
        str(one.value.value if isinstance(one.value, Enum) else one.value): name
        for name, one in kind.values.items()
    }
    if all(value.upper() == name for value, name in values.items()):
        return f"upper(b.{column})"
    cases = " ".join(f"when '{value}' then '{name}'" for value, name in values.items())
    return f"case b.{column} {cases} end"
