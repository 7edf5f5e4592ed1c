"""A receipt: one entry's path to a signed checkpoint, in the form of tlog-proof.

Whoever holds it can show, without asking us, that the entry was in the log when the
checkpoint was signed. The entry itself may travel in `extra`; it is believed because it
hashes to the leaf, not because it stands there.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final

import msgspec

from eventlog.tlog.checkpoint import Checkpoint, opened
from eventlog.tlog.notes import BadNote, Note, Verifier, parse
from eventlog.tlog.proofs import check_inclusion
from eventlog.tlog.tree import leaf

HEAD: Final = "c2sp.org/tlog-proof@v1"
SUFFIX: Final = ".tlog-proof"
_INDEX: Final = re.compile(r"index (0|[1-9]\d{0,18})")


class Receipt(msgspec.Struct, frozen=True):
    """Index, path and checkpoint; `extra` is not authenticated by itself."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def __str__(self) -> str:
        """Return the receipt as a text."""
        lines = [HEAD]
        if self.extra:
            lines.append(f"extra {b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [b64encode(one).decode() for one in self.path]
        return "\n".join(lines) + f"\n\n{self.note}"


def parse_receipt(text: bytes) -> Receipt:
    """Return a receipt, nothing verified. Raises BadNote."""
    head, blank, note = text.partition(b"\n\n")
    try:
        first, *lines = head.decode().split("\n")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = b64decode(lines.pop(0).removeprefix("extra "), validate=True)
        index = _INDEX.fullmatch(lines.pop(0) if lines else "")
        path = tuple(b64decode(line, validate=True) for line in lines)
    except (UnicodeDecodeError, NotBase64) as error:
        raise BadNote("not a receipt") from error
    if not blank or first != HEAD or index is None:
        raise BadNote("not a receipt")
    return Receipt(int(index[1]), path, parse(note), extra)


def check_receipt(receipt: Receipt, entry: bytes, key: Verifier) -> Checkpoint:
    """Return the signed checkpoint under which an entry lies. Raises BadNote, BadProof."""
    head = opened(receipt.note, key)
    check_inclusion(receipt.index, head.size, leaf(entry), receipt.path, head.root)
    return head
