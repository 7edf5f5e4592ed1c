"""Alarms as they were at a moment: folded from the streams of those that may have moved since.

The table keeps the latest of each cycle, not when a cycle changed. So the past is asked of
the log: of alarms raised by then, but for those that were over by then and have not
moved since, which the table alone can tell.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol
from uuid import UUID

import msgspec

from domain.alarm.events import AlarmRaised
from domain.event import Microseconds
from eventlog.record import Recorded
from projections.alarm_list.project import changed, key_of, raised
from projections.alarm_list.queries import MOST, AlarmRow, Alarms, Seen, text
from projections.as_of import At
from projections.decoding import seen_of
from projections.port import Reads
from projections.seen import Seen as Event
from projections.writing import as_json

SLACK_US: Final = 86_400_000_000
"""A claimed time may lie after the log's own: by no more than a stepped clock's day."""


class Streams(Protocol):
    """What is asked of the log."""

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        ...


async def standing_at(reads: Reads, log: Streams, seen: Seen, at: At) -> list[AlarmRow]:
    """Return the alarms that stood at a moment, the oldest first, as today's sight has them."""
    name = "perhaps_by_effective" if at.effective_at is not None else "perhaps_by_position"
    rows = await reads.fetch(text(name), *seen.bounds(), at.value, at.clock + SLACK_US)
    scopes = {row["alarm"]: row["scope"] for row in rows}
    events = (seen_of(one) for one in await log.read_streams(list(scopes)) if scopes)
    found = [
        msgspec.structs.replace(row, scope=scopes[row.alarm])
        for _, stream in groupby(events, attrgetter("stream"))
        if (row := folded(one for one in stream if _by(one, at))) is not None and row.stands
    ]
    return sorted(found, key=lambda row: (row.raised_at, row.alarm))[:MOST]


async def alarms_at(
    reads: Reads, log: Streams, seen: Seen, window: tuple[Microseconds, Microseconds], at: At
) -> Alarms:
    """Return what the figures of a window [start, end) are counted from, as of a moment.

    What has not moved since lies in the table; the rest comes with it, folded.
    """
    axis = "effective" if at.effective_at is not None else "position"
    given = *seen.bounds(), *window, at.value, at.clock + SLACK_US
    found = await reads.fetch(text(f"moved_by_{axis}"), *given)
    keys = {(row["alarm"], row["cycle"]) for row in found}
    events = await log.read_streams(list({alarm for alarm, _ in keys})) if keys else []
    rows = cycles(one for one in map(seen_of, events) if _by(one, at))
    moved = as_json(row for key, row in rows.items() if key in keys)
    return Alarms(f"then_by_{axis}", at.value, moved)


def cycles(events: Iterable[Event]) -> dict[tuple[UUID, int], AlarmRow]:
    """Return every cycle of some alarms after events of their streams, each stream in order."""
    rows: dict[tuple[UUID, int], AlarmRow] = {}
    for one in events:
        key = key_of(one)
        if isinstance(one.event, AlarmRaised):
            rows[key] = raised(one, one.event)
        elif key in rows:
            rows[key] = changed(rows[key], one)
    return rows


def folded(events: Iterable[Event]) -> AlarmRow | None:
    """Return an alarm's last cycle after some events of its stream, in order; None for none."""
    row: AlarmRow | None = None
    for one in events:
        if isinstance(one.event, AlarmRaised):
            row = raised(one, one.event)
        elif row is not None:
            row = changed(row, one)
    return row


def _by(event: Event, at: At) -> bool:
    if at.effective_at is None:
        return event.position <= at.position
    return event.meta.effective_at <= at.effective_at
