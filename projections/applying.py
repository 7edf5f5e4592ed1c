"""Write one page into one read model; when it fails, find the event to blame.

The fast way trusts the page. The careful way works in savepoints and halves the page
until single events remain: those that fail alone are poison.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from eventlog.errors import LogBusy, LogUnavailable
from projections.case_facts.cases import Streams
from projections.case_facts.folding import refold
from projections.decoding import Failure, failed
from projections.delta import Delta
from projections.pages import before_failures, halves, up_to_holds, without
from projections.port import Connection, Page, ReadModel
from projections.quarantine import Holds

_PASSING: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    LogBusy,
    LogUnavailable,
)


def transient(error: BaseException) -> bool:
    """Tell whether an error passes by itself: tried again with back-off, no event's fault.

    asyncpg's complaint about a bad argument is an InterfaceError too, and a ValueError.
    """
    return isinstance(error, _PASSING) and not isinstance(error, ValueError)


async def view(
    log: Streams, page: Page, held: Holds, failures: Sequence[Failure]
) -> tuple[Page, list[Failure]]:
    """Return the page as one read model may see it, and the failures that are new to it.

    Held streams are out; a stream with skipped events is folded anew without them.
    """
    if not failures and not held.skipped and not held.streams:
        return page, []
    mine = [f for f in failures if f.stream not in held.streams]
    special = {s for s in held.skipped if s not in held.streams}
    fresh = [f for f in mine if f.stream not in special]
    seen = before_failures(up_to_holds(page, held.streams), fresh)
    for stream in special:
        seen, failure = await _refolded(log, seen, stream, held.skipped[stream])
        fresh += failure
    return seen, fresh


async def _refolded(
    log: Streams, page: Page, stream: UUID, skipped: frozenset[int]
) -> tuple[Page, list[Failure]]:
    events = [one for one in page.seen if one.stream == stream]
    rest = without(page, {stream})
    if not events:
        return rest, []
    try:
        touched, fresh = await refold(log, stream, events[0].version, page.last, skipped)
    except Exception as error:  # poison again, behind the skipped event
        if transient(error):
            raise
        return rest, [failed(events[0], error)]
    if touched is None:
        return rest, []
    seen = sorted((*rest.seen, *fresh), key=lambda one: one.position)
    return replace(rest, seen=seen, touched={**rest.touched, stream: touched}), []


async def carefully(
    connection: Connection, model: ReadModel, schema: str, page: Page
) -> tuple[list[Delta], list[Failure]]:
    """Apply a page in savepoints, halving it around what fails.

    Raises transient errors of the database, and any error of a page without events.
    """
    try:
        async with connection.transaction():
            return await model.apply(connection, schema, page), []
    except Exception as error:  # the edge at which poison is told from the rest
        if transient(error) or not page.seen:
            raise
        if len(page.seen) == 1:
            blamed = failed(page.seen[0], error)
            empty = replace(page, seen=[], touched={})
            return await model.apply(connection, schema, empty), [blamed]
    left, right = halves(page)
    deltas, failures = await carefully(connection, model, schema, left)
    right = without(right, {failure.stream for failure in failures})
    more, again = await carefully(connection, model, schema, right)
    return deltas + more, failures + again
