"""Appeals into rows: filing makes one, deciding fills the rest, a case takes its own along."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import Role
from domain.case.events import CaseAppealDecided, CaseAppealFiled
from projections.appeal_list.queries import NAME, VERSION, AppealRow
from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.port import Connection, Page
from projections.seen import Seen
from projections.writing import as_json, upsert

_KNOWN: Final = "select * from {}.appeal where case_id = any($1::uuid[])"
_MOVED: Final = """
update {schema}.appeal as a set scope = b.scope, sensitive = b.sensitive
  from json_to_recordset($1::json) as b(case_id uuid, scope text, sensitive boolean)
 where a.case_id = b.case_id
"""
_EVENTS: Final = frozenset({CaseAppealFiled, CaseAppealDecided})


class Moved(msgspec.Struct, frozen=True):
    """A case that lies elsewhere now, or whose words are kept otherwise."""

    case_id: UUID
    scope: str
    sensitive: bool


def filed(seen: Seen, event: CaseAppealFiled, case: CaseFacts) -> AppealRow:
    """Return the row of an appeal that has just been filed: a department's, or else the grid's."""
    unit = seen.meta.unit if seen.meta.role == Role.HANDLER else None
    return AppealRow(
        appeal=event.appeal, case_id=seen.stream, number=case.number, scope=case.scope,
        sensitive=case.sensitive, unit=unit, figure=event.figure,
        filed_at=seen.meta.effective_at, filed_by=seen.actor, position=seen.position,
    )  # fmt: skip


def decided(row: AppealRow, seen: Seen, event: CaseAppealDecided) -> AppealRow:
    """Return a row after somebody has decided."""
    return msgspec.structs.replace(
        row, upheld=event.upheld, decided_at=seen.meta.effective_at, decided_by=seen.actor,
        decision=seen.position,
    )  # fmt: skip


def moved(page: Page) -> list[Moved]:
    """Return the cases known before the page that it moved, or made sensitive or plain."""
    return [
        Moved(stream, one.after.scope, one.after.sensitive)
        for stream, one in page.touched.items()
        if one.before is not None
        and (one.before.scope, one.before.sensitive) != (one.after.scope, one.after.sensitive)
    ]


class AppealList:
    """All appeals, open and decided."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the rows of the page's appeals. Nobody is told live: who looks asks."""
        elsewhere = moved(page)
        if elsewhere:
            await connection.execute(_MOVED.format(schema=schema), as_json(elsewhere))
        told = [seen for seen in page.seen if type(seen.event) in _EVENTS]
        if not told:
            return []
        rows = await self._known(connection, schema, told)
        for seen in told:
            match seen.event:
                case CaseAppealFiled() as event if seen.stream in page.touched:
                    rows[seen.stream, event.appeal] = filed(
                        seen, event, page.touched[seen.stream].after
                    )
                case CaseAppealDecided() as event if (seen.stream, event.appeal) in rows:
                    key = seen.stream, event.appeal
                    rows[key] = decided(rows[key], seen, event)
        await upsert(connection, f"{schema}.appeal", "case_id, appeal", list(rows.values()))
        return []

    async def _known(
        self, connection: Connection, schema: str, told: Sequence[Seen]
    ) -> dict[tuple[UUID, str], AppealRow]:
        cases = list({seen.stream for seen in told if isinstance(seen.event, CaseAppealDecided)})
        found = await connection.fetch(_KNOWN.format(schema), cases)
        return {(row["case_id"], row["appeal"]): AppealRow(**row) for row in found}


MODEL: Final = AppealList()
