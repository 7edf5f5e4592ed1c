"""Case events in plain values, in a window of the latest positions."""

from typing import Final
from uuid import UUID

from projections.case_facts.facts import CaseFacts
from projections.delta import Delta
from projections.feed.queries import NAME, TOPICS, VERSION, WINDOW, FeedRow
from projections.port import Connection, Page
from projections.seen import Seen
from projections.together import at_once
from projections.writing import insert

_LEAVE: Final = "delete from {}.feed where position <= $1"
_HIDE: Final = (
    "delete from {}.feed where case_id = any($1::uuid[]) and position > $2"
    " returning position, scope"
)


def feed_row(seen: Seen, facts: CaseFacts) -> FeedRow:
    """Return the entry of an event, with its case as it was just after it."""
    return FeedRow(
        position=seen.position,
        case_id=seen.stream,
        at=seen.meta.effective_at,
        topic=seen.topic,
        number=facts.number,
        category=facts.category,
        scope=facts.scope,
        grid=facts.grid,
        department=facts.department,
        severity=facts.severity,
        overdue=facts.overdue(seen.recorded_at),
    )


def entries(page: Page) -> tuple[list[FeedRow], set[UUID]]:
    """Return the page's entries, and the cases that turned sensitive."""
    states = {facts.position: facts for t in page.touched.values() for facts in t.steps}
    rows: dict[int, FeedRow] = {}
    of_case: dict[UUID, list[int]] = {}
    hidden: set[UUID] = set()
    for seen in page.seen:
        facts = states.get(seen.position)
        if facts is None:
            continue
        if facts.sensitive:
            hidden.add(seen.stream)
            for at in of_case.pop(seen.stream, ()):
                del rows[at]
        elif seen.topic in TOPICS:
            rows[seen.position] = feed_row(seen, facts)
            of_case.setdefault(seen.stream, []).append(seen.position)
    return list(rows.values()), hidden


class Feed:
    """The latest case events, fit for anybody's eyes."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's entries, drop what has left the window, and of cases now sensitive all."""
        if page.last <= page.keep_after:
            return []
        rows, hidden = entries(page)
        floor = page.last - WINDOW
        kept = [row for row in rows if row.position > floor]
        _, gone, _ = await at_once(
            connection,
            connection.execute(_LEAVE.format(schema), floor),
            _hide(connection, schema, hidden, floor),
            insert(connection, f"{schema}.feed", kept),
        )
        return [*gone, *(Delta(self.name, str(row.position), row, row.scope) for row in kept)]


async def _hide(connection: Connection, schema: str, hidden: set[UUID], floor: int) -> list[Delta]:
    if not hidden:
        return []
    rows = await connection.fetch(_HIDE.format(schema), list(hidden), floor)
    return [Delta(NAME, str(row["position"]), None, row["scope"]) for row in rows]


MODEL: Final = Feed()
