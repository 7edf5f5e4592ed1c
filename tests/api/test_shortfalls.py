"""What an administrator is told the register lacks, and where imported cases came from."""

from datetime import datetime
from uuid import UUID, uuid4

from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import StateReport
from domain.case.values import Place, Source
from domain.catalogue.commands import DefineCategory
from domain.directory.commands import NameArea, PostWorker
from domain.event import Command
from domain.grid.commands import DrawGrid
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import ADMIN, COMMUNITY, DISTRICT, GRID, GRID_SCOPE, OTHER_GRID, TOWN, square
from tests.api.test_accounts import admin, new_key, opened

LACKS = "{ shortfalls { kind count examples { code name nameEn } } }"
IMPORTS = "query($asOf: AsOf) { imports(asOf: $asOf) { source cases position recordedAt } }"


async def lacks(who: Client) -> dict[str, tuple[int, list[str]]]:
    found = (await who.ask(LACKS))["shortfalls"]
    return {one["kind"]: (one["count"], [it["code"] for it in one["examples"]]) for one in found}


async def send(app: App, *commands: Command) -> None:
    for command in commands:
        await app.platform.dispatcher.dispatch(command, actor=ADMIN, command_id=uuid4())


async def test_what_the_register_lacks_is_told_until_it_has_it(app: App, client: Client) -> None:
    office = admin(client)
    before = {"grid_without_worker": (2, [GRID, OTHER_GRID])}
    assert await lacks(office) == before
    await send(app, PostWorker(worker="w1", grid=GRID))
    assert await lacks(office) == {"grid_without_worker": (1, [OTHER_GRID])}
    over = DrawGrid(
        code="371602005036003", scope="371602.005.036.003.", name="第三网格",
        rings=(square(118_005_000, 37_400_000),),
    )  # fmt: skip
    empty = NameArea(
        code="371602005037", scope="371602.005.037.", level="community", name="空社区",
        name_en="Empty", parent="371602005",
    )  # fmt: skip
    nobody = DefineCategory(
        owner="371602", code="09001", name="无人", name_en="Nobody", lead="gone", limit="1W",
        tier="V",
    )  # fmt: skip
    await send(app, over, empty, nobody)
    await office.done("openAccount", account="acct:new", kind="person", scope=TOWN)
    await opened(client)
    await new_key(client, "hotline1", days=10)
    await new_key(client, "hotline2", days=90)
    found = await lacks(office)
    assert found["border_overlap"][0] == 2
    assert found["area_without_grid"] == (1, ["371602005037"])
    assert found["category_without_department"] == (1, ["09001"])
    assert found["person_without_role"] == (1, ["acct:new"])
    assert found["key_ending"] == (1, ["sys:hotline hotline1"])
    await office.done("grantRole", account="acct:new", role="acceptor", scope=TOWN)
    assert "person_without_role" not in await lacks(office)
    assert await lacks(client.acting(Role.ADMINISTRATOR, "9.")) == {}
    assert await client.acting(Role.DISPATCHER, DISTRICT).refused(LACKS) == "FORBIDDEN"


async def test_the_register_is_counted_inside_ones_scope(app: App, client: Client) -> None:
    async def held(scope: str) -> dict[str, int]:
        found = await client.acting(Role.ADMINISTRATOR, scope).ask("{ register { kind count } }")
        return {one["kind"]: one["count"] for one in found["register"]}

    assert await held(DISTRICT) == {
        "district": 1, "township": 1, "community": 1, "grid": 2, "worker": 1, "department": 3,
        "category": 3,
    }  # fmt: skip
    assert await held(GRID_SCOPE) == {**dict.fromkeys(await held(DISTRICT), 0), "grid": 1,
                                      "department": 3}  # fmt: skip


async def test_a_source_is_told_with_its_newest_event(app: App, client: Client) -> None:
    assert (await admin(client).ask(IMPORTS))["imports"] == []
    position = await imported(app, "7", GRID_SCOPE)
    assert await app.caught_up(30)
    (one,) = (await admin(client).ask(IMPORTS))["imports"]
    (event,) = await app.platform.log.read_all(Position(position - 1), 1)
    assert (one["source"], one["cases"], one["position"]) == ("city", 1, str(position))
    assert event.recorded_at == microseconds(one["recordedAt"])
    await imported(app, "8", GRID_SCOPE)
    assert await app.caught_up(30)
    ((two,),) = (await admin(client).ask(IMPORTS)).values()
    assert (two["cases"], two["recordedAt"] >= one["recordedAt"]) == (2, True)
    for moment, answer in (({"position": str(position)}, [one]), ({"position": "1"}, []),
                           ({"recordedAt": one["recordedAt"]}, [one])):  # fmt: skip
        assert (await admin(client).ask(IMPORTS, asOf=moment))["imports"] == answer, moment
    community = client.acting(Role.ADMINISTRATOR, COMMUNITY)
    assert len((await community.ask(IMPORTS))["imports"]) == 1
    assert (await client.acting(Role.ADMINISTRATOR, "9.").ask(IMPORTS))["imports"] == []


async def imported(app: App, key: str, scope: str) -> int:
    """State a report as a source's import does; its position."""
    row = Source(source="city", source_id=key, digest="a")
    place = Place(scope=scope, grid=GRID)
    done = await app.platform.dispatcher.dispatch(
        StateReport(source=row, number=f"C-{key}", category="06010", place=place),
        stream=UUID(int=int(key)), actor=Actor(id="import:city", role=Role.IMPORT),
        command_id=uuid4(), basis="source",
    )  # fmt: skip
    return int(done.last)


def microseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)
