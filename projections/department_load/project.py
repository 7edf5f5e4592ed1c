"""What each case adds to the department that leads it."""

from typing import Final

from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.department_load.queries import HANDED_IN, NAME, VERSION, DepartmentLoadRow
from projections.port import Connection, Page
from projections.tally import Counts, differences, run_out
from projections.writing import add

COUNTS: Final = ("open", "overdue", "handled", "closed", "total")


def leads(facts: CaseFacts) -> tuple[str, ...]:
    """Return the department that leads a case, or led it last."""
    return (facts.department,) if facts.department else ()


def weigh(facts: CaseFacts, clock: Microseconds) -> Counts:
    """Return what a case adds to `COUNTS`."""
    handled = facts.status in HANDED_IN
    return facts.open, facts.overdue(clock), handled, facts.closed_at is not None, 1


class DepartmentLoad:
    """The load of each department."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the departments' new loads."""
        changes = differences(page, leads, weigh)
        for code, late in (await run_out(connection, schema, page, leads)).items():
            changes.setdefault(code, [0] * len(COUNTS))[1] += late
        rows = [
            DepartmentLoadRow(id=code, **dict(zip(COUNTS, counts, strict=True)))
            for code, counts in sorted(changes.items())
        ]
        new = await add(connection, f"{schema}.department_load", "id", COUNTS, rows)
        return [Delta(self.name, row["id"], DepartmentLoadRow(**row)) for row in new]


MODEL: Final = DepartmentLoad()
