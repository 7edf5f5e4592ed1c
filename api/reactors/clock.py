"""What the clock does to cases: warn, pass, resume, each exactly once.

Follows the log and keeps, per open case, the next instant at which something is due.
The command's id is made from case, clock and due instant, so that a restart, or a second
reactor, sends the same command again and the log keeps one. Imported cases are left
alone. Starting costs one query and one read of the open cases, not a fold of the log.
"""

import asyncio
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Final
from uuid import UUID, uuid5

import structlog

from api.dispatch.casefacts import CASE
from api.platform import Platform
from api.reactors.clockwatch import ClockWatch
from domain.actor import Actor, Role
from domain.case.react import clock_commands, next_instant
from domain.case.state import CaseState
from domain.errors import Rejected
from domain.event import Command
from domain.topics import decode_meta
from eventlog.connection import waited_out
from eventlog.errors import LogBusy, LogUnavailable, VersionConflict
from eventlog.record import Position, Recorded
from projections.case_board.queries import SQL as BOARD
from projections.reading import at_position
from projections.sight import EVERYTHING

CLOCK: Final = Actor(id="system:clock", role=Role.CLOCK)
AT_ONCE: Final = 64
SEED_PAGE: Final = 500
LONGEST_WAIT_S: Final = 1.0
AGAIN_US: Final = 5_000_000
"""How much later a command is tried again that was refused or could not be written."""
BASES: Final = frozenset({"observed", "simulated"})
LOG: Final = structlog.get_logger("quanke.reactor")


def clock_command_id(stream: UUID, command: Command, state: CaseState) -> UUID:
    """Return the id under which this command can be written once and no more."""
    clock = getattr(command, "clock", "")
    due = getattr(command, "due", state.review_at)
    part = getattr(command, "assignment", None) or ""
    return uuid5(stream, f"{command.NAME}|{clock}|{due}|{part}")


class Reactor:
    """Sends what the clock has to say. One per process; several do no harm."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._dispatcher = platform.dispatcher
        self._watch = ClockWatch(platform.clock)
        self._heap: list[tuple[int, UUID]] = []
        self._next: dict[UUID, int] = {}
        self._basis: dict[UUID, str] = {}
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many cases have something due at some time."""
        return len(self._next)

    async def run(self) -> None:
        """React for ever, from when the platform is ready."""
        while not self._platform.ready():
            await asyncio.sleep(0.2)
        position = await waited_out(self._platform.reads, self.seed)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(position))
            tasks.create_task(self._fire())

    async def seed(self) -> Position:
        """Schedule every open case and return the position up to which that holds."""
        async with at_position(self._platform.reads, EVERYTHING) as (reads, found):
            rows = await reads.fetch(BOARD["open_here"])
        self._basis.update((row["id"], row["basis"]) for row in rows)
        for start in range(0, len(rows), SEED_PAGE):
            streams = [row["id"] for row in rows[start : start + SEED_PAGE]]
            for stream, held in (await self._dispatcher.load_all(streams, CASE)).items():
                self._schedule(stream, held.state)
        return Position(found.position)

    async def _follow(self, position: Position) -> None:
        async for page in self._platform.log.follow(position):
            for stream, version in self._ours(page).items():
                held = await self._dispatcher.load(stream, CASE, version)
                self._schedule(stream, held.state)

    def _ours(self, page: Iterable[Recorded]) -> dict[UUID, int]:
        """Return the cases of a page that the clock looks after, with their versions."""
        found: dict[UUID, int] = {}
        for one in page:
            if not one.topic.startswith("case."):
                continue
            if one.version == 1:
                basis = decode_meta(one.meta).basis
                if basis in BASES:
                    self._basis[one.stream] = basis
            if one.stream in self._basis:
                found[one.stream] = one.version
        return found

    def _schedule(self, stream: UUID, state: CaseState, not_before: int = 0) -> None:
        instant = next_instant(state)
        if instant is None:
            self._next.pop(stream, None)
            return
        instant = max(instant, not_before)
        if self._next.get(stream) == instant:
            return
        self._next[stream] = instant
        heappush(self._heap, (instant, stream))
        self._changed.set()

    async def _fire(self) -> None:
        while True:
            await self._wait()
            if not self._watch.agrees():
                await asyncio.sleep(LONGEST_WAIT_S)
                continue
            due = self._take(self._platform.clock())
            if due:
                async with asyncio.TaskGroup() as tasks:
                    for stream in due:
                        tasks.create_task(self._react(stream))

    async def _wait(self) -> None:
        """Wait until the first instant, a change, or a second, whichever is first."""
        self._changed.clear()
        wait = LONGEST_WAIT_S
        if self._heap:
            wait = min(wait, (self._heap[0][0] - self._platform.clock()) / 1_000_000)
        if wait <= 0:
            return
        try:
            async with asyncio.timeout(wait):
                await self._changed.wait()
        except TimeoutError:
            return

    def _take(self, now: int) -> Sequence[UUID]:
        """Return up to 64 cases with something due, and take them off the heap."""
        due: list[UUID] = []
        while self._heap and self._heap[0][0] <= now and len(due) < AT_ONCE:
            instant, stream = heappop(self._heap)
            if self._next.get(stream) == instant:
                del self._next[stream]
                due.append(stream)
        return due

    async def _react(self, stream: UUID) -> None:
        now = self._platform.clock()
        held = await self._dispatcher.load(stream, CASE)
        again = 0
        for command in clock_commands(held.state, now):
            if not await self._send(stream, command, held.state):
                again = now + AGAIN_US
        held = await self._dispatcher.load(stream, CASE)
        self._schedule(stream, held.state, again)

    async def _send(self, stream: UUID, command: Command, state: CaseState) -> bool:
        """Send a command; False when it has to be looked at again later."""
        try:
            await self._dispatcher.dispatch(
                command,
                stream=stream,
                actor=CLOCK,
                command_id=clock_command_id(stream, command, state),
                basis=self._basis.get(stream, "observed"),
            )
        except Rejected as rejected:
            LOG.info("the clock was refused", code=rejected.code, command=command.NAME)
            return False
        except (LogBusy, LogUnavailable, VersionConflict) as error:
            LOG.warning("the clock must wait", error=str(error))
            return False
        return True
