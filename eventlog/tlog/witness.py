"""A witness, by c2sp.org/tlog-witness: signs only what extends what it signed before.

Run by somebody else, on another machine: another bureau, the neighbouring district. It
keeps nothing but the last checkpoint of each log, and that is enough to make it
impossible to show two people two histories.
"""

import re
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final

import msgspec

from eventlog.tlog.checkpoint import Checkpoint, checkpoint_of
from eventlog.tlog.held import Held
from eventlog.tlog.notes import COSIGNATURE, BadNote, Note, Signer, Verifier, parse, require
from eventlog.tlog.proofs import BadProof, check_consistency
from eventlog.tlog.tree import EMPTY_ROOT

LONGEST_PROOF: Final = 63
LONGEST_BODY: Final = 64 * 1024
SIZE_TYPE: Final = "text/x.tlog.size"
_OLD: Final = re.compile(r"old (0|[1-9]\d{0,18})", re.ASCII)


class Answer(msgspec.Struct, frozen=True):
    """What is sent back."""

    status: HTTPStatus
    body: str
    media_type: str = "text/plain"


class Request(msgspec.Struct, frozen=True):
    """What was asked: sign this head, which extends the one of `old` leaves by this proof."""

    old: int
    path: tuple[bytes, ...]
    note: Note


def parse_request(body: bytes) -> Request:
    """Return what an add-checkpoint asks. Raises BadNote."""
    head, blank, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
        path = tuple(b64decode(line, validate=True) for line in lines)
    except (UnicodeDecodeError, NotBase64) as error:
        raise BadNote("the proof is not base64, a line each") from error
    old = _OLD.fullmatch(first)
    if old is None or not blank or len(path) > LONGEST_PROOF:
        raise BadNote("wanted: old SIZE, at most 63 lines of proof, a blank line, a checkpoint")
    return Request(int(old[1]), path, parse(note))


class Witness:
    """Cosigns the heads of the logs it knows. One process alone may hold its directory."""

    def __init__(
        self,
        signer: Signer,
        logs: Iterable[Verifier],
        held: Held,
        clock: Callable[[], float] = time.time,
    ) -> None:
        assert signer.verifier.kind == COSIGNATURE
        self._signer = signer
        self._logs = {log.name: log for log in logs}
        self._held = held
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a submission: 200 with our line, or the status the specification gives."""
        try:
            asked = parse_request(body)
            head = checkpoint_of(asked.note)
        except BadNote as error:
            return _no(HTTPStatus.BAD_REQUEST, str(error))
        log = self._logs.get(head.origin)
        if log is None:
            return _no(HTTPStatus.NOT_FOUND, f"the log {head.origin} is not known here")
        try:
            require(asked.note, log)
        except BadNote as error:
            return _no(HTTPStatus.FORBIDDEN, str(error))
        return self._judge(asked, head)

    def _judge(self, asked: Request, head: Checkpoint) -> Answer:
        known = self.last(head.origin)
        if asked.old > head.size:
            return _no(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's")
        if asked.old != known.size or (head.size == known.size and head.root != known.root):
            return Answer(HTTPStatus.CONFLICT, f"{known.size}\n", SIZE_TYPE)
        try:
            check_consistency(known.size, head.size, known.root, head.root, asked.path)
        except BadProof as error:
            return _no(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        self._held.keep(head.origin, Note(asked.note.text, asked.note.lines))
        line = self._signer.sign(asked.note.text, int(self._clock()))
        return Answer(HTTPStatus.OK, f"{line}\n")

    def last(self, origin: str) -> Checkpoint:
        """Return the last head cosigned for a log; the empty one before the first."""
        note = self._held.last(origin)
        return Checkpoint(origin, 0, EMPTY_ROOT) if note is None else checkpoint_of(note)


def _no(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, why + "\n")
