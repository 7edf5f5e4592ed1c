"""What comes up in the district on a day: which matters, where, seen by whom.

The weights of categories are in `categories.csv`; seasons, hours of the day and the
density of the towns are here. Nothing is drawn from a table of wanted totals but the
number of matters a year.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Final

from api.demo.chance import DAY, HOUR, MINUTE, Chance, chance
from api.demo.grids import drawings
from api.demo.hours import AHEAD, is_workday
from api.demo.policy import Kind, kinds
from domain.case.values import Channel, Point
from domain.grid.commands import DrawGrid

CASES_A_YEAR: Final = 30_000
_HOURS: Final = (
    1,
    1,
    1,
    1,
    1,
    3,
    10,
    34,
    62,
    74,
    70,
    58,
    36,
    34,
    52,
    58,
    56,
    48,
    38,
    34,
    26,
    14,
    6,
    2,
)
"""How the day's matters are spread over the local hours."""
_CHANNELS: Final[Mapping[Channel, int]] = {
    Channel.GRID_WORKER: 76, Channel.RESIDENT: 9, Channel.HOTLINE: 9, Channel.SENSOR: 2,
    Channel.DEPARTMENT: 2, Channel.LEADER: 2,
}  # fmt: skip
_OF_PEOPLE: Final[Mapping[Channel, int]] = {
    Channel.RESIDENT: 38, Channel.HOTLINE: 44, Channel.GRID_WORKER: 18,
}  # fmt: skip
"""Requests and disputes come from those whom they concern."""
_SEASONS: Final[Mapping[str, Mapping[int, float]]] = {
    "10001": {11: 1, 12: 5, 1: 7, 2: 5},
    "93005": {6: 2, 7: 6, 8: 5, 9: 1},
    "06020": {6: 5, 9: 2, 10: 4, 11: 2},
    "06021": {5: 2, 6: 3, 7: 3, 8: 3, 9: 2},
    "92005": {11: 2, 12: 3, 1: 3, 2: 2, 7: 2, 8: 2},
    "06028": {6: 2, 7: 2, 8: 2},
    "94004": {12: 2, 1: 4},
}  # fmt: skip
"""Months in which a category comes up more (factor); in the others 0.3, or never for snow."""
_TOWN_WEIGHT, _VILLAGE_WEIGHT = 2.2, 1.0
_WEEKEND: Final = 0.82


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that came up: when, what, where, and how it was reported."""

    number: int
    at: int
    kind: Kind
    grid: DrawGrid
    point: Point
    channel: Channel


def matters(seed: int, day: int, first: int, a_year: int = CASES_A_YEAR) -> list[Matter]:
    """Return the matters of a local day (since 1970-01-01) in order of time.

    `first` is the number of the first of them, counted through the whole history.
    """
    dice = chance(seed, "day", day)
    mean = a_year / 365 * (1.07 if is_workday(day) else _WEEKEND)
    count = max(0, round(dice.gauss(mean, mean**0.5)))
    month = (date(1970, 1, 1) + timedelta(days=day)).month
    instants = sorted(_instant(dice, day) for _ in range(count))
    return [one_matter(dice, first + n, at, month) for n, at in enumerate(instants)]


def one_matter(dice: Chance, number: int, at: int, month: int) -> Matter:
    """Draw one matter that comes up at an instant."""
    kind = dice.choices(kinds(), cum_weights=_kind_weights(month))[0]
    grid = dice.choices(drawings(), cum_weights=_grid_weights())[0]
    channels, shares = _channels(kind.code[:2])
    channel = dice.choices(channels, cum_weights=shares)[0]
    return Matter(number, at, kind, grid, somewhere_in(grid, dice), channel)


def somewhere_in(grid: DrawGrid, dice: Chance) -> Point:
    """Return a point of the grid, between its middle and a corner; grids are nearly convex."""
    (lon, lat), corners = _shape(grid.rings[0])
    corner, share = dice.choice(corners), 0.8 * dice.random()
    return Point(
        lon=round(lon + (corner[0] - lon) * share), lat=round(lat + (corner[1] - lat) * share)
    )


@cache
def _shape(ring: tuple[int, ...]) -> tuple[tuple[float, float], list[tuple[int, int]]]:
    """Return the middle of a grid's corners, and the corners."""
    corners = list(zip(ring[:-2:2], ring[1:-2:2], strict=True))
    lon = sum(corner[0] for corner in corners) / len(corners)
    lat = sum(corner[1] for corner in corners) / len(corners)
    return (lon, lat), corners


@cache
def _channels(major: str) -> tuple[list[Channel], list[int]]:
    """Return how matters of a major category come in, and their shares, added up."""
    channels = _OF_PEOPLE if major in ("92", "94", "95", "97") else _CHANNELS
    return list(channels), list(accumulate(channels.values()))


def _instant(dice: Chance, day: int) -> int:
    hour = dice.choices(range(24), _HOURS)[0]
    return day * DAY - AHEAD + hour * HOUR + dice.randrange(60 * MINUTE)


@cache
def _kind_weights(month: int) -> list[float]:
    return list(accumulate(kind.weight * _season(kind.code, month) for kind in kinds()))


def _season(code: str, month: int) -> float:
    months = _SEASONS.get(code)
    if months is None:
        return 1.0
    return months.get(month, 0.0 if code == "10001" else 0.3)


@cache
def _grid_weights() -> list[float]:
    return list(accumulate(_grid_weight(grid.code) for grid in drawings()))


def _grid_weight(code: str) -> float:
    """Towns have more to report, and each grid has a character of its own."""
    dense = _TOWN_WEIGHT if int(code[9:12]) < 200 else _VILLAGE_WEIGHT
    return dense * chance(0, "grid", code).lognormvariate(0.0, 0.5)


def days(first: int, last: int) -> Iterator[int]:
    """Yield the local days that touch the span from one instant to another."""
    yield from range((first + AHEAD) // DAY, (last + AHEAD) // DAY + 1)
