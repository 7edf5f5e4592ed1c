"""What a read model had to leave out: the poison event and what follows in its stream.

Order within a stream is kept, so everything behind a poison event waits with it; other
streams go on. `retry` applies what was held as of the model's own checkpoint; `skip`
first decides, with a reason, that the poison event shall change nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import structlog

from eventlog.record import Recorded
from projections.decoding import Failure
from projections.named import Queries
from projections.port import Connection, ReadModel, Reads
from projections.seen import Seen

SQL: Final = Queries(Path(__file__).with_name("quarantine.sql"), "public")
LIMIT: Final = 25
"""So many held streams in one read model are a bad release, not bad events: stop."""

_LOG: Final = structlog.get_logger("projections")


class TooManyHeld(Exception):
    """A read model has held back so many streams that it must not go on."""

    def __init__(self, read_model: str, streams: int) -> None:
        super().__init__(f"{read_model} has {streams} streams in quarantine: stopped")
        self.read_model = read_model
        self.streams = streams


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the quarantine."""

    read_model: str
    version: int
    position: int
    stream: UUID
    stream_version: int
    topic: str
    state: str
    error: str
    attempts: int
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Holds:
    """What one read model leaves out: streams from a position on, and skipped positions."""

    streams: dict[UUID, int] = field(default_factory=dict)
    skipped: dict[UUID, frozenset[int]] = field(default_factory=dict)

    def holding(self, failures: Iterable[Failure]) -> "Holds":
        """Return the holds with these failures' streams added."""
        return Holds({f.stream: f.position for f in failures} | self.streams, self.skipped)


NOTHING: Final = Holds()


async def rows(reads: Reads, models: Sequence[ReadModel]) -> list[Held]:
    """Return everything in quarantine for these models, in order."""
    found = await reads.fetch(SQL["rows"], [m.name for m in models], [m.version for m in models])
    return [Held(**row) for row in found]


async def holds(reads: Reads, models: Sequence[ReadModel]) -> dict[str, Holds]:
    """Return what each of these models leaves out."""
    streams: dict[str, dict[UUID, int]] = {}
    skipped: dict[str, dict[UUID, set[int]]] = {}
    for row in await rows(reads, models):
        if row.state == "skipped":
            skipped.setdefault(row.read_model, {}).setdefault(row.stream, set()).add(row.position)
        else:
            streams.setdefault(row.read_model, {}).setdefault(row.stream, row.position)
    return {
        model.name: Holds(
            streams.get(model.name, {}),
            {s: frozenset(at) for s, at in skipped.get(model.name, {}).items()},
        )
        for model in models
    }


async def hold(connection: Connection, model: ReadModel, failures: Sequence[Failure]) -> None:
    """Record poison events. The caller moves the model's `holds` on."""
    await _record(connection, model, failures, "poison")
    for failure in failures:
        _LOG.error(
            "quarantined",
            read_model=model.name,
            position=failure.position,
            stream=str(failure.stream),
            topic=failure.topic,
            error=failure.error,
        )


async def hold_behind(
    connection: Connection, model: ReadModel, seen: Sequence[Seen | Recorded]
) -> None:
    """Record events that wait behind a poison one."""
    behind = [Failure(one.position, one.stream, one.version, one.topic, "") for one in seen]
    await _record(connection, model, behind, "behind")


async def _record(
    connection: Connection, model: ReadModel, failures: Sequence[Failure], state: str
) -> None:
    if not failures:
        return
    await connection.executemany(
        SQL["hold"],
        [
            (model.name, model.version, f.position, f.stream, f.version, f.topic, state, f.error)
            for f in failures
        ],
    )


def check_limit(model: ReadModel, held: Holds) -> None:
    """Raise TooManyHeld where going on would hide a bad release."""
    if len(held.streams) > LIMIT:
        raise TooManyHeld(model.name, len(held.streams))
