"""A small district: one township, one community, two grids, three departments, a calendar."""

from uuid import uuid4

from api.dispatch.dispatcher import Dispatcher
from domain.actor import Actor, Role
from domain.calendar.commands import PublishCalendar
from domain.catalogue.commands import (
    DefineCategory,
    SetFilingStandard,
    SetRoutingRule,
    SetStageLimit,
)
from domain.directory.commands import AppointWorker, NameArea, OpenDepartment, SetCompetence
from domain.event import Command
from domain.grid.commands import DrawGrid

DISTRICT, TOWN, COMMUNITY = "371602.", "371602.005.", "371602.005.036."
GRID, OTHER_GRID = "371602005036001", "371602005036002"
GRID_SCOPE = "371602.005.036.001."
POINT = {"lon": 118.005, "lat": 37.405}
ADMIN = Actor(id="acct:admin", role=Role.ADMINISTRATOR)


def square(lon: int, lat: int) -> tuple[int, ...]:
    side = 10_000
    return (lon, lat, lon + side, lat, lon + side, lat + side, lon, lat + side, lon, lat)


def founding() -> list[Command]:
    """Every command that makes the district, in order."""
    return [
        NameArea(
            code="371602", scope=DISTRICT, level="district", name="滨城区", name_en="Bincheng"
        ),
        PublishCalendar(
            calendar="371602", version="2026.1", timezone="Asia/Shanghai", first_year=2020,
            last_year=2035, hours=((510, 720), (810, 1080)),
        ),
        NameArea(
            code="371602005", scope=TOWN, level="township", name="彭李街道", name_en="Pengli",
            parent="371602",
        ),
        NameArea(
            code="371602005036", scope=COMMUNITY, level="community", name="学苑社区",
            name_en="Xueyuan", parent="371602005",
        ),
        DrawGrid(
            code=GRID, scope=GRID_SCOPE, name="第一网格", rings=(square(118_000_000, 37_400_000),),
            schematic=True,
        ),
        DrawGrid(
            code=OTHER_GRID, scope="371602.005.036.002.", name="第二网格",
            rings=(square(118_010_000, 37_400_000),), schematic=True,
        ),
        *(
            OpenDepartment(department=key, name=zh, name_en=en, scope=DISTRICT)
            for key, zh, en in (
                ("sanitation", "环卫", "Sanitation"),
                ("urban", "城管", "Urban management"),
                ("community", "社区", "Community"),
            )
        ),
        SetCompetence(department="sanitation", categories=("06*",)),
        *(
            DefineCategory(
                owner="371602", code=code, name=zh, name_en=en, lead=lead, limit=limit,
                tier="V", publicity=publicity,
            )
            for code, zh, en, lead, limit, publicity in (
                ("06010", "暴露垃圾", "Exposed rubbish", "sanitation", "4H", "open"),
                ("06036", "乱堆杂物", "Piled objects", "urban", "1W", "open"),
                ("92003", "群众求助", "Request for help", "community", "24U", "sensitive"),
            )
        ),
        SetRoutingRule(
            owner="371602", rule="rubbish", priority=10, category="0601*", scope=DISTRICT,
            department="sanitation", reason="环卫职责", reason_en="Sanitation's duty",
        ),
        *(
            SetStageLimit(owner="371602", clock=clock, limit=limit)
            for clock, limit in (
                ("accept", "1U"), ("file", "2U"), ("dispatch", "2U"), ("acknowledge", "4U"),
                ("check", "1W"), ("total", "7C"),
            )
        ),
        SetFilingStandard(
            owner="371602", standard="any", category="*", text="属实即立案",
            text_en="File what is true",
        ),
        AppointWorker(worker="w1", kind="full_time", scope=COMMUNITY, name="张三"),
    ]  # fmt: skip


async def found(dispatcher: Dispatcher) -> None:
    """Found the district."""
    for command in founding():
        await dispatcher.dispatch(command, actor=ADMIN, command_id=uuid4())
