"""A made-up state of the demo district for the double: its real names, invented counts."""

import csv
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import api.demo
from api.demo.bincheng import Community, Township, district
from api.demo.grids import drawings

DATA: Final = Path(next(iter(api.demo.__path__)))
STEPS: Final = (
    ("case.reported", 30), ("case.accepted", 14), ("case.dispatched", 14),
    ("case.acknowledged", 10), ("case.handled", 12), ("case.closed", 27),
    ("case.deadline_passed", 2), ("case.urged", 1),
)  # fmt: skip


def now(ahead_s: float = 0.0) -> str:
    """The present instant as the interface writes it, or one so long after it."""
    return datetime.fromtimestamp(time.time() + ahead_s, UTC).isoformat()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Scene:
    """Counts by grid, township and department, and the events that change them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.position = 32_233
        self.departments = _rows("departments.csv")
        self.categories = [one for one in _rows("categories.csv") if one["publicity"] == "open"]
        self.townships: dict[str, Township | Community] = {
            one.code: one for one in district().townships
        }
        self.communities = {one.code: one for one in district().communities}
        self.open: dict[str, int] = {}
        self.late: dict[str, int] = {}
        for grid in drawings():
            self.open[grid.code] = int(self.chance.expovariate(0.45))
            self.late[grid.code] = int(self.open[grid.code] > 3 and self.chance.random() < 0.3)
        self.load = {one["id"]: self._department(one) for one in self.departments}
        self.feed: list[dict[str, Any]] = []
        self.total, self.closed = 31_412, 31_412 - sum(self.open.values())
        self.reported_today, self.closed_today = 204, 181
        self.danger: set[str] = set()
        self.advance(12)

    def _department(self, row: dict[str, str]) -> dict[str, Any]:
        handled = int(self.chance.expovariate(1 / 600))
        return {
            "id": row["id"], "name": row["name"], "nameEn": row["name_en"],
            "open": int(self.chance.expovariate(1 / 80)),
            "overdue": int(self.chance.expovariate(1 / 3)) if handled % 3 else 0,
            "handled": handled, "closingRateBp": 8_800 + handled % 900,
        }  # fmt: skip

    def magnify(self, times: int) -> None:
        """Make the district a big city."""
        self.open = {code: count * times for code, count in self.open.items()}
        self.late = {code: count * times for code, count in self.late.items()}
        for one in self.load.values():
            one["open"], one["overdue"] = one["open"] * times, one["overdue"] * times
        self.reported_today, self.closed_today = self.reported_today * 50, self.closed_today * 50
        self.danger = set(list(self.open)[:1200:100])

    def advance(self, events: int) -> dict[str, Any]:
        """Let so many events happen; the delta they make."""
        lines = [self._event() for _ in range(events)]
        self.feed = [*reversed(lines), *self.feed][:30]
        return self.message(sorted({line["grid"] for line in lines}), lines)

    def message(self, codes: list[str], lines: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """The delta that tells of some grids as they are now; a position further without lines."""
        self.position += not lines
        return {
            "__typename": "WallDelta", "cursor": f"c{self.position}",
            "position": str(self.position), "overview": self.overview(),
            "grids": [self._grid(code) for code in codes],
            "departments": list(self.load.values())[:3],
            "townships": [self._township(code) for code in {code[:9] for code in codes}],
            "feed": list(reversed(lines)),
        }  # fmt: skip

    def _event(self) -> dict[str, Any]:
        self.position += 1
        (topic,) = self.chance.choices([t for t, _ in STEPS], [w for _, w in STEPS])
        code = self.chance.choice(list(self.open))
        if topic == "case.reported":
            self.open[code] += 1
            self.total += 1
            self.reported_today += 1
        elif topic == "case.closed" and self.open[code]:
            self.open[code] -= 1
            self.closed += 1
            self.closed_today += 1
        elif topic == "case.deadline_passed":
            self.late[code] += 1
        return self._line(topic, code)

    def _line(self, topic: str, code: str) -> dict[str, Any]:
        category = self.chance.choice(self.categories)
        lead = next((d for d in self.departments if d["id"] == category["lead"]), None)
        community = self.communities[code[:12]]
        return {
            "position": str(self.position), "at": now(), "topic": topic,
            "number": f"2026{self.position}", "category": category["name"],
            "categoryEn": category["name_en"], "area": community.name, "areaEn": community.name_en,
            "grid": code, "department": lead and lead["name"],
            "departmentEn": lead and lead["name_en"], "severity": "normal", "overdue": False,
        }  # fmt: skip

    def snapshot(self, at: str | None = None) -> dict[str, Any]:
        """Everything at the present position."""
        scene = {
            "position": str(self.position), "serverTime": at or now(),
            "district": {
                "code": "371602", "scope": "371602.", "level": "district", "name": "滨城区",
                "nameEn": "Bincheng District", "schematic": True, "timezone": "Asia/Shanghai",
            },
            "overview": self.overview(), "grids": [self._grid(code) for code in self.open],
            "departments": list(self.load.values()),
            "townships": [self._township(code) for code in self.townships], "feed": self.feed,
        }  # fmt: skip
        position = scene["position"]
        head = {"__typename": "WallSnapshot", "cursor": f"c{position}", "position": position}
        return head | {"scene": scene}

    def overview(self) -> dict[str, Any]:
        """The district's handful of figures."""
        return {
            "open": sum(self.open.values()), "reportedToday": self.reported_today,
            "closedToday": self.closed_today, "overdue": sum(self.late.values()),
            "lifeSafety": len(self.danger), "total": self.total, "closed": self.closed,
            "closingRateBp": self.closed * 10_000 // self.total, "acceptP50S": 247,
        }  # fmt: skip

    def _grid(self, code: str) -> dict[str, Any]:
        return {
            "code": code, "open": self.open[code], "overdue": self.late[code],
            "lifeSafety": int(code in self.danger),
        }  # fmt: skip

    def incident(self, code: str) -> dict[str, Any]:
        """What `wallIncident` tells of a grid: a case in three steps, and what is open around."""
        around = [one for one in self.open if one.startswith(code[:12])]
        case = self._told(code, 0) | {
            "severity": "LIFE_SAFETY", "statusTitle": "处置中", "statusTitleEn": "in progress",
            "dueAt": _before(-24), "dueTitle": "处置时限", "dueTitleEn": "handling",
            "steps": [
                {"position": str(self.position - at), "at": _before(2 * at), "topic": topic,
                 "department": unit and unit["name"], "departmentEn": unit and unit["name_en"]}
                for at, (topic, unit) in enumerate(
                    (("case.acknowledged", None), ("case.dispatched", self.departments[2]),
                     ("case.filed", None), ("case.accepted", None), ("case.reported", None)),
                    start=1,
                )
            ],
        }  # fmt: skip
        return {
            "position": str(self.position), "withheld": 0, "grid": {"code": code},
            "path": self._path(code),
            "posted": [{"kind": "full_time", "inGrid": 1, "around": len(around)},
                       {"kind": "part_time", "inGrid": 2, "around": 2 * len(around)}],
            "cases": [case],
            "near": [self._told(one, 1 + at) for at, one in enumerate([code, *around][:8])],
        }  # fmt: skip

    def calm(self) -> dict[str, Any]:
        """What `wallCalm` tells: a danger that was over half an hour after it was reported."""
        code = list(self.open)[600]
        case = self._told(code, 4) | {
            "severity": "LIFE_SAFETY", "statusTitle": "已结案", "statusTitleEn": "closed",
            "reportedAt": _before(4_000),
        }  # fmt: skip
        over = _before(3_967)
        return {
            "position": str(self.position), "days": 90, "ended": 3, "endedAt": over,
            "halfOverS": 1_980, "last": {"endedAt": over, "path": self._path(code), "case": case},
        }  # fmt: skip

    def _path(self, code: str) -> list[dict[str, str]]:
        """The areas a grid lies in, the district first."""
        town, community = self.townships[code[:9]], self.communities[code[:12]]
        path = [("371602", "district", "滨城区", "Bincheng District")] + [
            (one.code, level, one.name, one.name_en)
            for level, one in (("township", town), ("community", community))
        ]
        return [dict(zip(("code", "level", "name", "nameEn"), one, strict=True)) for one in path]

    def _told(self, code: str, number: int) -> dict[str, Any]:
        category = self.categories[(7 * number) % len(self.categories)]
        unit = self.departments[(5 * number + 2) % len(self.departments)]
        name = next(g["name"] for g in self._geometry["grids"] if g["code"] == code)
        return {
            "number": f"37160220261124{number:05}", "category": category["name"],
            "categoryEn": category["name_en"], "statusTitle": "已派遣",
            "statusTitleEn": "dispatched", "severity": "NORMAL", "overdue": number == 2,
            "grid": code, "gridName": name, "department": unit["name"],
            "departmentEn": unit["name_en"], "reportedAt": _before(11 + 190 * number),
            "dueAt": None, "dueTitle": None, "dueTitleEn": None,
        }  # fmt: skip

    def overdue_in(self, township: str) -> int:
        """How many cases of a township are overdue."""
        return sum(self.late[grid] for grid in self.open if grid.startswith(township))

    def _township(self, code: str) -> dict[str, Any]:
        one = self.townships[code]
        mine = [grid for grid in self.open if grid.startswith(code)]
        return {
            "code": code, "scope": one.scope, "level": "township", "name": one.name,
            "nameEn": one.name_en, "open": sum(self.open[g] for g in mine),
            "overdue": sum(self.late[g] for g in mine), "closingRateBp": 9_100,
        }  # fmt: skip

    def geometry(self) -> dict[str, Any]:
        """What /geo.json says: rings as steps of 1e-5 degrees. Made once."""
        return self._geometry

    @cached_property
    def _geometry(self) -> dict[str, Any]:
        grids = [
            {"code": g.code, "name": g.name, "township": g.code[:9],
             "rings": [_steps([value // 10 for value in ring]) for ring in g.rings]}
            for g in drawings()
        ]  # fmt: skip
        places = [value / 1e6 for g in drawings() for ring in g.rings for value in ring]
        lons, lats = places[::2], places[1::2]
        return {
            "version": "1", "scale": 100_000, "schematic": True, "grids": grids,
            "bounds": [min(lons), min(lats), max(lons), max(lats)],
            "townships": [
                {"code": t.code, "name": t.name, "nameEn": t.name_en,
                 "lon": t.seat[0], "lat": t.seat[1]}
                for t in district().townships
            ],
        }  # fmt: skip


def _before(minutes: float) -> str:
    """The instant so long before now."""
    return (datetime.fromisoformat(now()) - timedelta(minutes=minutes)).isoformat()


def _steps(ring: list[int]) -> list[int]:
    return ring[:2] + [ring[at] - ring[at - 2] for at in range(2, len(ring))]
