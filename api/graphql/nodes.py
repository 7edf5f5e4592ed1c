"""Relay's `node` and `nodes`: from an id back to the thing, for whoever may see it."""

import strawberry

from api.graphql.case.queries import sight_of_case, visible_case
from api.graphql.case.types import case_of
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput
from api.graphql.history.others import other
from api.graphql.history.pages import staff_only
from api.graphql.ids import case_key, decode_id
from api.graphql.node import Node
from api.graphql.place import area_of, category_of, department_of, grid_of
from projections.reading import at_position

MAX_NODES = 100


async def find(context: Context, id: strawberry.ID) -> Node | None:
    """Return the thing of an id, None when it does not exist for the caller."""
    kind, key = decode_id(id)
    if kind == "Case":
        case = case_key(id)
        sight = await sight_of_case(context, case)
        async with at_position(context.platform.reads, sight) as (reads, found):
            context.has_read(found.position)
            row = await visible_case(context, reads, case)
        return None if row is None else case_of(row)
    return _of_reference(context, kind, key)


def _of_reference(context: Context, kind: str, key: str) -> Node | None:
    reference = context.platform.reference
    if kind == "Area":
        area = reference.area(key)
        return None if area is None else area_of(area, reference)
    if kind == "Grid":
        grid = reference.grid(key)
        return None if grid is None else grid_of(grid)
    if kind == "Department":
        department = reference.department(key)
        return None if department is None else department_of(department)
    if kind == "Category":
        owner, _, code = key.partition("/")
        catalogue = reference.catalogues.get(owner)
        category = catalogue.categories.get(code) if catalogue is not None else None
        return None if category is None else category_of(category)
    if kind in ("Worker", "Calendar", "Catalogue"):
        staff_only(context)
        return other(context, kind, key)
    raise BadInput(f"there is no node of the kind {kind}")


@strawberry.type
class NodeQueries:
    """Relay's root fields."""

    @strawberry.field(description="A thing by its id; null when it does not exist for you.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """Return a thing."""
        return await find(info.context, id)

    @strawberry.field(description="Up to 100 things by their ids, in the same order.")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        """Return things."""
        if len(ids) > MAX_NODES:
            raise BadInput(f"at most {MAX_NODES} ids")
        return [await find(info.context, one) for one in ids]
