"""Where two trees part: the first leaf that differs from what a signed root vouches for.

The hashes that should be there come from tiles that somebody kept. They are believed only
as far as they lead up to the signed root, so a forged tile can make the answer less
exact, never wrong.
"""

from collections.abc import Callable, Iterator

from eventlog.tlog.proofs import Range, Tiles, hash_of, tiles_for
from eventlog.tlog.tiles import width_at
from eventlog.tlog.tree import HASH_BYTES, root_of, split

Read = Callable[[int, int], bytes | None]
"""Reads a tile of hashes by level and number; None when it is not there."""


def first_difference(ours: Tiles, theirs: Read, size: int, root: bytes) -> Range:
    """Return the leaves in which ours first differs from the tree under a signed root.

    A range of one leaf names it; a wider one is as near as authentic tiles come.
    """
    edge = _authentic_edge(theirs, size, root)
    if edge is None:
        return 0, size
    for level, index, hash_ in edge:
        if _ours(ours, level, index) != hash_:
            return _descend(ours, theirs, level, index, hash_)
    return 0, size


def _authentic_edge(
    theirs: Read, size: int, root: bytes
) -> Iterator[tuple[int, int, bytes]] | None:
    """Return the hashes of the right edge, left to right, if they lead up to the root."""
    if not size:
        return None
    tiles = {at: theirs(*at) or b"" for at in tiles_for([(0, size)])}
    try:
        if hash_of(0, size, tiles) != root:
            return None
    except KeyError:
        return None
    return _along(tiles, size)


def _along(tiles: Tiles, size: int) -> Iterator[tuple[int, int, bytes]]:
    for level, n in sorted(tiles, reverse=True):
        whole = tiles[level, n][: HASH_BYTES * width_at(level, n, size)]
        for offset, hash_ in enumerate(split(whole)):
            yield level, n * 256 + offset, hash_


def _descend(ours: Tiles, theirs: Read, level: int, index: int, authentic: bytes) -> Range:
    """Follow a hash that differs down to its first differing leaf, as far as tiles are true."""
    while level:
        hashes = split(theirs(level - 1, index) or b"")
        if not hashes or root_of(hashes) != authentic:
            return index << 8 * level, index + 1 << 8 * level
        level, index = level - 1, index * 256
        for offset, hash_ in enumerate(hashes):
            if _ours(ours, level, index + offset) != hash_:
                index, authentic = index + offset, hash_
                break
    return index, index + 1


def _ours(ours: Tiles, level: int, index: int) -> bytes:
    n, offset = divmod(index, 256)
    return ours.get((level, n), b"")[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]
