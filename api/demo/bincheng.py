"""The real names and codes of Bincheng, read from `bincheng.json` beside this file.

Codes are facts of the statistics bureau; the seats and the outline are ours, rough,
and only good for a schematic map (docs/sources.md).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).with_name("bincheng.json")
SOURCE: Final = "statistics-bureau codes, mid-2023"
GRID_DATA: Final = Path(__file__).with_name("grids.json")
"""The synthetic borders, written by `borders.py`."""
SCALE: Final = 100_000
"""Their vertices are kept in degrees × 1e5, about a metre."""
GRIDS: Final = 1_182
"""Grids of the whole district, as published for the real one."""
PENGLI: Final = "371602005"
PENGLI_GRIDS: Final = 85
_URBAN_WEIGHT: Final = 2.6
"""A residents' committee gets this many times the grids of a village."""


@dataclass(frozen=True, slots=True)
class Township:
    """One of the fifteen units, with the rough place of its seat in degrees."""

    code: str
    name: str
    name_en: str
    seat: tuple[float, float]

    @property
    def scope(self) -> str:
        """Its area codes joined and ended by dots."""
        return f"{self.code[:6]}.{self.code[6:]}."


@dataclass(frozen=True, slots=True)
class Community:
    """One of the 402 residents' or village committees, and how many grids we give it."""

    code: str
    name: str
    name_en: str
    grids: int

    @property
    def scope(self) -> str:
        """Its area codes joined and ended by dots."""
        return f"{self.code[:6]}.{self.code[6:9]}.{self.code[9:]}."

    @property
    def urban(self) -> bool:
        """Residents' committees are numbered below 200, villages from 200 on."""
        return int(self.code[9:]) < 200


@dataclass(frozen=True, slots=True)
class District:
    """Bincheng: names, units, communities and outline."""

    code: str
    name: str
    name_en: str
    townships: tuple[Township, ...]
    communities: tuple[Community, ...]
    outline: tuple[tuple[float, float], ...]

    @property
    def scope(self) -> str:
        """Its code ended by a dot."""
        return f"{self.code}."


@cache
def district() -> District:
    """Return the district as the data file has it, with grids shared out."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    counts = _share([code for code, _, _ in data["communities"]])
    code, name, name_en = data["district"]
    return District(
        code, name, name_en,
        tuple(Township(c, n, e, (lon, lat)) for c, n, e, lon, lat in data["townships"]),
        tuple(Community(c, n, e, counts[c]) for c, n, e in data["communities"]),
        tuple((lon, lat) for lon, lat in data["outline"]),
    )  # fmt: skip


def _share(codes: list[str]) -> dict[str, int]:
    """Give Pengli its 85 grids and the other units the rest, in proportion."""
    pengli = [code for code in codes if code.startswith(PENGLI)]
    others = [code for code in codes if not code.startswith(PENGLI)]
    return _apportion(pengli, PENGLI_GRIDS) | _apportion(others, GRIDS - PENGLI_GRIDS)


def _apportion(codes: list[str], total: int) -> dict[str, int]:
    """Share a total by weight with the largest remainders; everybody gets one at least."""
    weights = {code: _URBAN_WEIGHT if int(code[9:]) < 200 else 1.0 for code in codes}
    spare = total - len(codes)
    exact = {code: spare * weight / sum(weights.values()) for code, weight in weights.items()}
    counts = {code: 1 + int(share) for code, share in exact.items()}
    by_remainder = sorted(codes, key=lambda code: (int(exact[code]) - exact[code], code))
    for code in by_remainder[: total - sum(counts.values())]:
        counts[code] += 1
    return counts
