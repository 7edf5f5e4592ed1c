"""Alerts into rows: raising makes one, deciding fills its other half."""

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.alert.events import EVENTS, AlertConfirmed, AlertDismissed, AlertRaised
from projections.alert_list.queries import NAME, VERSION, AlertRow
from projections.delta import Delta
from projections.port import Connection, Page
from projections.seen import Seen
from projections.writing import upsert

_KNOWN: Final = "select * from {}.alert where stream = any($1::uuid[])"
_EVENTS: Final = frozenset(EVENTS)


def raised(seen: Seen, event: AlertRaised) -> AlertRow:
    """Return the row of an alert that has just been raised."""
    return AlertRow(
        stream=seen.stream, alert=event.alert, device=event.device, suggested=event.category,
        scope=event.scope, grid=event.grid, certainty=event.certainty,
        raised_at=seen.meta.effective_at, position=seen.position,
    )  # fmt: skip


def decided(row: AlertRow, seen: Seen, event: AlertConfirmed | AlertDismissed) -> AlertRow:
    """Return a row after somebody has looked."""
    outcome, category = "confirmed", None
    if isinstance(event, AlertConfirmed):
        category = event.category
    else:
        outcome = event.reason
    return msgspec.structs.replace(
        row, outcome=outcome, category=category, decided_at=seen.meta.effective_at,
        decided_by=seen.actor, decision=seen.position,
    )  # fmt: skip


class AlertList:
    """All alerts, open and decided."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the rows of the page's alerts. Nobody is told live: who looks asks."""
        told = [seen for seen in page.seen if type(seen.event) in _EVENTS]
        if not told:
            return []
        rows = await self._known(connection, schema, told)
        for seen in told:
            match seen.event:
                case AlertRaised() as event:
                    rows[seen.stream] = raised(seen, event)
                case AlertConfirmed() | AlertDismissed() as event if seen.stream in rows:
                    rows[seen.stream] = decided(rows[seen.stream], seen, event)
        touched = [rows[stream] for stream in dict.fromkeys(seen.stream for seen in told)
                   if stream in rows]  # fmt: skip
        await upsert(connection, f"{schema}.alert", "stream", touched)
        return []

    async def _known(
        self, connection: Connection, schema: str, told: Sequence[Seen]
    ) -> dict[object, AlertRow]:
        streams = list({seen.stream for seen in told})
        found = await connection.fetch(_KNOWN.format(schema), streams)
        return {row["stream"]: AlertRow(**row) for row in found}


MODEL: Final = AlertList()
