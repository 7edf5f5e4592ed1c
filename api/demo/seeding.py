"""Put the demo district into a log: found it, tell its year, and know when that is done.

Every id is drawn from the seed and the founding instant, so a seeding that was
interrupted goes on where it stopped: commands that are in the log answer as before.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from uuid import UUID, uuid5

from api.demo.arrivals import CASES_A_YEAR
from api.demo.bincheng import district
from api.demo.chance import DAY
from api.demo.founding import stages
from api.demo.history import SEED, YEAR_DAYS, tell
from api.demo.pace import WHOLE, Alone, Pace, Share
from api.demo.staff import FOUNDER, workers
from api.dispatch.casefacts import CASE
from api.dispatch.dispatcher import Dispatcher
from api.reference import Reference, stream_of
from domain.actor import Actor
from domain.case.commands import ReportCase
from domain.case.state import CaseState
from domain.directory.commands import AppointWorker, NameArea, OpenDepartment
from domain.event import Command
from domain.grid.commands import DrawGrid
from domain.streams import CELL, area_stream
from domain.topics import decode_meta
from eventlog.collector import collector_paused
from eventlog.errors import LogBusy
from eventlog.port import EventLog
from eventlog.record import Position

BASIS: Final = "simulated"
BEFORE: Final = (YEAR_DAYS + 1) * DAY
"""How long before the end of its year the district is founded."""
PATIENCE: Final = 200
"""How often a full queue is waited for before it counts as a failure."""
_SIDE_BY_SIDE: Final = 128
_PAGE: Final = 5_000

_FIRST: Final = frozenset({ReportCase, NameArea, DrawGrid, OpenDepartment, AppointWorker})
"""Commands that begin a stream: it need not be looked for."""

Progress = Callable[[int, int], None]
Others = Callable[[int], tuple[Share, Pace]]
"""Given the end of the year, says which share is told here and at whose pace."""
Company = Callable[[], AbstractAsyncContextManager[Others]]
"""Brings who tells with us; leaving it waits until they are done."""


def _unseen(_done: int, _total: int) -> None:
    """Nobody watches."""


@asynccontextmanager
async def alone() -> AsyncIterator[Others]:
    """Tell the whole year here."""
    yield lambda _end: (WHOLE, Alone())


class DispatchedCases:
    """The clockwork's view of a dispatcher: simulated instants, a full queue is waited for."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def give(
        self, command: Command, *, stream: UUID, actor: Actor, command_id: UUID, at: int
    ) -> None:
        """Give a command at a simulated instant. Raises Rejected and the log's errors."""
        for _ in range(PATIENCE):
            try:
                await self._dispatcher.dispatch(
                    command, stream=stream, actor=actor, command_id=command_id,
                    occurred_at=at, basis=BASIS,
                    expected_version=0 if type(command) in _FIRST else None,
                )  # fmt: skip
            except LogBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            else:
                return
        raise LogBusy(1.0)

    async def look(self, stream: UUID) -> CaseState:
        """Return how a case stands."""
        held = await self._dispatcher.load(stream, CASE)
        state: CaseState = held.state
        return state


async def found(
    dispatcher: Dispatcher, log: EventLog, reference: Reference, now: int, progress: Progress
) -> None:
    """Found the district a day before its year begins; what is founded already stays.

    Raises Rejected and the log's errors.
    """
    founding = stages()
    cases = DispatchedCases(dispatcher)
    at = now - BEFORE
    total, done = sum(map(len, founding)), 0
    for stage in founding:
        by_stream: dict[UUID, list[Command]] = defaultdict(list)
        for command in stage:
            by_stream[stream_of(command)].append(command)
        await _side_by_side(cases, list(by_stream.items()), at)
        await _catch_up(log, reference)
        done += len(stage)
        progress(done, total)


async def _catch_up(log: EventLog, reference: Reference) -> None:
    while page := await log.read_all(Position(reference.position), _PAGE):
        reference.apply_all(page)


async def _side_by_side(
    cases: DispatchedCases, streams: Sequence[tuple[UUID, list[Command]]], at: int
) -> None:
    """Give the commands of each stream in order, many streams at once."""
    todo = iter(streams)

    async def worker() -> None:
        for stream, commands in todo:
            for number, command in enumerate(commands):
                name = f"{SEED}:{at}:{stream}:{command.NAME}:{number}"
                await cases.give(
                    command, stream=stream, actor=FOUNDER, command_id=uuid5(CELL, name), at=at
                )

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_SIDE_BY_SIDE):
            tasks.create_task(worker())


def told(reference: Reference) -> bool:
    """Tell whether the year is told: the last worker is posted when it is."""
    last = reference.worker(workers()[-1].id)
    return last is not None and last.grid is not None


async def seed(
    dispatcher: Dispatcher, log: EventLog, reference: Reference, now: int,
    founding: Progress = _unseen, telling: Progress = _unseen,
    *, days_back: int = YEAR_DAYS, a_year: int = CASES_A_YEAR, company: Company = alone,
) -> None:  # fmt: skip
    """Found the demo district and tell its year, unless the log has both; go on if it has half.

    `company` brings who tells the other share. The reactor must not run meanwhile: it would
    warn at today's instant about clocks of last year. Raises Rejected, the log's errors and
    those of the company.
    """
    if told(reference):
        return
    anchor = await founded_at(log) or now
    cases = DispatchedCases(dispatcher)
    with collector_paused():  # it would walk a growing million of live objects
        async with company() as others:
            await found(dispatcher, log, reference, anchor, founding)
            share, pace = others(anchor)
            await tell(
                cases, anchor, days_back=days_back, a_year=a_year, progress=telling,
                share=share, pace=pace,
            )  # fmt: skip
    posting = workers()[-1].posting
    await _side_by_side(cases, [(stream_of(posting), [posting])], anchor)
    await _catch_up(log, reference)


async def founded_at(log: EventLog) -> int | None:
    """Return the instant at which the year of this log's district ends; None: not founded."""
    first = await log.read_stream(area_stream(district().code), limit=1)
    return decode_meta(first[0].meta).occurred_at + BEFORE if first else None


__all__ = ["DispatchedCases", "found", "founded_at", "seed", "tell", "told"]
