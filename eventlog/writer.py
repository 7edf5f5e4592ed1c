"""The one writer of a process: every waiting command joins the next batch.

No timer: a batch forms while the one before it is being flushed, and a lone command
waits for nothing but a turn of the loop. A busy process waits a moment for what it is about
to bring (`patience.py`).

Two lanes, each with a connection, overlap: while the database writes one batch, this process
answers the last and lays out the next. The second lane joins in only where there is a batch
worth its round trip: below, fewer and larger ones are cheaper.

When a connection is lost it is unknown whether the batch was written, so the same batch
is sent again and the command ids tell: what was written answers with its first positions.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from eventlog.batch import Batch, Waiting, expectations, measure, rows, take
from eventlog.connection import Connection
from eventlog.errors import LogBusy, LogError, LogFull, LogUnavailable, Unstorable, VersionConflict
from eventlog.patience import while_busy
from eventlog.record import Appended, Position, Unchanged, Write

_TOGETHER: Final = "select * from quanke_append($1::quanke_new_event[], $2, $3)"
_EACH: Final = "select * from quanke_append_each($1::quanke_new_event[], $2, $3, $4, $5, $6)"
LANES: Final = 2
_SPLIT_FROM: Final = 64
_CLOSE_S: Final = 5.0
_BACK_OFF_S: Final = (0.02, 0.05, 0.1, 0.25, 0.5)
_HOPELESS: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.SyntaxOrAccessError,
    asyncpg.ProgramLimitExceededError,
    TypeError,
    ValueError,
    OverflowError,
)


class Lane:
    """One connection of the writer, made when first needed and anew when lost."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self.streams: set[int] = set()

    async def connection(self) -> Connection:
        """Return an open connection."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def drop(self) -> None:
        """Give the connection up: what it was doing is unknown."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


class Writer:
    """A bounded queue and the lanes that empty it into the database."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], capacity: int, deadline_s: float
    ) -> None:
        self._capacity = capacity
        self._deadline_s = deadline_s
        self._queue: deque[Waiting] = deque()
        self._lanes = [Lane(connect) for _ in range(LANES)]
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._batch_s = 0.005
        self._batch_commands = 1.0
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many commands wait for the next batch."""
        return len(self._queue)

    def submit(
        self,
        command_id: UUID,
        actor: str,
        writes: Sequence[Write],
        unchanged: Sequence[Unchanged],
    ) -> asyncio.Future[Appended]:
        """Queue a command and return the future of its answer.

        Raises LogBusy when the queue is full, LogUnavailable after close, ValueError for
        what could never be stored.
        """
        events, size = measure(actor, writes, unchanged)
        if self._closed:
            raise LogUnavailable("the log is closed")
        if len(self._queue) >= self._capacity:
            raise LogBusy(self._retry_after_s())
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        since = time.monotonic()
        self._queue.append(
            Waiting(command_id, actor, writes, unchanged, events, size, since, answer)
        )
        self._ring()
        self._idle.clear()
        return answer

    def _ring(self) -> None:
        """Let a lane take what waits, if nothing is in flight or enough waits for another."""
        if len(self._queue) >= _SPLIT_FROM or not self._in_flight():
            self._work.set()

    def _in_flight(self) -> bool:
        for lane in self._lanes:  # noqa: SIM110 - asked for every command, and `any` costs thrice
            if lane.streams:
                return True
        return False

    async def run(self) -> None:
        """Write batch after batch, for ever."""
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    group.create_task(self._drive(lane))
        finally:
            self._abandon(self._queue, LogUnavailable("the log was closed"))

    async def _drive(self, lane: Lane) -> None:
        batch = Batch()
        try:
            while True:
                await self._work.wait()
                await while_busy(self._company)
                batch = self._take()
                lane.streams = batch.streams
                if not lane.streams:
                    continue
                started = time.monotonic()
                await self._settle(lane, batch.together, batch)
                await self._settle(lane, batch.contested, None)
                self._measure(time.monotonic() - started, len(batch.together))
                self._release(lane)
        finally:
            lane.drop()
            unknown = LogUnavailable("the log was closed; it is unknown what was written")
            self._abandon([*batch.together, *batch.contested], unknown)

    def _company(self) -> int | None:
        """Return how many wait; None when they are enough, or others are in flight to wait for."""
        waiting = len(self._queue)
        few = 0 < waiting < _SPLIT_FROM and not self._in_flight()
        return waiting if few else None

    def _take(self) -> Batch:
        # The lane that finds all others idle leaves them half, so that they overlap.
        busy = {stream for lane in self._lanes for stream in lane.streams}
        waiting = len(self._queue)
        if busy and waiting < _SPLIT_FROM:  # what is in flight will ring
            self._work.clear()
            return Batch()
        share = waiting if busy or waiting < _SPLIT_FROM else waiting // 2
        batch = take(self._queue, busy, share)
        if not self._queue or not batch.streams:
            self._work.clear()  # all that waits is held: the lane that holds it will ring
        if not self._queue and not busy and not batch.streams:
            self._idle.set()
        return batch

    def _release(self, lane: Lane) -> None:
        lane.streams = set()
        if self._queue:
            self._ring()
        elif not any(other.streams for other in self._lanes):
            self._idle.set()

    async def close(self) -> None:
        """Take nothing more and wait a little until all that waits is written."""
        self._closed = True
        try:
            async with asyncio.timeout(min(self._deadline_s, _CLOSE_S)):
                await self._idle.wait()
        except TimeoutError:
            self._abandon(self._queue, LogUnavailable("the log was closed"))

    async def _settle(self, lane: Lane, commands: list[Waiting], agreed: Batch | None) -> None:
        attempt = 0
        while commands:
            try:
                await self._write(lane, commands, agreed)
                break
            except _HOPELESS as error:
                await self._isolate(lane, commands, error)
                break
            except asyncpg.DiskFullError as error:
                self._abandon(commands, LogFull(str(error)))
                break
            except Exception as error:  # asyncpg raises almost anything on a cut connection
                lane.drop()
                commands = self._still_patient(commands, error)
                await asyncio.sleep(_BACK_OFF_S[min(attempt, len(_BACK_OFF_S) - 1)])
                attempt += 1
                agreed = None

    async def _write(self, lane: Lane, commands: list[Waiting], agreed: Batch | None) -> None:
        async with asyncio.timeout(self._deadline_s):
            connection = await lane.connection()
            if agreed is None or not await self._together(connection, agreed):
                await self._one_by_one(connection, commands)

    async def _together(self, connection: Connection, batch: Batch) -> bool:
        events = rows(batch.together)
        row = await connection.fetchrow(
            _TOGETHER, events, batch.expected_streams, batch.expected_versions
        )
        if row is None or row[0] is None:
            return False
        first, recorded = row[0] + 1, row[1]
        for command in batch.together:
            last = first + command.events - 1
            if not command.answer.done():
                command.answer.set_result(Appended(first, last, recorded, False))
            first = last + 1
        return True

    async def _one_by_one(self, connection: Connection, commands: list[Waiting]) -> None:
        wanted = [expectations(command) for command in commands]
        answers = await connection.fetch(
            _EACH,
            rows(commands),
            [stream for expected in wanted for stream, _ in expected],
            [version for expected in wanted for _, version in expected],
            [command.command_id for command in commands],
            [command.events for command in commands],
            [len(expected) for expected in wanted],
        )
        for command, row in zip(commands, answers, strict=True):
            _answer(command.answer, row)

    async def _isolate(self, lane: Lane, commands: list[Waiting], error: Exception) -> None:
        # One command spoils the call: send each alone, so that the others do not suffer.
        if len(commands) == 1:
            self._abandon(commands, Unstorable(str(error)))
            return
        for command in commands:
            await self._settle(lane, [command], None)

    def _still_patient(self, commands: list[Waiting], error: Exception) -> list[Waiting]:
        long_ago = time.monotonic() - self._deadline_s
        late = [command for command in commands if command.since <= long_ago]
        while self._queue and self._queue[0].since <= long_ago:
            late.append(self._queue.popleft())
        self._abandon(late, LogUnavailable(f"no answer in {self._deadline_s:g} s: {error!r}"))
        return [command for command in commands if command.since > long_ago]

    def _abandon(self, commands: Iterable[Waiting], error: LogError) -> None:
        for command in commands:
            if not command.answer.done():
                command.answer.set_exception(error)

    def _measure(self, seconds: float, commands: int) -> None:
        self._batch_s += (seconds - self._batch_s) / 8
        self._batch_commands += (commands - self._batch_commands) / 8

    def _retry_after_s(self) -> float:
        batches = len(self._queue) / max(self._batch_commands, 1.0)
        return round(min(max(batches * self._batch_s, 0.05), self._deadline_s), 3)


def _answer(answer: asyncio.Future[Appended], row: asyncpg.Record) -> None:
    if answer.done():
        return
    outcome, first, last, recorded, stream, expected, actual = row
    if outcome == "conflict":
        answer.set_exception(VersionConflict(stream, expected, actual))
        return
    duplicate = outcome == "duplicate"
    answer.set_result(Appended(Position(first), Position(last), recorded, duplicate))
