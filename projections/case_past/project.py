"""The states that a page's events replaced, written once and never touched again."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from domain.event import Microseconds
from projections.case_past.queries import BLOCK, NAME, SQL, VERSION
from projections.case_past.row import COLUMNS, replaced
from projections.copying import source
from projections.delta import Delta
from projections.port import Connection, Page
from projections.together import at_once
from projections.writing import as_json


class Tide(msgspec.Struct, frozen=True):
    """The latest and the earliest effective time of a block of positions, and of report."""

    block: int
    at: Microseconds
    low: Microseconds
    reported: Microseconds


def tides(page: Page) -> list[Tide]:
    """Return the latest and the earliest times in each block of the page's events."""
    highest: dict[int, Microseconds] = {}
    lowest: dict[int, Microseconds] = {}
    reported: dict[int, Microseconds] = {}
    for touched in page.touched.values():
        for facts in touched.steps:
            block, at = facts.position >> BLOCK, facts.updated_at
            if at > highest.get(block, -1):
                highest[block] = at
            if at < lowest.get(block, at + 1):
                lowest[block] = at
            reported[block] = max(reported.get(block, 0), facts.reported_at or 0)
    return [
        Tide(block, at, lowest[block], reported[block]) for block, at in sorted(highest.items())
    ]


class Had(msgspec.Struct, frozen=True, order=True):
    """A department that came to have a case; when the case was reported, 0 where nobody knows."""

    department: str
    reported_at: Microseconds
    id: UUID


def had(page: Page) -> list[Had]:
    """Return which departments came to have which of the page's cases."""
    found: set[Had] = set()
    for stream, touched in page.touched.items():
        was = touched.before.departments if touched.before is not None else ()
        for facts in touched.steps:
            if (now := facts.departments) != was:
                found.update(Had(unit, facts.reported_at or 0, stream) for unit in now)
                was = now
    return sorted(found)


class Moved(msgspec.Struct, frozen=True, order=True):
    """A case whose place has changed."""

    id: UUID


def moved(page: Page) -> list[Moved]:
    """Return which of the page's cases came to lie elsewhere."""
    found: set[Moved] = set()
    for stream, touched in page.touched.items():
        scopes = {facts.scope for facts in touched.steps}
        if touched.before is not None and touched.before.version:
            scopes.add(touched.before.scope)
        if len(scopes) > 1:
            found.add(Moved(stream))
    return sorted(found)


class CasePast:
    """What was so of every case, and until when."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add what the page's events replaced. The past is asked for, not pushed."""
        rows = [row for touched in page.touched.values() for row in replaced(touched)]
        if page.touched:
            await at_once(
                connection,
                connection.execute(SQL.of("raise_tide", schema), as_json(tides(page))),
                _add(connection, SQL.of("had", schema), had(page)),
                _add(connection, SQL.of("moved", schema), moved(page)),
                _add_past(connection, schema, rows),
            )
        return []


async def _add(connection: Connection, sql: str, new: Sequence[msgspec.Struct]) -> None:
    if new:
        await connection.execute(sql, as_json(new))


async def _add_past(connection: Connection, schema: str, rows: Sequence[bytes]) -> None:
    if rows:
        await connection.copy_to_table(
            "past", schema_name=schema, columns=COLUMNS, format="binary", source=source(rows)
        )


MODEL: Final = CasePast()
