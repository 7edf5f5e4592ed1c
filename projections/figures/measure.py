"""Facts to milestones: the one row a case that figures are made of."""

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.case.values import Status
from domain.event import Microseconds
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.port import Connection, Page
from projections.rows import maker
from projections.writing import replace

NAME: Final = "figures"
VERSION: Final = 3
STAGES: Final = ("accept", "file", "dispatch", "acknowledge", "handle", "check", "total")


class MeasureRow(msgspec.Struct, frozen=True, gc=False):
    """A case's milestones. Instants are effective time, microseconds UTC.

    A due that stands still (suspended, merged) is None unless it had run out before.
    `clocks` are in the order of STAGES, or empty where no stage has a due.
    """

    id: str
    position: int
    scope: str
    department: str | None
    category: str
    basis: str
    status: str
    max_tier: str
    exercise: bool
    forced: bool
    cancelled: bool
    reported_at: Microseconds | None
    verify_asked_at: Microseconds | None
    verified_at: Microseconds | None
    accepted_at: Microseconds | None
    declined_at: Microseconds | None
    filed_at: Microseconds | None
    dispatched_at: Microseconds | None
    acknowledged_at: Microseconds | None
    handled_at: Microseconds | None
    checked_at: Microseconds | None
    closed_at: Microseconds | None
    updated_at: Microseconds
    accept_due: Microseconds | None
    file_due: Microseconds | None
    dispatch_due: Microseconds | None
    acknowledge_due: Microseconds | None
    handle_due: Microseconds | None
    check_due: Microseconds | None
    total_due: Microseconds | None
    suspended_at: Microseconds | None
    suspended_us: int
    pauses: Sequence[Sequence[Microseconds]]
    dispatches: int
    first_upheld: bool
    returned: int
    rework: int
    failed_checks: int
    extensions: int
    clocks: Sequence[str | None]


_row: Final = maker(MeasureRow, CaseFacts, "pauses")


def measure_row(facts: CaseFacts) -> MeasureRow:
    """Return a case's milestones."""
    dues, clocks = stages(facts)
    accept, file, dispatch, acknowledge, handle, check, total = dues
    return _row(
        facts, cancelled=facts.status == Status.CANCELLED, clocks=clocks, accept_due=accept,
        file_due=file, dispatch_due=dispatch, acknowledge_due=acknowledge, handle_due=handle,
        check_due=check, total_due=total, pauses=[*map(list, facts.pauses)],
    )  # fmt: skip


def stages(facts: CaseFacts) -> tuple[list[Microseconds | None], list[str | None]]:
    """Return the stages' dues and how each is counted, in the order of STAGES.

    A due that stands still is None; without any due the second list is empty.
    """
    if not facts.dues:
        return [None] * len(STAGES), []
    still = facts.suspended_at or facts.merged_at
    found = [facts.dues.get(stage) for stage in STAGES]
    dues = [None if due is None or (still and due.due > still) else due.due for due in found]
    return dues, [None if due is None else due.counted for due in found]


class Figures:
    """The milestones of every case."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the touched cases' milestones. Figures are asked for, not pushed."""
        rows = [measure_row(touched.after) for touched in page.touched.values()]
        await replace(connection, schema, "measure", "id", rows, page.known)
        return []


MODEL: Final = Figures()
