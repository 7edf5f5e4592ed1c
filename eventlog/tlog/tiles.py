"""How a tree lies in files: tlog-tiles, its paths, its bundles of entries.

A tile holds up to 256 neighbouring hashes of one level (0: leaves, then every eighth
level above), so a file is written once and cached for ever; only the last one of each
level is partial, and a partial tile is a beginning of the full one.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from eventlog.tlog.tree import WIDTH

ENTRIES: Final = "entries"
LONGEST_ENTRY: Final = 65_535
_LENGTH: Final = struct.Struct(">H")
_PATH: Final = re.compile(
    r"(?P<level>0|[1-9]\d?|entries)/(?P<n>(x\d{3}/)*\d{3})(\.p/(?P<width>[1-9]\d{0,2}))?"
)


class BadTile(ValueError):
    """Not a tile: its path or its bytes do not have the form."""


class Place(NamedTuple):
    """Where a tile lies: level (None: entries), number, and width if it is partial."""

    level: int | None
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below `tile/`."""
        kind = ENTRIES if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{kind}/{number(self.n)}{partial}"


def number(n: int) -> str:
    """Return a tile's number as path elements: 1234067 is x001/x234/067."""
    text = f"{n % 1000:03}"
    while n := n // 1000:
        text = f"x{n % 1000:03}/{text}"
    return text


def place(path: str) -> Place:
    """Return the place of a path below `tile/`. Raises BadTile."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise BadTile(f"{path} is not the path of a tile")
    level = None if found["level"] == ENTRIES else int(found["level"])
    n = int(found["n"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    said = Place(level, n, width)
    if (level or 0) > 63 or said.path != path:
        raise BadTile(f"{path} is not the path of a tile")
    return said


def width_at(level: int, n: int, size: int) -> int:
    """Return how many hashes a tile has in a tree of so many leaves; 0: it is not there."""
    return max(0, min(WIDTH, (size >> 8 * level) - n * WIDTH))


def places(size: int) -> Iterator[Place]:
    """Yield the place of every tile of hashes of a tree, level by level."""
    level = 0
    while count := size >> 8 * level:
        for n in range(-(-count // WIDTH)):
            yield Place(level, n, width_at(level, n, size))
        level += 1


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle, each after its length. Raises BadTile when one is too long."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise BadTile(f"an entry is longer than {LONGEST_ENTRY} bytes")
    return b"".join([_LENGTH.pack(len(entry)) + entry for entry in entries])


def unbundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises BadTile when it ends amid one."""
    entries, at = [], 0
    while at < len(data):
        start = at + _LENGTH.size
        if start > len(data):
            raise BadTile("a bundle ends amid a length")
        at = start + _LENGTH.unpack_from(data, at)[0]
        if at > len(data):
            raise BadTile("a bundle ends amid an entry")
        entries.append(data[start:at])
    return entries
