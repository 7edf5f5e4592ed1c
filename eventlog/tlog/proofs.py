"""Inclusion and consistency: which hashes prove them, and whether they do.

A proof is a list of ranges of leaves whose roots are given. Making one reads those roots
out of tiles; checking one needs nothing but the hashes, by the algorithms of RFC 9162.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from eventlog.tlog.tree import HASH_BYTES, WIDTH, node, root_of, split

Range: TypeAlias = tuple[int, int]
Tiles: TypeAlias = Mapping[tuple[int, int], bytes]
"""(level, number) → hashes; a tile may be longer than the tree it is asked about."""


class BadProof(ValueError):
    """The hashes do not prove what they should."""


def inclusion(index: int, size: int) -> list[Range]:
    """Return the ranges that prove a leaf to be in a tree, from the leaf's sibling up.

    Raises BadProof when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _below(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """Return the ranges that prove one tree to be the beginning of another.

    Raises BadProof when it would have to shrink. Nothing proves an empty or an equal one.
    """
    if not 0 <= old <= new:
        raise BadProof(f"a tree of {new} leaves is not an extension of one of {old}")
    if old == 0:
        return []
    low, high, path = 0, new, []
    while high != old:
        middle = low + _below(high - low)
        if old <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    if low:
        path.append((low, high))
    return path[::-1]


def _below(count: int) -> int:
    """Return the largest power of two smaller than a count."""
    return 1 << (count - 1).bit_length() - 1


def peaks(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the perfect subtrees of a range as (height, index), left to right."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def tiles_for(ranges: Iterable[Range]) -> set[tuple[int, int]]:
    """Return level and number of the tiles out of which ranges can be hashed."""
    return {_tile(height, index)[:2] for one in ranges for height, index in peaks(*one)}


def hash_of(low: int, high: int, tiles: Tiles) -> bytes:
    """Return the root of a range of leaves. Raises KeyError when a tile is missing."""
    root: bytes | None = None
    for height, index in reversed(list(peaks(low, high))):
        level, n, first, count = _tile(height, index)
        found = split(tiles[level, n])[first : first + count]
        if len(found) < count:
            raise KeyError((level, n))
        peak = root_of(found)
        root = peak if root is None else node(peak, root)
    assert root is not None, "an empty range has no root"
    return root


def _tile(height: int, index: int) -> tuple[int, int, int, int]:
    """Return level and number of the tile of a perfect subtree, and where in it it lies."""
    level, inner = divmod(height, 8)
    first = index << inner
    return level, first // WIDTH, first % WIDTH, 1 << inner


def check_inclusion(
    index: int, size: int, leaf_hash: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf is in a tree. Raises BadProof."""
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    _check_form(path)
    at, last, found = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            raise BadProof("the path is too long")
        if at % 2 or at == last:
            found = node(sibling, found)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise BadProof("the path does not lead to the root")


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that one tree is the beginning of another. Raises BadProof."""
    _check_form(path)
    if len(path) != len(consistency(old, new)):
        raise BadProof("the path does not have the right length")
    if old == 0:
        return
    if old == new:
        if old_root != new_root:
            raise BadProof("trees of the same size have different roots")
        return
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    left = right = hashes[0]
    for sibling in hashes[1:]:
        if at % 2 or at == last:
            left, right = node(sibling, left), node(sibling, right)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            right = node(right, sibling)
        at, last = at >> 1, last >> 1
    if left != old_root or right != new_root:
        raise BadProof("the path does not lead from one root to the other")


def _check_form(path: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in path):
        raise BadProof("a hash has 32 bytes")
