"""The rows of duplicates, merges and splits."""

from typing import Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.guards import links, relations
from domain.case.table.row import (
    ANY_OPEN,
    CENTRE,
    CLOCK,
    CLOCKS,
    DESK,
    DISPATCHED,
    FILED,
    IN_PROGRESS,
    LEADER,
    MERGED,
    Row,
    needs,
    states,
)
from domain.case.values import OPEN

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    Row(
        c.SuggestDuplicate, ANY_OPEN, (), {**DESK, **CLOCK},
        (links.other_is_another, links.not_suggested_yet),
    ),
    Row(
        c.MergeCase, ANY_OPEN, (MERGED,), DESK,
        (
            links.other_is_another, links.other_in_scope, links.other_is_open,
            links.other_is_no_relative, links.near, links.children_ended,
        ),
        needs("other", "distance_m", "children"),
    ),
    Row(
        c.UnmergeCase, states(MERGED), tuple(sorted(OPEN)),
        {Role.ACCEPTOR: relations.in_scope, **LEADER},
        (links.same_day_or_leader, links.parent_is_open),
        needs("other", "parent", "calendar"),
    ),
    Row(
        c.SplitCase, states(FILED, DISPATCHED, IN_PROGRESS), (), CENTRE,
        (
            links.not_too_deep, links.enough_parts, links.part_categories_known,
            links.part_places_resolved,
        ),
        needs("numbers", "child_ids", "categories", "part_grids", "policy", *CLOCKS),
    ),
)
# fmt: on
