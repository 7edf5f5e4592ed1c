"""Pages decoded and folded, the next one while this one is written.

The database writes on its own core while the next page is folded on ours: bit by bit, so that
between two bits it can be told what to write next. Facts are copied before they change, so a
page that is being written is never touched again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from domain.event import Microseconds
from eventlog.collector import collector_paused
from eventlog.record import Recorded
from projections.case_facts.folding import Folding
from projections.case_past.queries import NAME as PAST
from projections.decoding import Failure, decode_page
from projections.port import Page, ReadModel
from projections.seen import Seen

T = TypeVar("T")
BIT: Final = 256
"""Events that are decoded and folded at a time, before others get a turn."""
_STEPWISE: Final = frozenset({PAST})
"""Read models that lay out each step of a case: then no step is folded twice."""


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
        seen, unreadable, turn = list[Seen](), list[Failure](), folding.turn()
        for first in range(0, len(recorded), BIT):
            if first:
                await asyncio.sleep(0)
            some, failed = decode_page(recorded[first : first + BIT])
            seen += some
            unreadable += failed
            await turn.take(some)
        touched, failures = turn.end()
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


def asks_for_steps(models: Iterable[ReadModel]) -> bool:
    """Tell whether any of these read models will ask for each step of every case."""
    return not _STEPWISE.isdisjoint(model.name for model in models)


@asynccontextmanager
async def ahead(source: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Draw pages from `source` one ahead of whoever iterates.

    Errors of the source and of the body leave as themselves, not in a group.
    """
    pages = asyncio.Queue[T | None](maxsize=1)
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


async def _draw(source: AsyncIterator[T], pages: "asyncio.Queue[T | None]") -> None:
    async for page in source:
        await pages.put(page)
    await pages.put(None)


async def _received(pages: "asyncio.Queue[T | None]") -> AsyncIterator[T]:
    while (page := await pages.get()) is not None:
        yield page
