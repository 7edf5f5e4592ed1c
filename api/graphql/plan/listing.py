"""A list of cases straight from the database: the selection becomes one SQL statement.

PostgreSQL writes each case's JSON from the asked columns alone; here the texts are only
joined. Covered are pages of the present whose cases are asked for plain fields, the id,
the point and the ids of related cases; a page with anything else goes the way of the plan.
Filter, sight and keyset are those of the list itself.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final
from uuid import UUID

import orjson
from graphql import FieldNode, GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, get_named_type

from api.graphql.as_of import sighting
from api.graphql.case.queries import CaseFilter, list_sight, wanted_and_sight
from api.graphql.context import Context
from api.graphql.paging import MAX_CASES, decode_cursor, encode_cursor, page_size
from api.graphql.plan import Uncovered
from api.graphql.plan.inputs import BACKREF
from api.graphql.plan.outputs import Outputs
from projections.case_board import queries as board
from projections.case_board.queries import Sort
from projections.case_board.row import BoardRow

COLUMNS: Final = frozenset(BoardRow.__struct_fields__)
CASE_ID: Final = (
    "rtrim(translate(encode(convert_to('1:Case:' || b.{0}::text, 'UTF8'), 'base64'),"
    " '+/', '-_'), '=')"
)
INSTANT: Final = (
    "to_char(timestamp 'epoch' + b.{0} * interval '1 microsecond',"
    ' \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'
)
POINT: Final = (
    "case when b.lon is null or b.lat is null or b.sensitive then null"
    " else json_build_object({0}) end"
)
NAME_LENGTH: Final = 63
"""What is longer PostgreSQL would cut off."""
PLAIN: Final = frozenset({"String", "Boolean", "Int"})
Pages = dict[str, list[FieldNode]]


class Listing:
    """One `cases` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Sequence[FieldNode]) -> None:
        named: Any = get_named_type(kind)
        self._outputs = outputs
        self._sql: dict[str, str] = {}
        self._asked = self._below(named, nodes)
        columns: set[str] = set()
        for found in self._asked.values():
            below = found[0].name.value
            if below == "nodes":
                columns.add(self._columns(found))
            elif below not in ("pageInfo", "totalCount", "__typename"):
                raise Uncovered
        if len(columns) != 1:
            raise Uncovered
        (self.columns,) = columns
        page: Any = get_named_type(named.fields["pageInfo"].type)
        self._pages = {
            key: self._below(page, found)
            for key, found in self._asked.items()
            if found[0].name.value == "pageInfo"
        }

    async def page(self, context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a page as JSON values. Raises Uncovered for one of the past."""
        size, after = page_size(given["first"], MAX_CASES), given.get("after")
        order: Sort = given.get("order_by", Sort.REPORTED)
        sight = list_sight(context.actor, given.get("filter"))
        async with sighting(context, sight, given.get("as_of"), after) as seen:
            if seen.at is not None:
                raise Uncovered
            kind = seen.cursor(f"cases {order}")
            start: Any = decode_cursor(kind, after)
            wanted, past = wanted_and_sight(context, given.get("filter") or CaseFilter(), seen)
            if wanted is None or past is not None:
                raise Uncovered
            begin = (start[0], UUID(start[1])) if start is not None else None
            rows = await board.page_as(seen.reads, self.columns, wanted, order, begin, size + 1)
            asked = given.get("with_total", False)
            total = await board.count(seen.reads, wanted) if asked else None
        shown = rows[:size]
        context.rows += len(shown)
        nodes = orjson.Fragment(b"[" + ",".join([row[0] for row in shown]).encode() + b"]")
        ends = [
            encode_cursor(kind, (row[1] or 0, str(row[2]))) for row in (*shown[:1], *shown[-1:])
        ]
        info = {
            "hasNextPage": len(rows) > size, "hasPreviousPage": after is not None,
            "startCursor": ends[0] if ends else None, "endCursor": ends[-1] if ends else None,
            "__typename": "PageInfo",
        }  # fmt: skip
        made = {"nodes": nodes, "totalCount": total, "__typename": "CaseConnection"}
        return {
            key: made[found[0].name.value]
            if key not in self._pages
            else {one: info[at[0].name.value] for one, at in self._pages[key].items()}
            for key, found in self._asked.items()
        }

    def _below(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Pages:
        chosen = [one.selection_set for one in nodes if one.selection_set is not None]
        return self._outputs.collected(kind, chosen)

    def _columns(self, nodes: Sequence[FieldNode]) -> str:
        case: Any = self._outputs.schema.type_map["Case"]
        asked = self._below(case, nodes)
        if max(map(len, asked)) > NAME_LENGTH:
            raise Uncovered
        return ", ".join(f'{self._column(case, at)} as "{key}"' for key, at in asked.items())

    def _column(self, case: Any, nodes: Sequence[FieldNode]) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return "'Case'::text"
        field = case.fields[name]
        known = field.extensions[BACKREF].python_name
        if name == "point":
            return self._point(field.type, nodes)
        if name == "categoryCode":
            return "b.category"
        if name in ("id", "mergedInto", "parent"):
            return CASE_ID.format(known)
        if field.extensions[BACKREF].base_resolver is not None or known not in COLUMNS:
            raise Uncovered
        return _leaf(field.type, known)

    def _point(self, kind: Any, nodes: Sequence[FieldNode]) -> str:
        parts = []
        for key, at in self._below(get_named_type(kind), nodes).items():
            name = at[0].name.value
            made = "'GeoPoint'" if name == "__typename" else f"b.{name}::float8 / 1000000"
            parts.append(f"'{key}', {made}")
        return POINT.format(", ".join(parts))


def _leaf(kind: Any, column: str) -> str:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return _enum(named, column)
    if named.name == "DateTime":
        return INSTANT.format(column)
    if named.name == "Position":
        return f"b.{column}::text"
    if named.name in PLAIN or str(inner) == "[String!]":
        return f"b.{column}"
    raise Uncovered


def _enum(kind: GraphQLEnumType, column: str) -> str:
    """An enum's name by its value."""
    values = {
        str(one.value.value if isinstance(one.value, Enum) else one.value): name
        for name, one in kind.values.items()
    }
    if all(value.upper() == name for value, name in values.items()):
        return f"upper(b.{column})"
    cases = " ".join(f"when '{value}' then '{name}'" for value, name in values.items())
    return f"case b.{column} {cases} end"
