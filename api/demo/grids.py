"""The synthetic grids as kept in `grids.json`, ready to be drawn."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

from api.demo.bincheng import GRID_DATA, SCALE, district
from domain.grid.commands import DrawGrid

_FINER = 1_000_000 // SCALE


@cache
def drawings() -> tuple[DrawGrid, ...]:
    """Return the command that draws each of the 1,182 grids."""
    data = json.loads(GRID_DATA.read_text(encoding="utf-8"))
    vertices = _vertices(data["vertices"])
    return tuple(_drawing(code, runs, vertices) for code, runs in data["grids"].items())


def _vertices(deltas: Sequence[int]) -> list[tuple[int, int]]:
    lons, lats = accumulate(deltas[::2]), accumulate(deltas[1::2])
    return [(lon * _FINER, lat * _FINER) for lon, lat in zip(lons, lats, strict=True)]


def _drawing(code: str, runs: Sequence[int], vertices: list[tuple[int, int]]) -> DrawGrid:
    name, name_en = _names()[code[:12]]
    number = int(code[12:])
    return DrawGrid(
        code=code, scope=f"{code[:6]}.{code[6:9]}.{code[9:12]}.{code[12:]}.",
        name=f"{name} {number}", name_en=f"{name_en} {number}",
        rings=(tuple(_flat(runs, vertices)),), schematic=True,
    )  # fmt: skip


def _flat(runs: Sequence[int], vertices: list[tuple[int, int]]) -> Iterator[int]:
    for index in accumulate(runs):
        yield from vertices[index]


@cache
def _names() -> dict[str, tuple[str, str]]:
    return {
        one.code: (one.name, one.name_en.removesuffix(" Community").removesuffix(" Village"))
        for one in district().communities
    }
