"""The past of the double's district: a day in columns, one of its instants, a telling at a pace.

Made up and repeatable: a day is the same for whoever asks again, and no two days are alike. Its
density is the demo's. Counted is what was asked for, and how often.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.browser.scene import Scene, now

ZONE: Final = ZoneInfo("Asia/Shanghai")
STEPS: Final = 550
STEP_MS: Final = 86_400_000 // STEPS
TURN_S: Final = 0.1
BEATS: Final = 5
"""Turns of a telling between two heartbeats."""
OVERVIEW: Final = (
    "open", "reportedToday", "closedToday", "overdue", "lifeSafety", "total", "closed",
    "closingRateBp", "acceptP50S",
)  # fmt: skip
GRID, UNIT = ("open", "overdue", "lifeSafety"), ("open", "overdue", "handled", "closingRateBp")
AREA: Final = ("open", "overdue", "closingRateBp")

Answer = dict[str, Any]


class History:
    """Answers what a wall asks of the past."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        """How often which question was asked, by the name of its root field."""
        self.sent = 0
        """Messages of tellings so far."""

    def answer(self, query: str, variables: Answer) -> Answer | None:
        """The answer to a question of the past; None for any other."""
        known = {"wallDay": self._day, "logDensity": self._density, "wall": self._instant}
        for name, told in known.items():
            if f"{name}(" in query:
                self.asked[name] += 1
                return {name: told(variables)}
        return None

    async def told(self, variables: Answer) -> AsyncIterator[Answer]:
        """The messages of a replay: how it stood, then an event every tenth of a second."""
        self.asked["replay"] += 1
        begin, speed = datetime.fromisoformat(variables["from"]), float(variables["speed"])
        scene = Scene(begin.toordinal())
        for turn in itertools.count():
            at = (begin + timedelta(seconds=turn * TURN_S * speed)).isoformat()
            for message in self._turn(scene, turn, at):
                self.sent += 1
                yield message
            await asyncio.sleep(TURN_S)

    def _turn(self, scene: Scene, turn: int, at: str) -> list[Answer]:
        if turn == 0:
            return [scene.snapshot()]
        told = scene.advance(1)
        return [told, _beat(scene, at)] if turn % BEATS == 0 else [told]

    def _day(self, variables: Answer) -> Answer:
        return _day_of(_midnight(variables["at"]))

    def _instant(self, variables: Answer) -> Answer:
        scene: Answer = self._day(variables)["scene"]
        return scene | {"serverTime": variables["at"]}

    def _density(self, variables: Answer) -> Answer:
        begin, end, buckets = variables["from"], variables["to"], variables["buckets"]
        counts = [at * 7 % 11 for at in range(buckets)]
        return {"first": begin, "last": end, "start": begin, "end": end,
                "bucketS": 86_400 // buckets, "counts": counts}  # fmt: skip


def _midnight(at: str) -> datetime:
    """The midnight of the district before an instant."""
    local = datetime.fromisoformat(at).astimezone(ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=8)
def _day_of(begin: datetime) -> Answer:
    """A day in columns, as `wallDay` tells it (ADR 0036)."""
    scene, end = Scene(begin.toordinal()), begin + timedelta(days=1)
    stood = scene.snapshot()["scene"]
    steps = [scene.advance(1) for _ in range(STEPS)]
    codes, grids = _rows(steps, "grids", "code", GRID)
    units, duties = _rows(steps, "departments", "id", UNIT)
    areas, loads = _rows(steps, "townships", "code", AREA)
    return {
        "start": begin.isoformat(), "end": end.isoformat(),
        "told": min(end, datetime.fromisoformat(now())).isoformat(),
        "position": str(scene.position), "scene": stood,
        "at": [step * STEP_MS for step in range(STEPS)],
        "overview": [step["overview"][name] for step in steps for name in OVERVIEW],
        "gridCodes": list(codes), "grids": grids, "departments": list(units.values()),
        "duties": duties, "areas": list(areas.values()), "loads": loads,
        "feed": [line for step in steps for line in step["feed"]], "lines": list(range(STEPS)),
    }  # fmt: skip


def _rows(
    steps: list[Answer], part: str, key: str, cells: tuple[str, ...]
) -> tuple[dict[str, Answer], list[int]]:
    """What a day touches of one kind, as it last was, and its rows by step."""
    touched = {one[key]: one for step in steps for one in step[part]}
    place = {name: at for at, name in enumerate(touched)}
    rows = [
        value
        for at, step in enumerate(steps)
        for one in step[part]
        for value in (at, place[one[key]], *(one[cell] for cell in cells))
    ]
    return touched, rows


def _beat(scene: Scene, at: str) -> Answer:
    position = str(scene.position)
    return {
        "__typename": "Heartbeat", "cursor": f"c{position}", "position": position,
        "head": position, "serverTime": at, "oldestUnappliedAgeMs": 0,
    }  # fmt: skip
