"""Signed notes: a text, a blank line, and a line for each who signed it.

A key has a name and four bytes of hash by which its lines are found; lines of unknown
keys are passed over, so that a witness, or another algorithm, can be added to a note
that older verifiers keep accepting. Ed25519: kind 1 signs the text, kind 4 (a witness)
signs the text and the time at which it saw it.
"""

import struct
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PLAIN: Final = 1
COSIGNATURE: Final = 4
KINDS: Final = (PLAIN, COSIGNATURE)
LONGEST_NOTE: Final = 100_000
_ID_BYTES: Final = 4
_TIME: Final = struct.Struct(">Q")
_DASH: Final = "— "


class BadNote(ValueError):
    """Not a signed note, or not signed by whom it should be."""


class Line(msgspec.Struct, frozen=True):
    """One signature line: who, by which key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line as it stands in a note, without its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}"


class Note(msgspec.Struct, frozen=True):
    """A note as parsed: nothing in it is believed before a key has verified it."""

    text: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        """Return the note as it is handed out."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.lines)


class Verifier(msgspec.Struct, frozen=True):
    """A public key with its name: `name+id+key`, called a vkey."""

    name: str
    key: bytes
    kind: int = PLAIN

    @property
    def key_id(self) -> bytes:
        """The four bytes by which its lines are found."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        return sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the vkey."""
        material = b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature is this key's over a text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) <= _TIME.size:
                return False
            message = _timed(text, _TIME.unpack_from(signature)[0])
            signature = signature[_TIME.size :]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name."""

    def __init__(self, name: str, key: Ed25519PrivateKey, kind: int = PLAIN) -> None:
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw(), kind)

    def sign(self, text: str, at_s: int = 0) -> Line:
        """Return the signature line for a text; a witness says when, in seconds."""
        if self.verifier.kind == COSIGNATURE:
            signature = _TIME.pack(at_s) + self._key.sign(_timed(text, at_s))
        else:
            signature = self._key.sign(text.encode())
        return Line(self.verifier.name, self.verifier.key_id, signature)


def _timed(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def seen_at(line: Line) -> int:
    """Return when a witness says to have seen the note, in seconds; 0: it does not say."""
    return int(_TIME.unpack_from(line.signature)[0]) if len(line.signature) > 64 else 0


def parse_vkey(text: str) -> Verifier:
    """Return the key of a vkey. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    key_id, _, material = rest.partition("+")
    try:
        decoded = b64decode(material, validate=True)
    except NotBase64 as error:
        raise BadNote(f"{text} is not a vkey") from error
    if len(decoded) != 33 or decoded[0] not in KINDS or not _is_name(name):
        raise BadNote(f"{text} is not the vkey of an Ed25519 key")
    found = Verifier(name, decoded[1:], decoded[0])
    if found.key_id.hex() != key_id:
        raise BadNote(f"{text}: name and key do not belong together")
    return found


def parse(note: bytes) -> Note:
    """Return a note, nothing verified. Raises BadNote."""
    if len(note) > LONGEST_NOTE:
        raise BadNote("the note is too long")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise BadNote("the note is not UTF-8") from error
    if any(char < " " and char != "\n" for char in whole) or not whole.endswith("\n"):
        raise BadNote("the note has control characters, or does not end in a newline")
    text, blank, signed = whole.rpartition("\n\n")
    if not blank or not text:
        raise BadNote("the note has no signatures")
    return Note(text + "\n", tuple(parse_lines(signed)))


def parse_lines(text: str) -> Iterable[Line]:
    """Yield signature lines. Raises BadNote."""
    for line in text.removesuffix("\n").split("\n"):
        name, _, signature = line.removeprefix(_DASH).partition(" ")
        try:
            decoded = b64decode(signature, validate=True)
        except NotBase64 as error:
            raise BadNote(f"not a signature: {line}") from error
        if not line.startswith(_DASH) or len(decoded) <= _ID_BYTES or not _is_name(name):
            raise BadNote(f"not a signature: {line}")
        yield Line(name, decoded[:_ID_BYTES], decoded[_ID_BYTES:])


def signers(note: Note, keys: Iterable[Verifier]) -> list[tuple[Verifier, Line]]:
    """Return which of some known keys have signed a note, and where.

    Raises BadNote when a line says to be of a known key and is not.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found = []
    for line in note.lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verifies(note.text, line.signature):
            raise BadNote(f"the signature of {line.name} is not over this text")
        found.append((key, line))
    return found


def require(note: Note, key: Verifier) -> None:
    """Check that a key has signed a note. Raises BadNote."""
    if not signers(note, [key]):
        raise BadNote(f"not signed by {key.name}+{key.key_id.hex()}")


def _is_name(name: str) -> bool:
    return bool(name) and not any(char.isspace() or char == "+" for char in name)
