"""Pages decoded and folded, the next one while this one is written.

The database writes on its own core while the next page is folded on ours. Facts are
copied before they change, so a page that is being written is never touched again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.event import Microseconds
from eventlog.collector import collector_paused
from eventlog.record import Recorded
from projections.case_facts.folding import Folding
from projections.decoding import Failure, decode_page
from projections.port import Page


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page, what failed in it, and the events as they lie in the log."""

    page: Page
    failures: tuple[Failure, ...]
    recorded: list[Recorded]


async def prepare(
    folding: Folding, recorded: list[Recorded], clock_before: Microseconds, keep_after: int
) -> Prepared:
    """Decode and fold consecutive events that follow on what was folded before."""
    with collector_paused(len(recorded)):
        seen, unreadable = decode_page(recorded)
        touched, failures = await folding.touch(seen)
    known = {failure.position for failure in unreadable}
    page = Page(
        first=recorded[0].position,
        last=recorded[-1].position,
        clock_before=clock_before,
        clock=recorded[-1].recorded_at,
        seen=seen,
        touched=touched,
        keep_after=keep_after,
    )
    more = (failure for failure in failures if failure.position not in known)
    return Prepared(page, (*unreadable, *more), recorded)


@asynccontextmanager
async def ahead(source: AsyncIterator[Prepared]) -> AsyncIterator[AsyncIterator[Prepared]]:
    """Draw pages from `source` one ahead of whoever iterates.

    Errors of the source and of the body leave as themselves, not in a group.
    """
    pages = asyncio.Queue[Prepared | None](maxsize=1)
    failure: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(_draw(source, pages))
            try:
                yield _received(pages)
            except Exception as error:
                failure = error
            drawing.cancel()
    except ExceptionGroup as group_error:
        raise group_error.exceptions[0] from None
    if failure is not None:
        raise failure


async def _draw(source: AsyncIterator[Prepared], pages: "asyncio.Queue[Prepared | None]") -> None:
    async for prepared in source:
        await pages.put(prepared)
    await pages.put(None)


async def _received(pages: "asyncio.Queue[Prepared | None]") -> AsyncIterator[Prepared]:
    while (prepared := await pages.get()) is not None:
        yield prepared
