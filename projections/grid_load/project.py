"""What each case adds to the grid it lies on."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from domain.case.values import Severity
from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.earlier import Keeping, kept
from projections.grid_load.queries import NAME, VERSION, GridLoadRow
from projections.port import Connection, Page
from projections.tally import Counts, Late, Weigh, added, differences, unstated

_DANGER: Final = Severity.LIFE_SAFETY
COUNTS: Final = ("open", "overdue", "life_safety", "closed", "total")


def grids(facts: CaseFacts) -> tuple[str, ...]:
    """Return the grid a case lies on, if it is known."""
    return (facts.grid,) if facts.grid else ()


def weigh(facts: CaseFacts, clock: Microseconds, overdue: Late = CaseFacts.overdue) -> Counts:
    """Return what a case adds to `COUNTS`."""
    is_open = facts.open
    danger = is_open and facts.severity == _DANGER
    return is_open, overdue(facts, clock), danger, facts.closed_at is not None, 1


def named(counts: list[int]) -> dict[str, int]:
    """Return counts by their names."""
    return dict(zip(COUNTS, counts, strict=True))


KEEPING: Final = Keeping("grid_load", ("code", "scope"), COUNTS, "code")


def rows(page: Page, late: Mapping[str, int] | None = None, by: Weigh = weigh) -> list[GridLoadRow]:
    """Return by how much a page changes each grid's load; `late` have run out meanwhile."""
    changes, scopes = differences(page, grids, by), _scopes(page)
    for code, count in (late or {}).items():
        changes.setdefault(code, [0] * len(COUNTS))[1] += count
    return [
        GridLoadRow(code=code, scope=scopes.get(code, ""), **named(counts))
        for code, counts in sorted(changes.items())
    ]


def unclocked(page: Page) -> list[GridLoadRow]:
    """Return the same without what sources' targets make overdue."""
    return rows(page, by=partial(weigh, overdue=unstated))


class GridLoad:
    """The load of each grid."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the grids' new loads."""

        async def write(part: Page) -> list[Delta]:
            new = await added(connection, schema, part, grids, rows, KEEPING)
            if not page.told:
                return []
            loads = [GridLoadRow(**row) for row in new]
            return [Delta(self.name, load.code, load, load.scope) for load in loads]

        return await kept(connection, schema, page, KEEPING, unclocked, write)


def _scopes(page: Page) -> dict[str, str]:
    return {
        touched.after.grid: touched.after.scope
        for touched in page.touched.values()
        if touched.after.grid
    }


MODEL: Final = GridLoad()
