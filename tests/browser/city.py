"""Two cities on one small platform: a township of the demo, and Boston as its file states it."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from api.demo.founding import stages
from api.demo.grids import drawings
from api.importers.load import import_file
from domain.actor import Actor, Role
from domain.catalogue.commands import SetFilingStandard, SetRoutingRule, SetStageLimit
from domain.directory.commands import AppointWorker, NameArea, PostWorker, SetCompetence
from domain.event import Command
from domain.grid.commands import DrawGrid
from tests.browser.cell import Cell
from tests.importers.forms import TITLES, rows_of

ADMIN: Final = Actor(id="acct:admin", role=Role.ADMINISTRATOR)
TOWN: Final = "371602005"
POTHOLE: Final = "bos-request-for-pothole-repair"
BOSTON: Final = "boston-311"
NEW_YORK: Final = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class City:
    """Where a story plays, and who is there: what a test hands to its people."""

    lang: str
    district: str
    community: str
    grid: str
    point: tuple[float, float] | None
    category: str
    department: str
    """Whom the case is given to first."""
    other: str
    """Whom it is given to after a return that was upheld; empty when it was refused."""
    other_name: str = ""


def demo() -> City:
    """A grid of the demo's Pengli."""
    grid = next(one for one in drawings() if one.code.startswith(TOWN))
    (ring, *_) = grid.rings
    lons, lats = ring[:-2:2], ring[1:-2:2]
    middle = sum(lons) / len(lons) / 1e6, sum(lats) / len(lats) / 1e6
    return City("zh", "371602.", grid.scope[:15], grid.code, middle, "暴露垃圾", "sanitation", "")


def boston() -> City:
    """Where the fixture's open pothole is."""
    return City(
        "en", "boston.", "boston.dorchester.", "boston-dorchester-w13-p1308", None,
        "Request for Pothole Repair", "bos-PWDx", "bos-BTDT", "BTDT",
    )  # fmt: skip


def _wanted(command: Command) -> bool:
    """Everything of the demo's founding but the other townships' communities, grids and staff."""
    match command:
        case AppointWorker() | PostWorker():
            return False
        case NameArea(level="community") | DrawGrid():
            return command.code.startswith(TOWN)
        case _:
            return True


def _policy() -> list[Command]:
    """What an administrator of Boston adds to what its file states."""
    return [
        *(
            SetCompetence(department=one, categories=(POTHOLE,))
            for one in ("bos-PWDx", "bos-BTDT")
        ),
        *(
            SetStageLimit(owner="boston", clock=clock, limit="8U")
            for clock in ("accept", "file", "dispatch", "acknowledge", "handle", "check")
        ),
        SetFilingStandard(
            owner="boston", standard="any", category="*", text="属实即立案",
            text_en="File what is true",
        ),
        SetRoutingRule(
            owner="boston", rule="potholes", priority=10, category=POTHOLE, scope="boston.",
            department="bos-PWDx", reason="道路由公共工程局养护",
            reason_en="Public Works keeps the roads",
        ),
    ]  # fmt: skip


async def found(cell: Cell) -> None:
    """Found both cities on an empty platform."""
    dispatch = cell.app.platform.dispatcher.dispatch
    for stage in stages():
        for command in filter(_wanted, stage):
            await dispatch(command, actor=ADMIN, command_id=uuid4())
    await import_file(cell.app.platform, TITLES[BOSTON], BOSTON)
    for command in _policy():
        await dispatch(command, actor=ADMIN, command_id=uuid4())
    assert await cell.app.caught_up(60)


async def imported(cell: Cell, home: Path) -> str:
    """Import one more open pothole, two hours old; its number."""
    row = next(one for one in rows_of(TITLES[BOSTON]) if one["CASE_ENQUIRY_ID"] == "900000000003")
    opened = datetime.fromtimestamp(cell.app.platform.clock() / 1e6 - 7_200, NEW_YORK)
    row |= {"CASE_ENQUIRY_ID": "900000000099", "OPEN_DT": opened.strftime("%m/%d/%Y %I:%M:%S %p")}
    path = home / "boston.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    summary = await import_file(cell.app.platform, path, BOSTON)
    assert summary.cases == 1
    return "900000000099"
