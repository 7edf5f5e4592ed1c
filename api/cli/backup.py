"""`quanke backup DIR` and `quanke restore DIR`: the log by the server's means, keys apart."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import anyio

from api.backup.archive import Archive, Manifest, keyring_of
from api.backup.making import back_up
from api.backup.restoring import Restored
from api.backup.restoring import restore as put_back
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.database import opened
from api.database.binaries import find_binaries
from api.settings import Settings
from migrations import migrate

FAULTY: Final = 2


def backup(
    directory: Path,
    *,
    keys: Path | None = None,
    full: bool = False,
    every: float | None = None,
    data: Data = None,
) -> None:
    """Back up the log and, apart from it, the keys; again: only what came since.

    A running platform goes on. Keep the two directories in different hands: without the keys
    nobody can read a personal word, without the log the keys open nothing.

    Parameters
    ----------
    directory
        Where the log goes.
    keys
        Where the keys go; DIRECTORY-keys when left out.
    full
        Begin with a new base backup, and drop what the old one needed.
    every
        Go on until stopped, so many seconds apart.
    """
    settings = read_settings(data)
    wait_for(_backup(settings, Archive(directory), keys, full=full, every_s=every))


def restore(
    directory: Path,
    *,
    keys: Path | None = None,
    to_position: int | None = None,
    to_time: str | None = None,
    checkpoint: list[Path] | None = None,
    data: Data = None,
) -> int:
    """Restore a backup into a new data directory, whole or as it was, and verify it.

    Who was erased stays erased. When sealed events are lost a new log epoch is opened, which
    quotes the last checkpoint. Exit 2 when the restored log does not verify.

    Parameters
    ----------
    directory
        The backup.
    keys
        Its keys; DIRECTORY-keys when left out.
    to_position
        The last event that is to be there.
    to_time
        An instant (RFC 3339): what was recorded by then.
    checkpoint
        Signed heads that somebody holds (a witness, an auditor); they say what was sealed.
    """
    if to_position is not None and to_time is not None:
        raise Failed("give --to-position or --to-time, not both")
    settings = read_settings(data)
    if settings.external_dsn is not None:
        raise Failed("name the new data directory with --data; an external database is restored "
                     "with its own means")  # fmt: skip
    archive = Archive(directory)
    evidence = [path.read_bytes() for path in checkpoint or ()]
    done = wait_for(
        put_back(
            settings, archive, keyring_of(archive, keys),
            to_position=to_position, to_us=None if to_time is None else _instant(to_time),
            evidence=evidence, say=_say,
        )
    )  # fmt: skip
    print(_text(settings, done))
    for fault in done.verdict.faults:
        print(fault, file=sys.stderr)
    return 0 if done.verdict.ok else FAULTY


async def _backup(
    settings: Settings, archive: Archive, keys: Path | None, *, full: bool, every_s: float | None
) -> None:
    binaries = find_binaries(settings.pg_bin)
    async with opened(settings, "backup") as database:
        await migrate(database.dsn)
        while True:
            made = await back_up(
                settings, database.dsn, binaries, archive, keyring_of(archive, keys),
                full=full, say=_say,
            )  # fmt: skip
            print(_made(archive, made), flush=True)
            if every_s is None:
                return
            full = False
            await anyio.sleep(every_s)


def _made(archive: Archive, made: Manifest) -> str:
    at = datetime.fromtimestamp(made.made_at / 1_000_000, UTC).isoformat(timespec="seconds")
    return (
        f"{archive.home}: up to position {made.head:,} at {at}, sealed {made.sealed:,}\n"
        f"keys apart from it in {made.keys}: keep them in other hands, and 30 days at most"
    )


def _text(settings: Settings, done: Restored) -> str:
    lines = [f"{settings.data_dir}: {done.head:,} events, {done.keys:,} keys, epoch {done.epoch}"]
    if done.taken_out:
        lines.append(f"taken out: {done.taken_out:,} events after the point asked for")
    if done.lost:
        lines.append(f"lost: {done.lost:,} sealed events; a new epoch says so in the log")
    if done.erased_again:
        lines.append(f"erased again: {done.erased_again:,} subjects")
    lines.append("verified" if done.verdict.ok else f"{done.verdict.fault_count:,} faults")
    return "\n".join(lines)


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Failed(f"--to-time {text}: an instant is wanted, such as 2026-11-23T10:00:00Z")
    return round(moment.timestamp() * 1_000_000)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
