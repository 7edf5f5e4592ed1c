"""`audit verify`: is an export the history that was signed, from the first event to the last.

Entries → leaf hashes → root → signature. Everything is computed here; tiles are compared
with what they should be and are never a source. What a signature alone cannot tell (that
nobody with the key wrote another history) is told by an older checkpoint held elsewhere,
or by a witness; a verdict without either says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from eventlog.audit import rows
from eventlog.audit.entry import DECODER, Entry, Order
from eventlog.audit.locate import first_difference
from eventlog.tlog.checkpoint import Checkpoint, opened
from eventlog.tlog.notes import BadNote, Note, Verifier, parse, signers
from eventlog.tlog.proofs import hash_of
from eventlog.tlog.tiles import BadTile, Place, places, unbundle, width_at
from eventlog.tlog.tree import EMPTY_ROOT, WIDTH, Edge, leaf

CHECKPOINT: Final = "checkpoint"
FAULTS: Final = 20
"""So many are named."""
KEPT: Final = 10_000
ALONE: Final = (
    "not checked: that this is the history others were shown. Who has the log's key could have "
    "rewritten and signed all of it: hold an older checkpoint against it (--since) or ask for a "
    "witness (--witness)"
)


@dataclass
class Verdict:
    """What was found: `faults` are bad, `said` is what holds, `limits` what was not looked at."""

    origin: str = ""
    size: int = 0
    said: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    found: list[tuple[int, int, str]] = field(default_factory=list)

    def fault(self, first: int, text: str, last: int = 0) -> None:
        """Note what is wrong at a position, or somewhere from `first` to `last`; 0: the export."""
        if len(self.found) < KEPT:
            self.found.append((first, max(first, last), text))

    @property
    def faults(self) -> list[str]:
        """The first faults by position; a range in which a place is named says nothing more."""
        places = {first for first, last, _ in self.found if first == last}
        return [
            text
            for first, last, text in sorted(self.found, key=lambda one: one[:2])
            if first == last or not any(first <= place <= last for place in places)
        ][:FAULTS]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found


class BadExport(Exception):
    """There is no export to judge; the message says what is missing."""


class Export:
    """An export in a directory, or of an older one the checkpoint alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = path if path.is_dir() else None

    def note(self) -> Note:
        """Return the signed head. Raises BadExport, BadNote."""
        file = self.path / CHECKPOINT if self._directory else self.path
        try:
            return parse(file.read_bytes())
        except OSError as error:
            raise BadExport(f"{file}: {error.strerror}") from error

    def file(self, place: Place) -> bytes | None:
        """Return a tile or bundle, None when it is not there."""
        if self._directory is None:
            return None
        path = self._directory / "tile" / place.path
        return path.read_bytes() if path.is_file() else None

    def tiles(self, size: int) -> "Tiles":
        """Return a reader of the tiles of hashes of a tree of so many leaves."""
        return Tiles(self, size)

    def events(self) -> Iterator[bytes] | None:
        """Yield the lines of the events, None when they were not exported."""
        path = self.path / rows.EVENTS
        return rows.lines(path) if path.is_file() else None


@dataclass(frozen=True)
class Tiles:
    """Reads tiles by level and number, whatever their width."""

    export: Export
    size: int

    def __call__(self, level: int, n: int) -> bytes | None:
        """Return a tile's hashes, None when it is not there."""
        width = width_at(level, n, self.size)
        return self.export.file(Place(level, n, width)) if width else None


def verify(
    export: Export,
    key: Verifier,
    since: Export | None = None,
    witnesses: Sequence[Verifier] = (),
    quorum: int | None = None,
) -> Verdict:
    """Judge an export. Raises BadExport when there is nothing to judge.

    Of the witnesses `quorum` must have cosigned; all of them when it is left out.
    """
    verdict = Verdict()
    try:
        note = export.note()
        head = opened(note, key)
    except BadNote as error:
        verdict.fault(0, f"checkpoint: {error}")
        return verdict
    verdict.origin, verdict.size = head.origin, head.size
    ours = _Tree(head.size)
    _read_entries(export, ours, verdict)
    _check_root(export, head, ours, verdict)
    if since is not None:
        _check_since(since, key, head, ours, verdict)
    _check_witnesses(note, witnesses, quorum, verdict)
    if since is None and not witnesses:
        verdict.limits.append(ALONE)
    return verdict


class _Tree:
    """The tree as rebuilt here: every tile of it."""

    def __init__(self, size: int) -> None:
        self.wanted = size
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}

    def add(self, entries: Sequence[bytes]) -> None:
        for level, n, hashes in self.edge.extend([leaf(entry) for entry in entries]):
            self.tiles[level, n] = hashes

    def close(self) -> None:
        self.tiles.update(((level, n), hashes) for level, n, hashes in self.edge.partial())

    def root_at(self, size: int) -> bytes:
        return hash_of(0, size, self.tiles) if size else EMPTY_ROOT


def _read_entries(export: Export, ours: _Tree, verdict: Verdict) -> None:
    """Hash all entries in; stop at the first that is not where it says to be."""
    order, events, seen = Order(), export.events(), 0
    for n in range(-(-ours.wanted // WIDTH)):
        entries = _bundle(export, n, ours.wanted, verdict)
        lines = list(islice(events, len(entries))) if events is not None else []
        for index, entry in enumerate(entries):
            line = lines[index] if index < len(lines) else None
            if not _look(entry, n * WIDTH + index + 1, order, line, verdict):
                ours.add(entries[:index])
                ours.close()
                return
        seen += len(lines)
        ours.add(entries)
        if ours.edge.size < min((n + 1) * WIDTH, ours.wanted):
            verdict.fault(ours.edge.size + 1, f"position {ours.edge.size + 1}: missing")
            break
    ours.close()
    if events is None:
        verdict.limits.append(f"not checked: the events themselves, {rows.EVENTS} is not there")
    elif ours.edge.size == ours.wanted and (seen < ours.wanted or next(events, None) is not None):
        verdict.fault(
            seen + 1, f"{rows.EVENTS} does not have one line for each of {ours.edge.size} entries"
        )
    elif verdict.ok and seen:
        verdict.said.append(f"{seen:,} events are what their entries commit to")


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


def _look(entry: bytes, position: int, order: Order, line: bytes | None, verdict: Verdict) -> bool:
    """Look at one entry and its event; False when the log cannot go on from here."""
    try:
        said = DECODER.decode(entry)
    except msgspec.DecodeError as error:
        verdict.fault(position, f"position {position}: its entry can't be read: {error}")
        return False
    if said.position != position:
        verdict.fault(
            position, f"position {position}: missing; the entry stored there is {said.position}"
        )
        return False
    wrong = order.fault(said)
    if wrong is not None:
        verdict.fault(position, f"position {position}: {wrong}")
    _look_at_event(line, said, verdict)
    return True


def _look_at_event(line: bytes | None, said: Entry, verdict: Verdict) -> None:
    wrong = None if line is None else rows.fault(line, said)
    if wrong is not None:
        verdict.fault(said.position, f"position {said.position}: {wrong}")


def _check_root(export: Export, head: Checkpoint, ours: _Tree, verdict: Verdict) -> None:
    if ours.edge.size != head.size or ours.edge.root() != head.root:
        _blame(ours, export.tiles(head.size), head, "was signed", verdict)
        return
    verdict.said.append(f"{head.size:,} entries give the signed root of {head.origin}")
    for one in places(head.size):
        if export.file(one) != ours.tiles[one.level or 0, one.n]:
            wrong = f"tile/{one.path} is not what the entries give: proofs from it fail"
            verdict.fault((one.n * WIDTH << 8 * (one.level or 0)) + 1, wrong)


def _blame(ours: _Tree, theirs: Tiles, head: Checkpoint, what: str, verdict: Verdict) -> None:
    """Note which positions are not those under a signed root."""
    first, end = first_difference(ours.tiles, theirs, head.size, head.root)
    end = min(end, head.size)
    if first >= ours.edge.size:
        return  # it is missing, and that has been said
    if end - first == 1:
        verdict.fault(end, f"position {end}: its entry is not the one that {what}")
        return
    words = f"positions {first + 1} to {end}: the entries are not those that {what}"
    verdict.fault(first + 1, f"{words}; the first altered one is among them", end)


def _check_since(
    since: Export, key: Verifier, head: Checkpoint, ours: _Tree, verdict: Verdict
) -> None:
    """The history signed before must be the beginning of this one."""
    try:
        old = opened(since.note(), key)
    except BadNote as error:
        verdict.fault(0, f"{since.path}: {error}")
        return
    if old.size > head.size:
        gone = f"position {head.size + 1}: gone, with all up to {old.size}; they had been signed"
        verdict.fault(head.size + 1, gone)
    if old.size > ours.edge.size or ours.root_at(old.size) != old.root:
        _blame(ours, since.tiles(old.size), old, "was signed before", verdict)
    elif verdict.ok:
        verdict.said.append(f"it extends the checkpoint of {old.size:,} events held before")


def _check_witnesses(
    note: Note, witnesses: Sequence[Verifier], quorum: int | None, verdict: Verdict
) -> None:
    if not witnesses:
        return
    try:
        names = sorted({key.name for key, _ in signers(note, witnesses)})
    except BadNote as error:
        verdict.fault(0, f"checkpoint: {error}")
        return
    wanted = len(witnesses) if quorum is None else quorum
    if len(names) < wanted:
        missing = ", ".join(key.name for key in witnesses if key.name not in names)
        verdict.fault(0, f"checkpoint: {len(names)} of {wanted} witnesses cosigned; not {missing}")
    else:
        verdict.said.append(f"cosigned by {', '.join(names)}")
