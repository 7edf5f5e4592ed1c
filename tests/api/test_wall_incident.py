"""A grid in danger, at the wall's door: what is told to whom, and that nobody is named."""

import json
from typing import Any
from uuid import uuid4

from api.wiring import App
from domain.actor import Role
from domain.catalogue.commands import DefineCategory
from domain.directory.commands import PostWorker
from tests.api.client import Client
from tests.api.ground import ADMIN, DISTRICT, GRID, OTHER_GRID
from tests.api.steps import acting, step

ASK = """query($grid: String!) {
  wallIncident(grid: $grid) {
    grid { code name } path { level nameEn } withheld
    posted { kind inGrid around }
    cases { number categoryEn status statusTitleEn severity department departmentEn grid gridName
      reportedAt dueAt dueClock dueTitleEn steps { topic department at position } }
    near { number category grid steps { topic } }
  } }"""
NUMBERS = """query($grid: String!, $at: Position!) {
  wallIncident(grid: $grid, asOf: { position: $at }) {
    withheld cases { number } near { number } } }"""
THEN = """query($grid: String!, $at: Position!) {
  wallIncident(grid: $grid, asOf: { position: $at }) { position cases { steps { topic } } } }"""


async def asked(app: App, client: Client, grid: str = GRID) -> dict[str, Any]:
    assert await app.caught_up(30)
    found: dict[str, Any] = (await client.ask(ASK, grid=grid))["wallIncident"]
    return found


async def danger(client: Client, category: str = "06010") -> dict[str, Any]:
    """Report a danger to life, in words that are nobody's business on a wall."""
    done = await acting(client, "leader").done(
        "reportCase", place={"grid": GRID, "address": "3-201"}, channel="LEADER",
        severity="LIFE_SAFETY", category=category, description="Zhang San fell",
    )  # fmt: skip
    case: dict[str, Any] = done["case"]
    return case


async def defined(app: App, code: str, publicity: str) -> None:
    command = DefineCategory(
        owner="371602", code=code, name=publicity, name_en=publicity, lead="community",
        limit="2U", tier="D", publicity=publicity,
    )  # fmt: skip
    await app.platform.dispatcher.dispatch(command, actor=ADMIN, command_id=uuid4())


async def test_who_has_it_until_when_and_what_was_done(app: App, client: Client) -> None:
    case = await danger(client)
    for one in (
        step("acceptor", "acceptCase"), step("leader", "fileCase"),
        step("dispatcher", "dispatchCase", department="sanitation"),
    ):  # fmt: skip
        await acting(client, one.who).done(one.mutation, case=case["id"], **one.given)
    told = await asked(app, client)
    (seen,) = told["cases"]
    assert told["grid"] == {"code": GRID, "name": "第一网格"}
    assert [area["level"] for area in told["path"]] == ["district", "township", "community"]
    assert (seen["number"], seen["status"], seen["statusTitleEn"]) == (
        case["number"], "DISPATCHED", "dispatched",
    )  # fmt: skip
    assert (seen["categoryEn"], seen["departmentEn"]) == ("Exposed rubbish", "Sanitation")
    assert (seen["dueClock"], seen["dueTitleEn"]) == ("ACKNOWLEDGE", "acknowledgement")
    assert seen["dueAt"] > seen["reportedAt"]
    assert [(one["topic"], one["department"]) for one in seen["steps"]] == [
        ("case.dispatched", "环卫"), ("case.filed", None), ("case.accepted", None),
        ("case.reported", None),
    ]  # fmt: skip
    assert (told["withheld"], told["near"]) == (0, [])
    text = json.dumps(told, ensure_ascii=False)
    assert not any(word in text for word in ("Zhang", "3-201", "acct:", "w1"))


async def test_of_the_past_nothing_is_told_that_may_not_be_told_today(
    app: App, client: Client
) -> None:
    """A case that turned sensitive, or internal, stood on the wall before it did."""
    await defined(app, "92007", "internal")
    turned = [((await danger(client))["id"], category) for category in ("92003", "92007")]
    stays = await danger(client)
    head = await app.platform.log.head()
    shown = (await asked(app, client))["cases"]
    assert len(shown) == len(turned) + 1
    for case, category in turned:
        await acting(client, "acceptor").done("classifyCase", case=case, category=category)
    assert await app.caught_up(30)
    for query, at in ((ASK, None), (NUMBERS, str(head))):
        given = {"grid": GRID} if at is None else {"grid": GRID, "at": at}
        told = (await client.ask(query, **given))["wallIncident"]
        assert [one["number"] for one in told["cases"]] == [stays["number"]]
        assert (told["withheld"], told["near"]) == (2, [])


async def test_an_internal_case_is_for_displays_that_know_alarms_a_sensitive_one_for_none(
    app: App, client: Client
) -> None:
    await defined(app, "92007", "internal")
    internal = await danger(client, "92007")
    await danger(client, "92003")
    public = await asked(app, client)
    assert (public["cases"], public["withheld"], public["near"]) == ([], 2, [])
    for scope, numbers, withheld in (
        (DISTRICT, [internal["number"]], 1), ("371602.001.", [], 2),
    ):  # fmt: skip
        told = await asked(app, client.acting(Role.DISPLAY, scope))
        assert ([one["number"] for one in told["cases"]], told["withheld"]) == (numbers, withheld)


async def test_what_is_near_is_open_and_public_its_own_grid_first(app: App, client: Client) -> None:
    await danger(client)
    worker, numbers = acting(client, "worker"), []
    for grid, category in ((GRID, "06036"), (OTHER_GRID, "06010"), (GRID, "92003")):
        given = {"channel": "GRID_WORKER", "category": category, "place": {"grid": grid}}
        numbers.append((await worker.done("reportCase", **given))["case"]["number"])
    told = await asked(app, client.acting(Role.DISPLAY, DISTRICT))
    assert [(one["number"], one["grid"]) for one in told["near"]] == [
        (numbers[0], GRID), (numbers[1], OTHER_GRID),
    ]  # fmt: skip
    assert all(one["steps"] == [] for one in told["near"])


async def test_workers_are_counted_by_where_they_are_posted(app: App, client: Client) -> None:
    assert (await asked(app, client))["posted"] == []
    command = PostWorker(worker="w1", grid=OTHER_GRID)
    await app.platform.dispatcher.dispatch(command, actor=ADMIN, command_id=uuid4())
    assert (await asked(app, client))["posted"] == [{"kind": "full_time", "inGrid": 0, "around": 1}]
    assert (await asked(app, client, OTHER_GRID))["posted"][0]["inGrid"] == 1


async def test_as_it_was_known_at_a_position(app: App, client: Client) -> None:
    case = await danger(client)
    before = await app.platform.log.head()
    await acting(client, "acceptor").done("acceptCase", case=case["id"])
    assert await app.caught_up(30)
    told = (await client.ask(THEN, grid=GRID, at=str(before)))["wallIncident"]
    assert [step["topic"] for step in told["cases"][0]["steps"]] == ["case.reported"]
    assert await client.refused(ASK, grid="371602999") == "BAD_INPUT"
