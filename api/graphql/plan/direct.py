"""Root fields whose answer the database writes by itself, as data."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from api.graphql.context import Context
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Nodes
from api.graphql.plan.detail import Detail, TimelineRoot
from api.graphql.plan.inputs import Values
from api.graphql.plan.listing import Listing
from api.graphql.plan.loads import area_loads, department_loads, funnels, grid_loads, overviews
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.similar import Similar


class Direct(Protocol):
    """One root, compiled."""

    async def answer(self, context: Context, asked: Mapping[str, Any], values: Values, /) -> Any:
        """Return the answer as JSON values. Raises Uncovered, or what the resolver raises."""
        ...


ROOTS: Final[Mapping[str, Callable[[Outputs, Any, Nodes], Direct]]] = {
    "cases": Listing,
    "case": Detail,
    "caseTimeline": TimelineRoot,
    "similarCases": Similar,
    "gridLoad": grid_loads,
    "departmentLoad": department_loads,
    "areaLoad": area_loads,
    "overview": overviews,
    "stageFunnel": funnels,
}


def written_by(outputs: Outputs, name: str, kind: Any, nodes: Nodes) -> Direct | None:
    """Return a root compiled to SQL, None where its selection asks for more than tables have."""
    compiled = ROOTS.get(name)
    try:
        return None if compiled is None else compiled(outputs, kind, nodes)
    except Uncovered:
        return None
