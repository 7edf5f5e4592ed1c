"""The one writer of a process: every waiting command joins the next batch.

No timer: a batch forms while the one before it is being flushed, and a lone command
waits for nothing. When a connection is lost it is unknown whether the batch was written,
so the same batch is sent again and the command ids tell: what was written answers with
its first positions.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from eventlog.batch import Waiting, columns, expectations, measure, take
from eventlog.connection import Connection
from eventlog.errors import LogBusy, LogError, LogUnavailable, Unstorable, VersionConflict
from eventlog.record import Appended, Position, Unchanged, Write

_TOGETHER: Final = f"select * from quanke_append({', '.join(f'${n}' for n in range(1, 12))})"
_EACH: Final = f"select * from quanke_append_each({', '.join(f'${n}' for n in range(1, 15))})"
_ATTEMPT_S: Final = 25.0
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


class Writer:
    """A bounded queue and the task that empties it into the database."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], capacity: int, deadline_s: float
    ) -> None:
        self._connect = connect
        self._capacity = capacity
        self._deadline_s = deadline_s
        self._queue: deque[Waiting] = deque()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._connection: Connection | None = None
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
        self._work.set()
        self._idle.clear()
        return answer

    async def run(self) -> None:
        """Write batch after batch, for ever."""
        try:
            while True:
                await self._work.wait()
                batch = take(self._queue)
                if not self._queue:
                    self._work.clear()
                started = time.monotonic()
                await self._settle(batch.together, batch.expected)
                await self._settle(batch.contested, None)
                self._measure(time.monotonic() - started, len(batch.together))
                if not self._queue:
                    self._idle.set()
        finally:
            self._drop()
            self._abandon(self._queue, LogUnavailable("the log was closed"))

    async def close(self) -> None:
        """Take nothing more and wait until the queue is empty, at most the deadline."""
        self._closed = True
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._idle.wait()
        except TimeoutError:
            self._abandon(self._queue, LogUnavailable("the log was closed"))

    async def _settle(self, commands: list[Waiting], expected: dict[UUID, int] | None) -> None:
        attempt = 0
        while commands:
            try:
                await self._write(commands, expected)
                break
            except _HOPELESS as error:
                await self._isolate(commands, error)
                break
            except Exception as error:  # asyncpg raises almost anything on a cut connection
                self._drop()
                commands = self._still_patient(commands, error)
                await asyncio.sleep(_BACK_OFF_S[min(attempt, len(_BACK_OFF_S) - 1)])
                attempt += 1
                expected = None

    async def _write(self, commands: list[Waiting], expected: dict[UUID, int] | None) -> None:
        async with asyncio.timeout(_ATTEMPT_S):
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            if expected is None or not await self._together(self._connection, commands, expected):
                await self._one_by_one(self._connection, commands)

    async def _together(
        self, connection: Connection, commands: list[Waiting], expected: dict[UUID, int]
    ) -> bool:
        parameters = columns(commands).parameters()
        try:
            row = await connection.fetchrow(
                _TOGETHER, *parameters, list(expected), list(expected.values())
            )
        except asyncpg.UniqueViolationError:
            return False
        if row is None or row[0] is None:
            return False
        first, recorded = row[0] + 1, row[1]
        for command in commands:
            last = first + command.events - 1
            if not command.answer.done():
                command.answer.set_result(Appended(first, last, recorded, False))
            first = last + 1
        return True

    async def _one_by_one(self, connection: Connection, commands: list[Waiting]) -> None:
        wanted = [expectations(command) for command in commands]
        rows = await connection.fetch(
            _EACH,
            *columns(commands).parameters(),
            [stream for expected in wanted for stream, _ in expected],
            [version for expected in wanted for _, version in expected],
            [command.command_id for command in commands],
            [command.events for command in commands],
            [len(expected) for expected in wanted],
        )
        for command, row in zip(commands, rows, strict=True):
            _answer(command.answer, row)

    async def _isolate(self, commands: list[Waiting], error: Exception) -> None:
        # One command spoils the call: send each alone, so that the others do not suffer.
        if len(commands) == 1:
            self._abandon(commands, Unstorable(str(error)))
            return
        for command in commands:
            await self._settle([command], None)

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

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

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
