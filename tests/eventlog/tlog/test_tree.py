"""The tree, its tiles and its proofs: against vectors made by Go's x/mod, and by property."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog.tlog.proofs import (
    BadProof,
    check_consistency,
    check_inclusion,
    consistency,
    hash_of,
    inclusion,
    tiles_for,
)
from eventlog.tlog.tiles import BadTile, Place, bundle, number, place, places, unbundle, width_at
from eventlog.tlog.tree import EMPTY_ROOT, Edge, leaf, node

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tlog.json").read_text("utf-8")
)
LARGE = 70_000
LEAVES = [leaf(b"%d" % number) for number in range(LARGE)]
SIZES = st.integers(1, LARGE)


def grown(count: int, step: int = 1 << 20) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    """Return the edge and every tile of a tree of numbered entries, grown in steps."""
    edge = Edge()
    tiles: dict[tuple[int, int], bytes] = {}
    leaves = LEAVES[:count]
    for first in range(0, count, step):
        for level, n, hashes in edge.extend(leaves[first : first + step]):
            assert (level, n) not in tiles or tiles[level, n] in hashes
            tiles[level, n] = hashes
    return edge, tiles | {(level, n): hashes for level, n, hashes in edge.partial()}


BIG, BIG_TILES = grown(LARGE)


def slow_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(slow_root(leaves[:k]), slow_root(leaves[k:]))


def test_the_root_at_every_size_is_that_of_go() -> None:
    edge, roots = Edge(), []
    for one in LEAVES[:600]:
        list(edge.extend([one]))
        roots.append(edge.root().hex())
    assert hashlib.sha256("\n".join(roots).encode()).hexdigest() == VECTORS["roots"]
    assert {size: roots[int(size) - 1] for size in VECTORS["some_roots"]} == VECTORS["some_roots"]


def test_an_empty_tree_has_the_root_of_rfc_6962() -> None:
    assert Edge().root() == EMPTY_ROOT == slow_root([])
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize("asked", VECTORS["inclusion"])
def test_inclusion_proofs_are_those_of_go(asked: str) -> None:
    index, size = map(int, asked.split(" in "))
    found = [hash_of(*one, BIG_TILES).hex() for one in inclusion(index, size)]
    assert found == VECTORS["inclusion"][asked]


@pytest.mark.parametrize("asked", VECTORS["consistency"])
def test_consistency_proofs_are_those_of_go(asked: str) -> None:
    old, new = map(int, asked.split(" to "))
    found = [hash_of(*one, BIG_TILES).hex() for one in consistency(old, new)]
    assert found == VECTORS["consistency"][asked]


@given(st.integers(0, 1400), st.integers(1, 700))
def test_a_tree_grown_in_any_steps_is_the_same(count: int, step: int) -> None:
    edge, tiles = grown(count, step)
    assert edge.root() == slow_root(LEAVES[:count])
    assert edge.size == count
    assert set(tiles) == {(one.level, one.n) for one in places(count)}
    assert all(len(tiles[one.level or 0, one.n]) == 32 * one.width for one in places(count))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, LARGE))
def test_an_edge_continues_from_its_partial_tiles(size: int) -> None:
    levels: list[bytes] = []
    while size >> 8 * len(levels):
        level = len(levels)
        n = size >> 8 * (level + 1)
        levels.append(BIG_TILES.get((level, n), b"")[: 32 * width_at(level, n, size)])
    edge = Edge(size, levels)
    list(edge.extend(LEAVES[size:]))
    assert edge.root() == BIG.root()
    assert list(edge.partial()) == list(BIG.partial())


def root_at(size: int) -> bytes:
    return hash_of(0, size, BIG_TILES)


@given(SIZES, st.data())
def test_inclusion_holds_for_every_leaf_and_for_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    ranges = inclusion(index, size)
    needed = {key: BIG_TILES[key] for key in tiles_for(ranges)}
    path = [hash_of(*one, needed) for one in ranges]
    mine, root = leaf(b"%d" % index), root_at(size)
    check_inclusion(index, size, mine, path, root)
    wrong = [
        (index, size, leaf(b"another"), path, root),
        (index, size, mine, path, leaf(b"another")),
        (index, size, mine, [*path, mine], root),
        (size, size, mine, path, root),
    ]
    if path:
        wrong += [
            (index, size, mine, path[:-1], root),
            (index, size, mine, [leaf(b"x"), *path[1:]], root),
            (index, size, mine, [path[0][:-1], *path[1:]], root),
        ]
    for one in wrong:
        with pytest.raises(BadProof):
            check_inclusion(*one)


@given(SIZES, st.data())
def test_consistency_holds_for_honest_growth_alone(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    ranges = consistency(old, new)
    needed = {key: BIG_TILES[key] for key in tiles_for(ranges)}
    path = [hash_of(*one, needed) for one in ranges]
    old_root, new_root = root_at(old) if old else EMPTY_ROOT, root_at(new)
    check_consistency(old, new, old_root, new_root, path)
    wrong = [(old, new, old_root, new_root, [*path, new_root])]
    if old:
        wrong.append((old, new, leaf(b"fork"), new_root, path))
        wrong.append((old, new, old_root, leaf(b"fork"), path))
    if path:
        wrong.append((old, new, old_root, new_root, path[:-1]))
        wrong.append((old, new, old_root, new_root, [*path[:-1], leaf(b"x")]))
    for one in wrong:
        with pytest.raises(BadProof):
            check_consistency(*one)


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(BadProof, match="not an extension"):
        check_consistency(8, 7, root_at(8), root_at(7), [])


def test_a_missing_tile_is_said() -> None:
    with pytest.raises(KeyError):
        hash_of(0, 256, {})
    with pytest.raises(KeyError):
        hash_of(0, 4, {(0, 0): bytes(96)})


@pytest.mark.parametrize("n", VECTORS["paths"])
def test_paths_are_those_of_go(n: str) -> None:
    path = VECTORS["paths"][n].removeprefix("tile/")
    assert place(path).path == path
    assert place(path).n == int(n)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**12), st.integers(1, 256))
def test_a_place_is_told_by_its_path(level: int | None, n: int, width: int) -> None:
    one = Place(level, n, width)
    assert place(one.path) == one


BAD_PATHS = (
    "", "0", "0/", "0/0", "0/00", "0/0000", "64/000", "00/000", "-1/000", "0/001.p/0",
    "0/001.p/256", "0/001.p/01", "0/x000/001", "0/1/001", "0/x01/001", "entry/000", "0/001/",
    "0/001.p/", "../000", "0/٠٠١", "0/000\n",
)  # fmt: skip


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_other_path_is_a_tile(path: str) -> None:
    with pytest.raises(BadTile):
        place(path)


def test_the_tiles_of_a_tree_are_those_of_the_specification() -> None:
    found = list(places(70_000))
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert Place(0, 273, 112) in found
    assert found[-3:] == [Place(1, 0), Place(1, 1, 17), Place(2, 0, 1)]
    assert list(places(256)) == [Place(0, 0), Place(1, 0, 1)]
    assert list(places(0)) == []
    assert number(1_234_067) == "x001/x234/067"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


def test_a_bundle_that_ends_early_or_holds_too_much_is_refused() -> None:
    for cut in (1, 4):
        with pytest.raises(BadTile):
            unbundle(bundle([b"abc"])[:cut])
    with pytest.raises(BadTile):
        bundle([bytes(65_536)])
