"""What each case adds to every area around it."""

from functools import lru_cache
from typing import Final

from projections.area_load.queries import NAME, VERSION, AreaLoadRow
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.grid_load.project import COUNTS, named, weigh
from projections.port import Connection, Page
from projections.tally import differences, run_out
from projections.writing import add


@lru_cache(maxsize=4_096)
def around(scope: str) -> tuple[str, ...]:
    """Return a scope's areas from the district down to itself: `a.b.` gives `a.`, `a.b.`."""
    parts = scope.split(".")[:-1]
    return tuple(".".join(parts[:depth]) + "." for depth in range(1, len(parts) + 1))


def areas(facts: CaseFacts) -> tuple[str, ...]:
    """Return the areas a case lies in."""
    return around(facts.scope)


class AreaLoad:
    """The load of each area, all that lies below it included."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the areas' new loads."""
        changes = differences(page, areas, weigh)
        for scope, late in (await run_out(connection, schema, page, areas)).items():
            changes.setdefault(scope, [0] * len(COUNTS))[1] += late
        rows = [
            AreaLoadRow(scope=scope, depth=scope.count("."), **named(counts))
            for scope, counts in sorted(changes.items())
        ]
        new = await add(connection, f"{schema}.area_load", "scope", COUNTS, rows)
        return [Delta(self.name, row["scope"], AreaLoadRow(**row), row["scope"]) for row in new]


MODEL: Final = AreaLoad()
