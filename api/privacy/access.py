"""Every opening of personal data is an event, and the event comes first.

`note` returns when the log holds it; only then may the words be shown. Reads of one
account that come together are one command, so that a page of a hundred cases costs one
commit. Nothing runs in the background: the first who comes writes for all that wait.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from api.dispatch.dispatcher import Dispatcher
from api.dispatch.numbering import new_stream
from api.measured import OPENED
from domain.actor import Actor
from domain.privacy.commands import NoteReads, Read
from domain.privacy.subjects import access_stream

AT_ONCE: Final = 500
MICROSECONDS: Final = 1_000_000


class _WriterLeft(Exception):
    """Whoever was to write for the others was cancelled."""


@dataclass(slots=True)
class _Batch:
    """Reads that go into one command, and word of its end."""

    reads: list[Read] = field(default_factory=list)
    done: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(slots=True)
class _Desk:
    """One account's batches: at most one is being written, one gathers behind it."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    gathering: _Batch | None = None
    using: int = 0


class AccessLog:
    """Writes down who opened what. One per process."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._desks: dict[tuple[Actor, str], _Desk] = {}

    async def note(self, reader: Actor, reads: Sequence[Read], basis: str = "observed") -> None:
        """Return once the log holds these reads. Raises LogBusy, LogUnavailable."""
        if not reads:
            return
        desk = self._desks.setdefault((reader, basis), _Desk())
        desk.using += 1
        try:
            while not await self._joined(desk, reader, basis, reads):
                pass
        finally:
            desk.using -= 1
            if not desk.using:
                del self._desks[reader, basis]

    async def _joined(self, desk: _Desk, reader: Actor, basis: str, reads: Sequence[Read]) -> bool:
        batch = desk.gathering
        if batch is None or len(batch.reads) + len(reads) > AT_ONCE:
            desk.gathering = batch = _Batch(list(reads))
            await self._write(desk, batch, reader, basis)
            return True
        batch.reads += reads
        try:
            await asyncio.shield(batch.done)
        except _WriterLeft:
            return False
        return True

    async def _write(self, desk: _Desk, batch: _Batch, reader: Actor, basis: str) -> None:
        try:
            async with desk.turn:
                if desk.gathering is batch:
                    desk.gathering = None
                await self._send(batch.reads, reader, basis)
            for read in batch.reads:
                OPENED.labels(read.purpose).inc()
            batch.done.set_result(None)
        except asyncio.CancelledError:
            batch.done.set_exception(_WriterLeft())
            batch.done.exception()  # it may be that nobody waits
            raise
        except Exception as error:
            batch.done.set_exception(error)
            batch.done.exception()
            raise
        finally:
            if desk.gathering is batch:
                desk.gathering = None

    async def _send(self, reads: Sequence[Read], reader: Actor, basis: str) -> None:
        now = self._dispatcher.clock()
        day = datetime.fromtimestamp(now / MICROSECONDS, UTC).date().isoformat()
        command: UUID = new_stream()
        await self._dispatcher.dispatch(
            NoteReads(day=day, reads=tuple(reads)),
            stream=access_stream(reader.id, day),
            actor=reader,
            command_id=command,
            occurred_at=now,
            basis=basis,
        )
