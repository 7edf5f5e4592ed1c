"""What each case adds to the grid it lies on."""

from typing import Final

from domain.case.values import Severity
from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.grid_load.queries import NAME, VERSION, GridLoadRow
from projections.port import Connection, Page
from projections.tally import Counts, differences, run_out
from projections.writing import add

COUNTS: Final = ("open", "overdue", "life_safety", "closed", "total")


def grids(facts: CaseFacts) -> tuple[str, ...]:
    """Return the grid a case lies on, if it is known."""
    return (facts.grid,) if facts.grid else ()


def weigh(facts: CaseFacts, clock: Microseconds) -> Counts:
    """Return what a case adds to `COUNTS`."""
    is_open = facts.open
    danger = is_open and facts.severity == Severity.LIFE_SAFETY
    return is_open, facts.overdue(clock), danger, facts.closed_at is not None, 1


def named(counts: list[int]) -> dict[str, int]:
    """Return counts by their names."""
    return dict(zip(COUNTS, counts, strict=True))


class GridLoad:
    """The load of each grid."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the grids' new loads."""
        changes = differences(page, grids, weigh)
        for code, late in (await run_out(connection, schema, page, grids)).items():
            changes.setdefault(code, [0] * len(COUNTS))[1] += late
        scopes = _scopes(page)
        rows = [
            GridLoadRow(code=code, scope=scopes.get(code, ""), **named(counts))
            for code, counts in sorted(changes.items())
        ]
        new = await add(connection, f"{schema}.grid_load", "code", COUNTS, rows)
        loads = [GridLoadRow(**row) for row in new]
        return [Delta(self.name, load.code, load, load.scope) for load in loads]


def _scopes(page: Page) -> dict[str, str]:
    return {
        touched.after.grid: touched.after.scope
        for touched in page.touched.values()
        if touched.after.grid
    }


MODEL: Final = GridLoad()
