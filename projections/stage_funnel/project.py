"""Where each case stands, counted in every area around it."""

from typing import Final

from domain.event import Microseconds
from projections.area_load.project import areas
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.port import Connection, Page
from projections.stage_funnel.queries import NAME, VERSION, StageRow
from projections.tally import Counts, differences
from projections.writing import add

COUNTS: Final = ("cases",)


def stages(facts: CaseFacts) -> tuple[tuple[str, str], ...]:
    """Return (area, state) for every area a case lies in."""
    return tuple((scope, facts.status) for scope in areas(facts))


def weigh(_: CaseFacts, __: Microseconds) -> Counts:
    """Count every case once."""
    return (1,)


class StageFunnel:
    """How many cases stand in each state."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the new counts."""
        changes = differences(page, stages, weigh)
        rows = [
            StageRow(scope=scope, status=status, cases=counts[0])
            for (scope, status), counts in sorted(changes.items())
        ]
        new = await add(connection, f"{schema}.stage_funnel", "scope, status", COUNTS, rows)
        loads = [StageRow(**row) for row in new]
        return [Delta(self.name, f"{row.scope}{row.status}", row, row.scope) for row in loads]


MODEL: Final = StageFunnel()
