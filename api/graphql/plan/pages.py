"""A Relay connection over rows that PostgreSQL has written: nodes, edges, page info, count."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
from graphql import FieldNode, get_named_type

from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Columns, Nodes, asked_below
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.tables import Table

CONSTANT: Final = ("totalCount", "__typename")


class Paged:
    """One connection compiled; `columns` are those of its rows. Raises Uncovered.

    Nodes and edges are taken from the same rows, so they must be asked for the same.
    """

    def __init__(self, outputs: Outputs, table: Table, kind: Any, nodes: Nodes) -> None:
        self._kind: Any = get_named_type(kind)
        self._asked = asked_below(outputs, self._kind, nodes)
        self._below: dict[str, dict[str, list[FieldNode]]] = {}
        found: dict[tuple[object, ...], Columns] = {}
        for key, at in self._asked.items():
            name = at[0].name.value
            if name in CONSTANT:
                continue
            several = [at]
            if name != "nodes":
                named = get_named_type(self._kind.fields[name].type)
                self._below[key] = below = asked_below(outputs, named, at)
                several = [one for one in below.values() if one[0].name.value == "node"]
            for rows in several:
                columns = Columns(outputs, table, rows)
                found[columns.signature] = columns
        if len(found) != 1:
            raise Uncovered
        (self.columns,) = found.values()

    def made(
        self,
        texts: Sequence[str],
        cursor: Callable[[int], str],
        *,
        more: bool,
        after: str | None,
        total: int | None = None,
    ) -> dict[str, Any]:
        """Return the connection; `cursor` makes that of a row by its place, from 0."""
        info: dict[str, Callable[[], Any]] = {
            "hasNextPage": lambda: more,
            "hasPreviousPage": lambda: after is not None,
            "startCursor": lambda: cursor(0) if texts else None,
            "endCursor": lambda: cursor(len(texts) - 1) if texts else None,
            "__typename": lambda: "PageInfo",
        }
        constant = {"totalCount": total, "__typename": self._kind.name}
        made: dict[str, Any] = {}
        for key, at in self._asked.items():
            name = at[0].name.value
            if name == "nodes":
                made[key] = listed(texts)
            elif name == "pageInfo":
                made[key] = {one: info[at[0].name.value]() for one, at in self._below[key].items()}
            elif name == "edges":
                made[key] = self._edges(self._below[key], texts, cursor)
            else:
                made[key] = constant[name]
        return made

    def _edges(
        self,
        asked: dict[str, list[FieldNode]],
        texts: Sequence[str],
        cursor: Callable[[int], str],
    ) -> orjson.Fragment:
        names = [(key, at[0].name.value) for key, at in asked.items()]
        said = f'"{self._kind.name.removesuffix("Connection")}Edge"'
        write: dict[str, Callable[[int], str]] = {
            "node": lambda place: texts[place],
            "cursor": lambda place: f'"{cursor(place)}"',
            "__typename": lambda _place: said,
        }
        return listed(
            [
                "{" + ",".join(f'"{key}":{write[name](place)}' for key, name in names) + "}"
                for place in range(len(texts))
            ]
        )


def listed(texts: Sequence[str]) -> orjson.Fragment:
    """Return texts of JSON as a list that is put into an answer as it is."""
    return orjson.Fragment(b"[" + ",".join(texts).encode() + b"]")
