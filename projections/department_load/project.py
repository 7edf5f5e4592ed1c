"""What each case adds to the department that leads it."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.department_load.queries import HANDED_IN, NAME, VERSION, DepartmentLoadRow
from projections.earlier import Keeping, kept
from projections.port import Connection, Page
from projections.tally import Counts, Late, Weigh, added, differences, unstated

COUNTS: Final = ("open", "overdue", "handled", "closed", "total")


def leads(facts: CaseFacts) -> tuple[str, ...]:
    """Return the department that leads a case, or led it last."""
    return (facts.department,) if facts.department else ()


def weigh(facts: CaseFacts, clock: Microseconds, overdue: Late = CaseFacts.overdue) -> Counts:
    """Return what a case adds to `COUNTS`."""
    handled = facts.status in HANDED_IN
    return facts.open, overdue(facts, clock), handled, facts.closed_at is not None, 1


KEEPING: Final = Keeping("department_load", ("id",), COUNTS, "id")


def rows(
    page: Page, late: Mapping[str, int] | None = None, by: Weigh = weigh
) -> list[DepartmentLoadRow]:
    """Return by how much a page changes each department's load; `late` have run out meanwhile."""
    changes = differences(page, leads, by)
    for code, count in (late or {}).items():
        changes.setdefault(code, [0] * len(COUNTS))[1] += count
    return [
        DepartmentLoadRow(id=code, **dict(zip(COUNTS, counts, strict=True)))
        for code, counts in sorted(changes.items())
    ]


def unclocked(page: Page) -> list[DepartmentLoadRow]:
    """Return the same without what sources' targets make overdue."""
    return rows(page, by=partial(weigh, overdue=unstated))


class DepartmentLoad:
    """The load of each department."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's differences and return the departments' new loads."""

        async def write(part: Page) -> list[Delta]:
            new = await added(connection, schema, part, leads, rows, KEEPING)
            if not page.told:
                return []
            return [Delta(self.name, row["id"], DepartmentLoadRow(**row)) for row in new]

        return await kept(connection, schema, page, KEEPING, unclocked, write)


MODEL: Final = DepartmentLoad()
