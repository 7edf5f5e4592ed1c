"""Where each case stands, counted in every area around it."""

from typing import Final

from domain.event import Microseconds
from projections.area_load.project import around
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.earlier import Keeping, kept
from projections.port import Connection, Page
from projections.stage_funnel.queries import NAME, VERSION, StageRow
from projections.tally import Counts, differences, spread
from projections.writing import add

COUNTS: Final = ("cases",)


Stage = tuple[str, str]
"""A scope and a state."""


def stages(facts: CaseFacts) -> tuple[Stage, ...]:
    """Return where a case lies and its state."""
    return ((facts.scope, facts.status),)


def everywhere(stage: Stage) -> tuple[Stage, ...]:
    """Return (area, state) for every area around a place."""
    scope, status = stage
    return tuple((area, status) for area in around(scope))


def weigh(_: CaseFacts, __: Microseconds) -> Counts:
    """Count every case once."""
    return (1,)


KEEPING: Final = Keeping("stage_funnel", ("scope", "status"), COUNTS, "scope, status")


def rows(page: Page) -> list[StageRow]:
    """Return by how much a page changes each area's states."""
    changes = spread(differences(page, stages, weigh), everywhere)
    return [
        StageRow(scope=scope, status=status, cases=counts[0])
        for (scope, status), counts in sorted(changes.items())
    ]


class StageFunnel:
    """How many cases stand in each state."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the new counts."""

        async def write(part: Page) -> list[Delta]:
            table = f"{schema}.stage_funnel"
            new = await add(connection, table, "scope, status", COUNTS, rows(part))
            if not page.told:
                return []
            loads = [StageRow(**row) for row in new]
            return [Delta(self.name, f"{row.scope}{row.status}", row, row.scope) for row in loads]

        return await kept(connection, schema, page, KEEPING, rows, write)


MODEL: Final = StageFunnel()
