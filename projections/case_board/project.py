"""Facts to board rows: every case the page touched, as it is now."""

from typing import Final

import msgspec

from domain.event import Microseconds
from eventlog.ids import uuid_of
from projections.case_board.queries import NAME, SQL, VERSION
from projections.case_board.row import BoardRow
from projections.case_facts.facts import PAUSED, CaseFacts
from projections.delta import Delta
from projections.port import Connection, Page
from projections.rows import maker
from projections.together import at_once
from projections.writing import replace

_row: Final = maker(BoardRow, CaseFacts, "id", "flags", "merged_into", "parent", "children")


def board_row(facts: CaseFacts, clock: Microseconds) -> BoardRow:
    """Return a case's row as of the log's clock."""
    due_clock, due_at, late = earliest(facts)
    total = facts.dues.get("total")
    return _row(
        facts,
        id=uuid_of(facts.id),
        flags=list(facts.flags),
        merged_into=facts.merged_into and uuid_of(facts.merged_into),
        parent=facts.parent and uuid_of(facts.parent),
        children=[uuid_of(child) for child in facts.children],
        open=facts.open,
        overdue=facts.overdue(clock),
        departments=list(facts.departments),
        due_clock=due_clock,
        due_at=due_at,
        total_due=total and total.due,
        late=late,
        target=facts.target(),
    )


def earliest(facts: CaseFacts) -> tuple[str | None, Microseconds | None, list[str]]:
    """Return the running clock that ends first, when it ends, and those that have passed."""
    clock: str | None = None
    at: Microseconds | None = None
    late: list[str] = []
    for name, due in facts.ticking.items() if facts.status not in PAUSED else ():
        if at is None or clock is None or (due.due, name) < (at, clock):
            clock, at = name, due.due
        if due.passed:
            late.append(name)
    return clock, at, sorted(late)


class CaseBoard:
    """The board: one row a case."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the touched cases; mark those whose stated target has just run out."""
        rows = [board_row(touched.after, page.clock) for touched in page.touched.values()]
        _, over = await at_once(
            connection,
            replace(connection, schema, "board", "id", rows, page.known),
            connection.fetch(SQL.of("run_out", schema), page.clock, page.known),
        )
        if not page.told:
            return []
        late = [BoardRow(**row) for row in over]
        in_time = (msgspec.structs.replace(row, overdue=False) for row in late)
        before = {row.id: row for row in (*_before(page), *in_time)}
        return [
            Delta(self.name, str(row.id), row, row.scope, before.get(row.id))
            for row in (*rows, *late)
        ]


def _before(page: Page) -> list[BoardRow]:
    """Return the rows as they were."""
    known = [touched.before for touched in page.touched.values() if touched.before is not None]
    return [board_row(facts, page.clock_before) for facts in known]


MODEL: Final = CaseBoard()
