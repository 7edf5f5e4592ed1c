"""Whose words have been kept as long as the schedules say.

Looks only at cases that have ended and still have keys, the longest ended first; whether
one may go is decided by the rules when it is erased, and a hold has the last word.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from api.platform import Platform
from domain.privacy.retention import CONTACT_SCHEDULE, DAY_US, SCHEDULES, erased_from, schedule_of
from projections.case_board.queries import SQL as BOARD

SHORTEST_US: Final = DAY_US * min(one.erase for one in (CONTACT_SCHEDULE, *SCHEDULES.values()))
ENDED: Final = f"""
select b.id, k.subject, b.updated_at
  from {BOARD.schema}.board b
  join quanke_key k on k.subject in ('case:' || b.id::text, 'contact:' || b.id::text)
 where not b.open and b.updated_at <= $1
 order by b.updated_at, k.subject
 limit $2
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A subject whose schedule is over, and the day since when."""

    subject: str
    since: str


async def due_now(platform: Platform, limit: int) -> list[Due]:
    """Return subjects that are due for erasure, the longest ended first.

    At most `limit` ended cases' keys are looked at.
    """
    now = platform.clock()
    rows = await platform.pool.fetch(ENDED, now - SHORTEST_US, limit)
    topics: dict[UUID, set[str]] = {}
    for one in await platform.log.read_streams(list({row["id"] for row in rows})):
        topics.setdefault(one.stream, set()).add(one.topic)
    found = []
    for row in rows:
        kind = row["subject"].partition(":")[0]
        since = erased_from(schedule_of(kind, topics.get(row["id"], ())), row["updated_at"])
        if since <= now:
            found.append(Due(row["subject"], _day(since)))
    return found


def _day(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).date().isoformat()
