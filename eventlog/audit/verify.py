"""`audit verify`: is an export the history that was signed, from the first event to the last.

Entries → leaf hashes → root → signature. Everything is computed here; tiles are compared
with what they should be and are never a source. What a signature alone cannot tell (that
nobody with the key wrote another history) is told by an older checkpoint held elsewhere,
or by a witness; a verdict without either says so.
"""

from collections.abc import Sequence
from typing import Final

from eventlog.audit.directory import BadExport, Export
from eventlog.audit.events import judge, looking
from eventlog.audit.rebuilt import Rebuilt, read_entries
from eventlog.audit.since import blame, check_since
from eventlog.audit.verdict import Verdict
from eventlog.tlog.checkpoint import Checkpoint, opened
from eventlog.tlog.notes import BadNote, Note, Verifier, signers
from eventlog.tlog.tiles import places
from eventlog.tlog.tree import WIDTH

__all__ = ["ALONE", "BadExport", "Export", "Verdict", "verify"]

ALONE: Final = (
    "not checked: that this is the history others were shown. Who has the log's key could have "
    "rewritten and signed all of it: hold an older checkpoint against it (--since) or ask for a "
    "witness (--witness)"
)


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
    ours = Rebuilt(head.size)
    with looking(export.path, head.size) as looked:
        read_entries(export, ours, verdict)
        _check_root(export, head, ours, verdict)
        judge(looked(), head.size, verdict)
    if since is not None:
        check_since(since, key, head, ours, verdict)
    _check_witnesses(note, witnesses, quorum, verdict)
    if since is None and not witnesses:
        verdict.limits.append(ALONE)
    return verdict


def _check_root(export: Export, head: Checkpoint, ours: Rebuilt, verdict: Verdict) -> None:
    if ours.edge.size != head.size or ours.edge.root() != head.root:
        blame(ours, export.tiles(head.size), head, "was signed", verdict)
        return
    verdict.said.append(f"{head.size:,} entries give the signed root of {head.origin}")
    for one in places(head.size):
        if export.file(one) != ours.tiles[one.level or 0, one.n]:
            wrong = f"tile/{one.path} is not what the entries give: proofs from it fail"
            verdict.fault((one.n * WIDTH << 8 * (one.level or 0)) + 1, wrong)


def _check_witnesses(
    note: Note, witnesses: Sequence[Verifier], quorum: int | None, verdict: Verdict
) -> None:
    if not witnesses:
        return
    try:
        found = {str(key): key.name for key, _ in signers(note, witnesses)}
    except BadNote as error:
        verdict.fault(0, f"checkpoint: {error}")
        return
    wanted = len(witnesses) if quorum is None else quorum
    if len(found) < wanted:
        missing = ", ".join(key.name for key in witnesses if str(key) not in found)
        verdict.fault(0, f"checkpoint: {len(found)} of {wanted} witnesses cosigned; not {missing}")
    else:
        verdict.said.append(f"cosigned by {', '.join(sorted(found.values()))}")
