"""Counts of the district straight from the database: one SQL statement each."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from api.graphql.as_of import Glance, glance
from api.graphql.case.sight import place_sight
from api.graphql.context import Context
from api.graphql.load import local_day
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Columns, Nodes
from api.graphql.plan.inputs import Values
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.pages import listed
from api.graphql.plan.tables import (
    AREA_LOAD,
    DEPARTMENT_LOAD,
    GRID_LOAD,
    OVERVIEW,
    STAGE,
    Table,
)
from api.graphql.scope import seen_scope, whole
from domain.actor import Actor
from projections import today, written
from projections.area_load import queries as areas
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.sight import EVERYTHING, Sight
from projections.stage_funnel import queries as funnel

Query = tuple[str, tuple[Any, ...]]
Asked = Mapping[str, Any]


class Loads:
    """One list of loads compiled, or the one row of it. Raises Uncovered for what it can't."""

    def __init__(
        self,
        table: Table,
        query: Callable[[Context, Glance, Asked], Query],
        sight: Callable[[Actor], Sight],
        outputs: Outputs,
        nodes: Nodes,
        *,
        single: bool = False,
    ) -> None:
        self._single = single
        self._columns = Columns(outputs, table, nodes)
        self._query = query
        self._sight = sight

    async def answer(self, context: Context, asked: Asked, _values: Values) -> orjson.Fragment:
        """Return the list as JSON. Raises Forbidden for a scope that is not the caller's."""
        columns = self._columns
        sight, moment = self._sight(context.actor), asked.get("as_of")
        async with glance(context, sight, moment, counted=True) as seen:
            source, arguments = self._query(context, seen, asked)
            found = await written.several(seen.reads, columns.select, source, arguments)
        if seen.at is None:
            context.has_read(found.position)
        context.rows += len(found.rows) * columns.weight
        texts = columns.texts(found.rows, seen.reference)
        return orjson.Fragment(texts[0].encode()) if self._single else listed(texts)


def grid_loads(outputs: Outputs, _kind: Any, nodes: Nodes) -> Loads:
    """Compile `gridLoad`."""
    return Loads(GRID_LOAD, _grids, place_sight, outputs, nodes)


def department_loads(outputs: Outputs, _kind: Any, nodes: Nodes) -> Loads:
    """Compile `departmentLoad`."""
    return Loads(DEPARTMENT_LOAD, _departments, lambda _actor: EVERYTHING, outputs, nodes)


def area_loads(outputs: Outputs, _kind: Any, nodes: Nodes) -> Loads:
    """Compile `areaLoad`."""
    return Loads(AREA_LOAD, _areas, place_sight, outputs, nodes)


def overviews(outputs: Outputs, _kind: Any, nodes: Nodes) -> Loads:
    """Compile `overview`."""
    return Loads(OVERVIEW, _overview, place_sight, outputs, nodes, single=True)


def funnels(outputs: Outputs, _kind: Any, nodes: Nodes) -> Loads:
    """Compile `stageFunnel`."""
    return Loads(STAGE, _funnel, place_sight, outputs, nodes)


def _grids(context: Context, seen: Glance, asked: Asked) -> Query:
    return grids.inside_query(seen_scope(context, asked.get("scope")), seen.at)


def _departments(_context: Context, seen: Glance, _asked: Asked) -> Query:
    return departments.every_query(seen.at)


def _areas(context: Context, seen: Glance, asked: Asked) -> Query:
    place = seen_scope(context, asked.get("scope"))
    depth = asked.get("depth") or place.count(".") + 1
    if depth < place.count("."):
        raise Uncovered
    return areas.depth_query(place, depth, seen.at)


def _overview(context: Context, seen: Glance, asked: Asked) -> Query:
    place = seen_scope(context, asked.get("scope")) or whole(seen.reference)
    if seen.at is not None:
        raise Uncovered
    platform = context.platform
    return today.query(place, local_day(platform.clock(), seen.reference.timezone(place)))


def _funnel(context: Context, seen: Glance, asked: Asked) -> Query:
    place = seen_scope(context, asked.get("scope")) or whole(seen.reference)
    return funnel.scope_query(place, seen.at)
