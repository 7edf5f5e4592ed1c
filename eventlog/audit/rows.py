"""The events themselves against the entries that commit to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from eventlog.audit.entry import Entry

EVENTS = "events.ndjson"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Row(msgspec.Struct, frozen=True, gc=False):
    """An event as a line of the export; meta and state are texts, byte for byte."""

    position: int
    stream: str
    version: int
    topic: str
    schema: int
    recorded_at: str
    command_id: str
    command_index: int
    actor: str
    meta: str
    state: str


DECODER = msgspec.json.Decoder(Row)


def rfc3339(us: int) -> str:
    """Return an instant as the export writes it."""
    seconds, rest = divmod(us, 1_000_000)
    return f"{_second(seconds)}.{rest:06}Z"


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of an export's events."""
    with path.open("rb") as file:
        yield from file


def fault(line: bytes, entry: Entry) -> str | None:
    """Return in what an event differs from its entry, None when it is the same."""
    try:
        row = DECODER.decode(line)
    except msgspec.DecodeError as error:
        return f"its line in {EVENTS} can't be read: {error}"
    if sha256(row.state.encode()).hexdigest() != entry.state_sha256:
        return f"its state in {EVENTS} is not the one that was sealed"
    if sha256(row.meta.encode()).hexdigest() != entry.meta_sha256:
        return f"its envelope in {EVENTS} is not the one that was sealed"
    same = (
        row.position == entry.position
        and row.stream == entry.stream
        and row.version == entry.version
        and row.topic == entry.topic
        and row.schema == entry.schema
        and row.recorded_at == rfc3339(entry.recorded_at)
        and row.command_id == entry.command_id
        and row.command_index == entry.command_index
        and row.actor == entry.actor
    )
    return None if same else f"its columns in {EVENTS} are not those that were sealed"
