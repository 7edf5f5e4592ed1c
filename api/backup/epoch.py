"""Whether a restore lost sealed events, and the new epoch when it did.

What was signed can't be taken back: somebody may hold it. A log that is shorter than its
last checkpoint goes on under a new name, and its first new event quotes that checkpoint.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import asyncpg

from api.dispatch.numbering import new_stream
from domain.epoch import EpochOpened
from domain.event import DomainEvent, Meta
from domain.streams import CELL
from domain.topics import decode_meta, encode
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write
from eventlog.tlog.checkpoint import checkpoint_of
from eventlog.tlog.notes import BadNote, Note, parse

LOG_STREAM: Final = uuid5(CELL, "log")
ACTOR: Final = "system:restore"
_NEXT: Final = "update quanke_cell set log_epoch = log_epoch + 1 returning log_epoch"


def heads(texts: Iterable[bytes], origin: str) -> list[Note]:
    """Return the checkpoints of this log among notes, longest last; others are left out."""
    found: list[Note] = []
    for text in texts:
        try:
            note = parse(text)
            if checkpoint_of(note).origin == origin:
                found.append(note)
        except BadNote:
            continue
    return sorted(found, key=lambda note: checkpoint_of(note).size)


def kept_checkpoints(directory: Path) -> list[bytes]:
    """Return the notes that a sealer or witness remembers in a directory."""
    return [one.read_bytes() for one in sorted(directory.glob("*.checkpoint"))]


async def open_epoch(
    connection: "asyncpg.Connection[asyncpg.Record]",
    log: PostgresLog,
    position: int,
    last: Note,
    now: int,
) -> int:
    """Open the next epoch after a position and return its number."""
    epoch = int(await connection.fetchval(_NEXT))
    event = EpochOpened(epoch=epoch, was=epoch - 1, after=position, checkpoint=str(last))
    await tell(log, LOG_STREAM, event, "administrator", now)
    return epoch


async def tell(log: PostgresLog, stream: UUID, event: DomainEvent, role: str, now: int) -> None:
    """Append an event of the restore itself to a stream."""
    told = await log.read_stream(stream)
    before = decode_meta(told[-1].meta).effective_at if told else now
    meta = Meta(occurred_at=now, effective_at=max(before, now), role=role)
    new = NewEvent(event.TOPIC, event.SCHEMA, encode(event), encode(meta))
    await log.append(new_stream(), ACTOR, [Write(stream, len(told), (new,))])
