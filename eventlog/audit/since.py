"""What was signed before must be the beginning of what is signed now.

A checkpoint or an export that somebody kept is held against the rebuilt tree. After a
restore that lost sealed events the log goes on in a new epoch, and says so in an event;
then the older history must agree up to there, and what it had beyond is declared lost.
"""

from eventlog.audit.directory import Export, Tiles
from eventlog.audit.locate import first_difference
from eventlog.audit.rebuilt import Rebuilt
from eventlog.audit.verdict import Verdict
from eventlog.tlog.checkpoint import Checkpoint, checkpoint_of, opened
from eventlog.tlog.notes import BadNote, Verifier


def check_since(
    since: Export, key: Verifier, head: Checkpoint, ours: Rebuilt, verdict: Verdict
) -> None:
    """Hold an older export or checkpoint against the tree."""
    try:
        note = since.note()
        origin = checkpoint_of(note).origin
        earlier = _is_earlier(origin, key.name)
        old = opened(note, Verifier(origin, key.key) if earlier else key)
    except BadNote as error:
        verdict.fault(0, f"{since.path}: {error}")
        return
    if earlier:
        _check_earlier(since, old, ours, verdict)
        return
    if old.size > head.size:
        gone = f"position {head.size + 1}: gone, with all up to {old.size}; they had been signed"
        verdict.fault(head.size + 1, gone)
    if old.size > ours.edge.size or ours.root_at(old.size) != old.root:
        blame(ours, since.tiles(old.size), old, "was signed before", verdict)
    elif verdict.ok:
        verdict.said.append(f"it extends the checkpoint of {old.size:,} events held before")


def _is_earlier(origin: str, now: str) -> bool:
    """Tell whether an origin is of the same cell and an earlier epoch."""
    cell, _, epoch = origin.rpartition("/")
    cell_now, _, epoch_now = now.rpartition("/")
    numbers = epoch.isdecimal() and epoch_now.isdecimal()
    return cell == cell_now and numbers and int(epoch) < int(epoch_now)


def _check_earlier(since: Export, old: Checkpoint, ours: Rebuilt, verdict: Verdict) -> None:
    """Compare with what an earlier epoch had signed, up to where the new one begins."""
    began = next((position for position in ours.epochs if position <= old.size + 1), None)
    if began is None:
        words = "is of an earlier epoch, and no event of this log says that it ended"
        verdict.fault(0, f"{since.path}: {words}")
        return
    if ours.edge.size >= old.size and ours.root_at(old.size) == old.root:
        verdict.said.append(f"it extends the {old.size:,} events held of an earlier epoch")
        return
    first, end = first_difference(ours.tiles, since.tiles(old.size), old.size, old.root)
    if first >= began - 1:
        verdict.said.append(f"it extends the {began - 1:,} events kept of an earlier epoch")
        lost = f"positions {began} to {old.size} of the earlier epoch are declared lost by it"
        verdict.limits.append(f"{lost}: the event at position {began} quotes what was signed")
    elif end - first == 1:
        words = "its entry is not the one that was signed in an earlier epoch"
        verdict.fault(first + 1, f"position {first + 1}: {words}")
    else:
        words = "only an older export, with its tiles, can be compared across a new epoch"
        verdict.limits.append(f"not checked: {since.path}: {words}")


def blame(ours: Rebuilt, theirs: Tiles, head: Checkpoint, what: str, verdict: Verdict) -> None:
    """Note which positions are not those under a signed root."""
    first, end = first_difference(ours.tiles, theirs, head.size, head.root)
    end = min(end, head.size)
    if first >= ours.edge.size:  # it is missing, and that has been said
        if verdict.ok:
            verdict.fault(0, f"checkpoint: the entries do not give the root that {what}")
        return
    if end - first == 1:
        verdict.fault(end, f"position {end}: its entry is not the one that {what}")
        return
    words = f"positions {first + 1} to {end}: the entries are not those that {what}"
    verdict.fault(first + 1, f"{words}; the first altered one is among them", end)
