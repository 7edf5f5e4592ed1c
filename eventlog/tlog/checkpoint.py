"""A checkpoint: which log, how long it is, and its root; signed as a note."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final

import msgspec

from eventlog.tlog.notes import BadNote, Note, Signer, Verifier, parse, require
from eventlog.tlog.tree import HASH_BYTES

_SIZE: Final = re.compile(r"0|[1-9]\d{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a log's tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def checkpoint_of(note: Note) -> Checkpoint:
    """Return what a note says, nothing verified. Raises BadNote."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or "" in lines or not _SIZE.fullmatch(lines[1]):
        raise BadNote("not a checkpoint: origin, size and root are wanted")
    origin, size, root = lines[:3]
    try:
        decoded = b64decode(root, validate=True)
    except NotBase64 as error:
        raise BadNote("not a checkpoint: its root is not base64") from error
    if len(decoded) != HASH_BYTES:
        raise BadNote("not a checkpoint: its root does not have 32 bytes")
    return Checkpoint(origin, int(size), decoded)


def signed(checkpoint: Checkpoint, signer: Signer) -> Note:
    """Return the note of a checkpoint."""
    text = str(checkpoint)
    return Note(text, (signer.sign(text),))


def opened(note: bytes | Note, key: Verifier) -> Checkpoint:
    """Return a checkpoint that its log has signed. Raises BadNote."""
    parsed = parse(note) if isinstance(note, bytes) else note
    require(parsed, key)
    found = checkpoint_of(parsed)
    if found.origin != key.name:
        raise BadNote(f"the checkpoint is of {found.origin}, the key of {key.name}")
    return found
