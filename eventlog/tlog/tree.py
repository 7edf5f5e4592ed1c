"""The Merkle tree of RFC 6962: hashes of leaves and nodes, the root, the right edge.

A tree of a million leaves is never in memory: its right edge, the last tile of each
level, is all that growing needs.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

WIDTH: Final = 256
"""Hashes in a full tile: a tile is a subtree of height 8."""
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()


def leaf(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over 0x00 and the entry."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over 0x01 and both sides."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes of equally high subtrees; only the last may be lower.

    Pairing neighbours and carrying an odd last one up gives the tree of RFC 6962.
    """
    level = list(hashes)
    while len(level) > 1:
        pairs = zip(level[0::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def split(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


class Edge:
    """The right edge of a growing tree: the last, partial tile of each level."""

    def __init__(self, size: int = 0, tiles: Iterable[bytes] = ()) -> None:
        """Continue a tree of so many leaves from its partial tiles, level 0 first."""
        self.size = size
        self._levels = [split(tile) for tile in tiles]

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
        """Add leaf hashes; yield each tile that became full as (level, number, hashes)."""
        first = 0
        while first < len(leaves):
            room = WIDTH - self.size % WIDTH
            taken = leaves[first : first + room]
            first += room
            self.size += len(taken)
            yield from self._push(0, taken)

    def _push(self, level: int, hashes: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
        if level == len(self._levels):
            self._levels.append([])
        last = self._levels[level]
        last += hashes
        if len(last) < WIDTH:
            return
        yield level, (self.size >> 8 * (level + 1)) - 1, b"".join(last)
        self._levels[level] = []
        yield from self._push(level + 1, (root_of(last),))

    def partial(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield the partial tiles as (level, number, hashes)."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                yield level, self.size >> 8 * (level + 1), b"".join(hashes)

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        root: bytes | None = None
        for hashes in self._levels:
            row = [*hashes, root] if root is not None else hashes
            root = root_of(row) if row else None
        return EMPTY_ROOT if root is None else root
