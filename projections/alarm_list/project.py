"""Alarms into rows: each raising a row of its own, the later events its columns."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from domain.alarm import events as e
from projections.alarm_list.queries import NAME, VERSION, AlarmRow
from projections.delta import Delta
from projections.port import Connection, Page
from projections.seen import Seen
from projections.writing import upsert

_KNOWN: Final = (
    "select * from {}.alarm where (alarm, cycle) in (select * from unnest($1::uuid[], $2::int[]))"
)
_EVENTS: Final = frozenset(e.EVENTS)
Key = tuple[UUID, int]


def raised(seen: Seen, event: e.AlarmRaised) -> AlarmRow:
    """Return the row of an alarm that has just been raised."""
    return AlarmRow(
        alarm=seen.stream, cycle=event.cycle, version=seen.version, position=seen.position,
        kind=event.kind, priority=event.priority, case_id=UUID(event.case), number=event.number,
        category=event.category, scope=event.scope, department=event.department,
        raised_at=seen.meta.effective_at,
    )  # fmt: skip


def changed(row: AlarmRow, seen: Seen) -> AlarmRow:
    """Return a row after a later event of its cycle."""
    at, event = seen.meta.effective_at, seen.event
    row = msgspec.structs.replace(row, version=seen.version, position=seen.position)
    match event:
        case e.AlarmAcknowledged():
            return msgspec.structs.replace(row, acknowledged_at=at, acknowledged_by=seen.actor)
        case e.AlarmShelved():
            return msgspec.structs.replace(
                row, shelved_until=event.until, shelve_reason=event.reason
            )
        case e.AlarmUnshelved():
            return msgspec.structs.replace(row, shelved_until=None, shelve_reason=None)
        case e.AlarmCleared():
            return msgspec.structs.replace(row, cleared_at=at)
        case _:
            return row


class AlarmList:
    """The alarms that stand, and all that did."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the rows of the page's alarms and return them."""
        told = [seen for seen in page.seen if type(seen.event) in _EVENTS]
        if not told:
            return []
        rows = await self._known(connection, schema, told)
        for seen in told:
            key = key_of(seen)
            if isinstance(seen.event, e.AlarmRaised):
                rows[key] = raised(seen, seen.event)
            elif key in rows:
                rows[key] = changed(rows[key], seen)
        touched = [rows[key] for key in dict.fromkeys(map(key_of, told)) if key in rows]
        await upsert(connection, f"{schema}.alarm", "alarm, cycle", touched)
        return [Delta(self.name, str(row.alarm), row, row.scope) for row in touched]

    async def _known(
        self, connection: Connection, schema: str, told: Sequence[Seen]
    ) -> dict[Key, AlarmRow]:
        keys = list(dict.fromkeys(map(key_of, told)))
        alarms, cycles = [alarm for alarm, _ in keys], [cycle for _, cycle in keys]
        rows = await connection.fetch(_KNOWN.format(schema), alarms, cycles)
        return {(row["alarm"], row["cycle"]): AlarmRow(**row) for row in rows}


def key_of(seen: Seen) -> Key:
    """Return which alarm, and the how-manieth time that it was raised."""
    cycle: int = getattr(seen.event, "cycle", 0)
    return seen.stream, cycle


MODEL: Final = AlarmList()
