"""All events of an export against the entries that commit to them.

Hashing contents costs as much as rebuilding the tree, and neither needs the other: a
large export is looked at by a second process meanwhile.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import msgspec

from eventlog.audit import rows
from eventlog.audit.directory import Export
from eventlog.audit.entry import DECODER
from eventlog.audit.verdict import KEPT, Verdict
from eventlog.tlog.tiles import BadTile, Place, unbundle, width_at
from eventlog.tlog.tree import WIDTH

BESIDE: Final = 50_000
"""From so many events on a second process pays."""


class Looked(msgspec.Struct):
    """What was seen of the events: how many lines, whether more follow, and what is wrong."""

    seen: int
    more: bool
    faults: list[tuple[int, str]]


@contextmanager
def looking(path: Path, size: int) -> Iterator[Callable[[], Looked | None]]:
    """Look at the events while the block runs; what is yielded waits for the answer."""
    if size < BESIDE:
        yield lambda: look(path, size)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool.submit(look, path, size).result


def look(path: Path, size: int) -> Looked | None:
    """Hold every line against its entry; None when the events were not exported."""
    export = Export(path)
    lines = export.events()
    if lines is None:
        return None
    seen, faults = 0, list[tuple[int, str]]()
    for n in range(-(-size // WIDTH)):
        width = width_at(0, n, size)
        bundle = export.file(Place(None, n, width))
        some = list(islice(lines, width))
        seen += len(some)
        if len(faults) < KEPT:
            faults += _faults(bundle or b"", some)
    return Looked(seen, next(lines, None) is not None, faults)


def _faults(bundle: bytes, lines: list[bytes]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with lines; an entry that can't be read is the tree's affair."""
    try:
        for entry, line in zip(unbundle(bundle), lines, strict=False):
            said = DECODER.decode(entry)
            wrong = rows.fault(line, said)
            if wrong is not None:
                yield said.position, f"position {said.position}: {wrong}"
    except (BadTile, msgspec.DecodeError):
        return


def judge(looked: Looked | None, size: int, verdict: Verdict) -> None:
    """Put what was seen into the verdict."""
    if looked is None:
        verdict.limits.append(f"not checked: the events themselves, {rows.EVENTS} is not there")
        return
    for position, words in looked.faults:
        verdict.fault(position, words)
    if looked.seen != size or looked.more:
        words = f"{rows.EVENTS} does not have one line for each of {size} entries"
        verdict.fault(min(looked.seen, size) + 1, words)
    if verdict.ok and size:
        verdict.said.append(f"{size:,} events are what their entries commit to")
