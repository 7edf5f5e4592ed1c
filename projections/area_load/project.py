"""What each case adds to every area around it."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Final

from projections.area_load.queries import NAME, VERSION, AreaLoadRow
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.earlier import Keeping, kept
from projections.grid_load.project import COUNTS, named, weigh
from projections.port import Connection, Page
from projections.tally import Weigh, added, differences, spread, unstated


@lru_cache(maxsize=4_096)
def around(scope: str) -> tuple[str, ...]:
    """Return a scope's areas from the district down to itself: `a.b.` gives `a.`, `a.b.`."""
    parts = scope.split(".")[:-1]
    return tuple(".".join(parts[:depth]) + "." for depth in range(1, len(parts) + 1))


def areas(facts: CaseFacts) -> tuple[str, ...]:
    """Return the areas a case lies in."""
    return around(facts.scope)


def _place(facts: CaseFacts) -> tuple[str, ...]:
    return (facts.scope,)


def changes(page: Page, by: Weigh = weigh) -> dict[str, list[int]]:
    """Return by how much a page changes each area's counts: first place by place, then summed."""
    return spread(differences(page, _place, by), around)


KEEPING: Final = Keeping("area_load", ("scope", "depth"), COUNTS, "scope")


def rows(page: Page, late: Mapping[str, int] | None = None, by: Weigh = weigh) -> list[AreaLoadRow]:
    """Return by how much a page changes each area's load; `late` have run out meanwhile."""
    changed = changes(page, by)
    for scope, count in (late or {}).items():
        changed.setdefault(scope, [0] * len(COUNTS))[1] += count
    return [
        AreaLoadRow(scope=scope, depth=scope.count("."), **named(counts))
        for scope, counts in sorted(changed.items())
    ]


def unclocked(page: Page) -> list[AreaLoadRow]:
    """Return the same without what sources' targets make overdue."""
    return rows(page, by=partial(weigh, overdue=unstated))


class AreaLoad:
    """The load of each area, all that lies below it included."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the areas' new loads."""

        async def write(part: Page) -> list[Delta]:
            new = await added(connection, schema, part, areas, rows, KEEPING)
            if not page.told:
                return []
            return [Delta(self.name, r["scope"], AreaLoadRow(**r), r["scope"]) for r in new]

        return await kept(connection, schema, page, KEEPING, unclocked, write)


MODEL: Final = AreaLoad()
