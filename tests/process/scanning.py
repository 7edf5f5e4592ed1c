"""Look for words in raw bytes, in every form somebody could have written them down.

UTF-8, UTF-16, GB 18030, the escapes of JSON and of addresses, hexadecimal, base64 at each of
its three offsets, and all of these again inside whatever is packed with gzip.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote

GZIP = b"\x1f\x8b\x08"
UNPACKED_MOST = 1 << 28
Patterns: TypeAlias = tuple[tuple[str, str, bytes], ...]
_SEARCHED: Final[dict[tuple[bytes, Patterns], frozenset[tuple[str, str]]]] = {}


def forms(word: str | bytes) -> dict[str, bytes]:
    """Every form of a word, by name; bytes have only those of bytes."""
    raw = word.encode() if isinstance(word, str) else word
    found = {"raw": raw, "hex": raw.hex().encode()}
    for shift in range(3):
        packed = b64encode(b"\0" * shift + raw)
        found[f"base64+{shift}"] = packed[-(-8 * shift // 6) : len(packed) - 4]
    if isinstance(word, str):
        found["utf-16-le"] = word.encode("utf-16-le")
        found["utf-16-be"] = word.encode("utf-16-be")
        found["gb18030"] = word.encode("gb18030")
        found["json"] = "".join(_escaped(one) for one in word).encode()
        found["address"] = quote(word).encode()
    return {name: form for name, form in found.items() if name == "raw" or form != raw}


def scan(root: Path, words: Mapping[str, str | bytes]) -> dict[str, set[str]]:
    """Return what was found below a directory: the word's name → "file: form"."""
    patterns = tuple(
        (name, form, sought) for name in words for form, sought in forms(words[name]).items()
    )
    found: dict[str, set[str]] = {}
    for path in sorted(one for one in root.rglob("*") if one.is_file()):
        for where, data in _contents(path):
            for name, form in _found(data, patterns):
                found.setdefault(name, set()).add(f"{where}: {form}")
    return found


def _found(data: bytes, patterns: Patterns) -> frozenset[tuple[str, str]]:
    """Search bytes for all patterns, unless the same bytes were searched for the same.

    A cluster is three copies of the same tables, and a backup another: the same bytes have
    the same in them, and to know them again takes one pass instead of two hundred.
    """
    data = _untailed(data, patterns)  # a running server writes into its files meanwhile
    known = (sha256(data).digest(), patterns)
    if known not in _SEARCHED:
        _SEARCHED[known] = frozenset(
            (name, form) for name, form, sought in patterns if data.find(sought) >= 0
        )
    return _SEARCHED[known]


def _untailed(data: bytes, patterns: Patterns) -> bytes:
    """Leave out the zeros at the end that no pattern can reach: most of a young log's segments."""
    reach = max((len(sought) for _, _, sought in patterns), default=0)
    return data[: len(data.rstrip(b"\0")) + reach]


def _escaped(letter: str) -> str:
    return letter if letter.isascii() else f"\\u{ord(letter):04x}"


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Read a file whole, not through a map: a running server cuts files short meanwhile."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # and puts some away
        return
    yield str(path), data
    at = data.find(GZIP)
    while at >= 0:
        inner = _unpacked(data[at : at + UNPACKED_MOST])
        if inner:
            yield f"{path}@{at} unpacked", inner
        at = data.find(GZIP, at + 1)


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, UNPACKED_MOST)
    except zlib.error:
        return b""
