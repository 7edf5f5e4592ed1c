"""What may be asked of appeals: the latest filed first, decided, undecided or both."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "appeal_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
LAST: Final = 2**63 - 1


class AppealRow(msgspec.Struct, frozen=True, kw_only=True):
    """One appeal; `upheld` is None while nobody has decided it, `unit` where a grid appealed.

    `position` and `decision` are those of its events; instants are effective times.
    """

    appeal: str
    case_id: UUID
    number: str
    scope: str
    sensitive: bool
    unit: str | None
    figure: str
    filed_at: Microseconds
    filed_by: str
    position: int
    upheld: bool | None = None
    decided_at: Microseconds | None = None
    decided_by: str | None = None
    decision: int | None = None


async def page(
    reads: Reads,
    scope: str,
    unit: str | None,
    before: int | None,
    limit: int,
    *,
    decided: bool | None = None,
    appeal: str | None = None,
    of_unit: bool | None = None,
    at: At | None = None,
) -> list[AppealRow]:
    """Return appeals filed before a position, the latest first.

    Of one department or of all; `decided`: only those that are, or are not; `appeal`: this one;
    `of_unit`: filed by departments, or by grids.
    """
    until, instant = (LAST, None) if at is None else (at.position, at.effective_at)
    given = (
        *scope_range(scope), unit, until, LAST if instant is None else instant,
        LAST if before is None else before, limit, decided, appeal, of_unit,
    )  # fmt: skip
    return [AppealRow(**row) for row in await reads.fetch(SQL["page"], *given)]
