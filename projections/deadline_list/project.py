"""The running clocks of the cases the page touched."""

from typing import Final

from eventlog.ids import uuid_of
from projections.case_facts.facts import CaseFacts
from projections.deadline_list.queries import NAME, VERSION, DeadlineRow
from projections.delta import Delta
from projections.port import Connection, Page
from projections.writing import insert

_CLEAR: Final = "delete from {}.deadline where case_id = any($1::uuid[])"


def deadline_rows(facts: CaseFacts) -> list[DeadlineRow]:
    """Return a row for each clock that runs."""
    return [
        DeadlineRow(
            case_id=uuid_of(facts.id),
            clock=clock,
            limit_text=due.limit,
            start=due.start,
            due=due.due,
            warned=due.warned,
            passed=due.passed,
            number=facts.number,
            category=facts.category,
            scope=facts.scope,
            grid=facts.grid,
            department=facts.department,
            severity=facts.severity,
            status=facts.status,
        )
        for clock, due in facts.running()
    ]


class DeadlineList:
    """The running clocks of open cases."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Replace the touched cases' clocks."""
        if known := page.known:
            await connection.execute(_CLEAR.format(schema), known)
        rows = [row for touched in page.touched.values() for row in deadline_rows(touched.after)]
        await insert(connection, f"{schema}.deadline", rows)
        return []


MODEL: Final = DeadlineList()
