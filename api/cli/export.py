"""`quanke export DIR`: the log for an auditor, or for analysis elsewhere."""

from pathlib import Path
from typing import Final

from arro3.core import DataType, Field, Schema
from arro3.io import read_json, write_parquet

from api.cli.options import Data, read_settings, wait_for
from api.cli.progress import Progress
from api.database import database
from api.settings import Settings
from eventlog.audit.rows import EVENTS
from eventlog.export import export as write
from eventlog.seals import Seal
from migrations import migrate

PARQUET: Final = "events.parquet"
ROWS_AT_ONCE: Final = 8_192
_TEXT: Final = DataType.utf8()
_INTEGER: Final = DataType.int64()
_COLUMNS: Final = {
    "position": _INTEGER,
    "stream": _TEXT,
    "version": _INTEGER,
    "topic": _TEXT,
    "schema": _INTEGER,
    "recorded_at": DataType.timestamp("us", tz="UTC"),
    "command_id": _TEXT,
    "command_index": _INTEGER,
    "actor": _TEXT,
    "meta": _TEXT,
    "state": _TEXT,
}


def export(directory: Path, /, *, proof_only: bool = False, data: Data = None) -> None:
    """Write entries, tiles and checkpoint, and the events as NDJSON and Parquet.

    What was sealed for privacy stays sealed. The directory is new, and for you alone (0700).

    Parameters
    ----------
    directory
        Where to; made when it is not there.
    proof_only
        Leave the events out: who did what and when stays in the entries, nothing more.
    """
    seal = wait_for(_export(read_settings(data), directory, events=not proof_only))
    if not proof_only:
        to_parquet(directory / EVENTS, directory / PARQUET)
    print(f"{seal.size:,} events up to the head signed with {seal.vkey}")
    print(f"check it: quanke audit verify {directory} --vkey (the key you were given elsewhere)")


async def _export(settings: Settings, directory: Path, *, events: bool) -> Seal:
    progress = Progress("exporting")
    async with database(settings, "export") as dsn:
        await migrate(dsn)
        seal = await write(dsn, directory, events=events, progress=progress)
    progress.close()
    return seal


def to_parquet(lines: Path, target: Path) -> None:
    """Write the lines of an export as Parquet, a few thousand rows at a time."""
    schema = Schema([Field(name, kind, nullable=False) for name, kind in _COLUMNS.items()])
    found = read_json(str(lines), schema, batch_size=ROWS_AT_ONCE)
    write_parquet(found, str(target), compression="zstd(3)")
