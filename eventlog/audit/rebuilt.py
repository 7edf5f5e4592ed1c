"""The tree, rebuilt from the entries of an export: nothing else is asked."""

from collections.abc import Sequence
from typing import Final

import msgspec

from eventlog.audit.directory import Export
from eventlog.audit.entry import DECODER, Entry, Order
from eventlog.audit.verdict import Verdict
from eventlog.tlog.proofs import hash_of
from eventlog.tlog.tiles import BadTile, Place, unbundle, width_at
from eventlog.tlog.tree import EMPTY_ROOT, WIDTH, Edge, leaf

NEW_EPOCH: Final = "log.epoch_opened"
"""The topic of the event with which a log goes on after a restore that lost sealed events."""


class Rebuilt:
    """The tree as the entries give it, every tile of it; `epochs` are where new ones begin."""

    def __init__(self, size: int) -> None:
        self.wanted = size
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.epochs: list[int] = []

    def add(self, entries: Sequence[bytes]) -> None:
        """Put entries at the end."""
        for level, n, hashes in self.edge.extend([leaf(entry) for entry in entries]):
            self.tiles[level, n] = hashes

    def close(self) -> None:
        """Put the partial tiles to the full ones: nothing more will come."""
        self.tiles.update(((level, n), hashes) for level, n, hashes in self.edge.partial())

    def root_at(self, size: int) -> bytes:
        """Return the root of the first so many entries."""
        return hash_of(0, size, self.tiles) if size else EMPTY_ROOT


def read_entries(export: Export, ours: Rebuilt, verdict: Verdict) -> None:
    """Hash all entries in; stop at the first that is not where it says to be."""
    order = Order()
    for n in range(-(-ours.wanted // WIDTH)):
        entries = _bundle(export, n, ours.wanted, verdict)
        for index, entry in enumerate(entries):
            said = _look(entry, n * WIDTH + index + 1, order, verdict)
            if said is None:
                ours.add(entries[:index])
                ours.close()
                return
            if said.topic == NEW_EPOCH:
                ours.epochs.append(said.position)
        ours.add(entries)
        if ours.edge.size < min((n + 1) * WIDTH, ours.wanted):
            verdict.fault(ours.edge.size + 1, f"position {ours.edge.size + 1}: missing")
            break
    ours.close()


def _bundle(export: Export, n: int, size: int, verdict: Verdict) -> list[bytes]:
    width = width_at(0, n, size)
    data = export.file(Place(None, n, width))
    if data is None:
        return []
    try:
        entries = unbundle(data)
    except BadTile as error:
        verdict.fault(n * WIDTH + 1, f"positions from {n * WIDTH + 1}: {error}")
        return []
    if len(entries) > width:
        verdict.fault(n * WIDTH + width, f"position {n * WIDTH + width}: more entries follow it")
    return entries[:width]


def _look(entry: bytes, position: int, order: Order, verdict: Verdict) -> Entry | None:
    """Look at one entry; None when the log cannot go on from here."""
    try:
        said = DECODER.decode(entry)
    except msgspec.DecodeError as error:
        verdict.fault(position, f"position {position}: its entry can't be read: {error}")
        return None
    if said.position != position:
        verdict.fault(
            position, f"position {position}: missing; the entry stored there is {said.position}"
        )
        return None
    wrong = order.fault(said)
    if wrong is not None:
        verdict.fault(position, f"position {position}: {wrong}")
    return said
