"""What the log holds of what was acknowledged, signed and shown.

The clients' acknowledgements and the log's signed heads lie outside the data directory,
where no kill reaches them. In the end the log is held against both, and the read models
against a rebuild.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import asyncpg
import uvloop

from api.database import opened
from api.database.layout import Layout
from api.settings import Settings
from api.verify import verify
from eventlog import seals
from eventlog.audit.verify import Export
from eventlog.audit.verify import verify as audit
from eventlog.connection import Connection
from eventlog.export import export
from eventlog.tlog.checkpoint import Checkpoint
from eventlog.tlog.checkpoint import opened as read_note
from eventlog.tlog.notes import Verifier, parse, parse_vkey
from eventlog.tlog.proofs import BadProof, check_consistency
from projections.checkpoint import checkpoints
from projections.registry import READ_MODELS

SETTLED_S: Final = 90.0
POLL_S: Final = 0.05
VKEY: Final = "vkey"


@dataclass(frozen=True, slots=True)
class Found:
    """What the log holds of what was acknowledged."""

    acknowledged: int
    events: int
    lost: int
    doubled: int
    gaps: int
    broken_streams: int

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.gaps or self.broken_streams)


@dataclass(frozen=True, slots=True)
class Proven:
    """What an auditor with the heads held outside says, and a rebuild of the read models."""

    heads: int
    """Signed heads that were held outside before a kill."""
    sealed: int
    faults: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found wrong, and there was something to hold it against."""
        return not self.faults and self.heads > 0


def inspect(settings: Settings, acknowledged: Path) -> Found:
    """Compare the log of a stopped platform with what was acknowledged."""
    lines = [json.loads(line) for line in acknowledged.read_text().splitlines(keepends=False)]
    return uvloop.run(_inspect(settings, lines))


def prove(settings: Settings, held: Path, home: Path) -> Proven:
    """Audit the log of a stopped platform against the heads held, and rebuild the read models."""
    return uvloop.run(_prove(settings, held, home))


ROWS: Final = """
select command_id::text, notification_id from quanke_log where command_index = 0
"""
EVENTS: Final = "select count(*) from quanke_log"
GAPS: Final = "select coalesce(max(notification_id), 0) - count(*) from quanke_log"
BROKEN: Final = """
select count(*) from (
    select from quanke_log group by originator_id
    having min(originator_version) <> 1 or max(originator_version) <> count(*)) as broken
"""
DOUBLED: Final = """
select count(*) from (
    select from quanke_log where topic = 'case.reported' group by command_id
    having count(*) > 1) as doubled
"""


async def _inspect(settings: Settings, acknowledged: list[list[Any]]) -> Found:
    async with opened(settings, "check", exclusive=True) as database:
        connection = await asyncpg.connect(database.dsn)
        try:
            rows = {tuple(row) for row in await connection.fetch(ROWS)}
            return Found(
                acknowledged=len(acknowledged),
                events=await connection.fetchval(EVENTS),
                lost=sum(tuple(answer) not in rows for answer in acknowledged),
                doubled=await connection.fetchval(DOUBLED),
                gaps=await connection.fetchval(GAPS),
                broken_streams=await connection.fetchval(BROKEN),
            )
        finally:
            await connection.close()


def hold(layout: Layout, held: Path) -> None:
    """Write the newest signed head of a running platform down, and at first its key.

    Waits for one that covers more than the one before: a sealer that was killed came back.
    """
    size = max((int(path.stem) for path in held.glob("*.note")), default=0)
    seal = uvloop.run(_newer_seal(layout, size))
    if not (held / VKEY).exists():
        (held / VKEY).write_text(seal.vkey)
    (held / f"{seal.size}.note").write_text(str(seal.note))


async def _newer_seal(layout: Layout, size: int) -> seals.Seal:
    connection = await asyncpg.connect(layout.dsn(), timeout=5)
    try:
        with anyio.fail_after(SETTLED_S):
            while (seal := await seals.latest(connection)) is None or seal.size <= size:
                await anyio.sleep(POLL_S)
        return seal
    finally:
        connection.terminate()


def settled(layout: Layout) -> bool:
    """Wait until all that was appended is sealed and shown; False when it takes too long."""
    return uvloop.run(_settled(layout))


async def _settled(layout: Layout) -> bool:
    connection = await asyncpg.connect(layout.dsn(), timeout=5)
    try:
        with anyio.move_on_after(SETTLED_S):
            while not await _at_head(connection):
                await anyio.sleep(POLL_S)
            return True
        return False
    finally:
        connection.terminate()


async def _at_head(connection: Connection) -> bool:
    standing = await seals.standing(connection)
    shown = await checkpoints(connection, READ_MODELS)
    slowest = min((one.position for one in shown.values()), default=0)
    return not standing.unsealed and slowest >= standing.head


async def _prove(settings: Settings, held: Path, home: Path) -> Proven:
    async with opened(settings, "check", exclusive=True) as database:
        key = parse_vkey((held / VKEY).read_text())
        place = home / "export"
        seal = await export(database.dsn, place, events=False)
        heads = [parse(path.read_bytes()) for path in sorted(held.glob("*.note"))]
        earlier = [read_note(note, key) for note in heads]
        audited = audit(Export(place), key)
        faults = [*audited.faults, *await _forked(database.dsn, seal, earlier, key)]
        verdict = await verify(database.dsn)
        return Proven(len(earlier), seal.size, (*faults, *verdict.faults))


async def _forked(
    dsn: str, seal: seals.Seal, earlier: Sequence[Checkpoint], key: Verifier
) -> list[str]:
    """Say which heads held outside are not the beginning of what is signed now."""
    now = read_note(seal.note, key)
    connection = await asyncpg.connect(dsn)
    found: list[str] = []
    try:
        for old in earlier:
            try:
                path = await seals.extension(connection, old.size, now.size)
                check_consistency(old.size, now.size, old.root, now.root, path)
            except (BadProof, seals.NotSealed) as error:
                found.append(f"the head of {old.size} events held outside: {error}")
    finally:
        await connection.close()
    return found
