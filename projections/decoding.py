"""From the log's bytes to `Seen`: each event decoded once, whoever reads it afterwards.

An event that can't be decoded does not stop the page: it comes out with `event` None and
the reason, and every read model holds its stream from there on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from domain.event import Meta
from domain.topics import RESERVED, UnknownTopic, decode, decode_meta
from eventlog.record import Recorded
from projections.seen import Seen

CASE: Final = "case."
_NO_META: Final = Meta(occurred_at=0, effective_at=0, role="")


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that could not be taken in: where it lies and what went wrong."""

    position: int
    stream: UUID
    version: int
    topic: str
    error: str


def describe(error: BaseException) -> str:
    """Return an error's kind and words, at most 500 characters."""
    return f"{type(error).__name__}: {error}"[:500]


def seen_of(recorded: Recorded) -> Seen:
    """Return an event decoded. Raises UnknownTopic, msgspec.ValidationError."""
    known = recorded.topic not in RESERVED
    event = decode(recorded.topic, recorded.schema, recorded.state) if known else None
    meta = decode_meta(recorded.meta)
    return Seen(
        recorded.position, recorded.stream, recorded.version, recorded.topic,
        event, recorded.actor, meta, recorded.recorded_at,
    )  # fmt: skip


def unreadable(recorded: Recorded) -> Seen:
    """Return what is left of an event whose state can't be decoded."""
    try:
        meta = decode_meta(recorded.meta)
    except msgspec.MsgspecError:
        meta = _NO_META
    return Seen(
        recorded.position, recorded.stream, recorded.version, recorded.topic,
        None, recorded.actor, meta, recorded.recorded_at,
    )  # fmt: skip


def decode_page(page: Iterable[Recorded]) -> tuple[list[Seen], list[Failure]]:
    """Decode a page; what can't be decoded stands in both lists."""
    seen: list[Seen] = []
    failures: list[Failure] = []
    for recorded in page:
        try:
            seen.append(seen_of(recorded))
        except (UnknownTopic, msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
            seen.append(unreadable(recorded))
            failures.append(failed(recorded, error))
    return seen, failures


def failed(event: Recorded | Seen, error: BaseException) -> Failure:
    """Return the failure of one event."""
    return Failure(event.position, event.stream, event.version, event.topic, describe(error))
