"""`quanke events`: the log as lines of JSON, in position order."""

import sys
from datetime import UTC, datetime, timedelta

import msgspec

from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.settings import Settings
from domain.topics import decode_meta
from eventlog.postgres import PostgresLog
from eventlog.record import Position, Recorded
from migrations import migrate

PAGE = 5_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def events(*, after: int = 0, data: Data = None) -> None:
    """Print the log as NDJSON: one event per line, in position order.

    Parameters
    ----------
    after
        Start just after this position.
    """
    wait_for(_events(read_settings(data), after))


async def _events(settings: Settings, after: int) -> None:
    async with database(settings, "events") as dsn:
        await migrate(dsn)
        async with PostgresLog.open(dsn) as log:
            while page := await log.read_all(Position(after), PAGE):
                sys.stdout.buffer.write(b"".join(map(line, page)))
                after = page[-1].position
    sys.stdout.buffer.flush()


def line(event: Recorded) -> bytes:
    """Return one event as a line of JSON; its state stays the bytes of the log."""
    fields = {
        "position": event.position,
        "stream": str(event.stream),
        "version": event.version,
        "topic": event.topic,
        "occurred_at": instant(decode_meta(event.meta).occurred_at),
        "recorded_at": instant(event.recorded_at),
        "state": msgspec.Raw(event.state),
    }
    return msgspec.json.encode(fields) + b"\n"


def instant(microseconds: int) -> str:
    """Return RFC 3339 UTC with six digits."""
    moment = EPOCH + timedelta(microseconds=microseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
