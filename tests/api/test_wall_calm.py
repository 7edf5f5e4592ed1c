"""The wall while nobody is in danger: the last danger, how it ended, and who is told."""

import json
from typing import Any

from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, OTHER_GRID, TOWN
from tests.api.steps import acting
from tests.api.test_wall_incident import danger, defined

ASK = """query($scope: String, $asOf: AsOf) {
  wallCalm(scope: $scope, asOf: $asOf) {
    position days ended endedAt halfOverS
    last { endedAt path { level nameEn }
      case { number categoryEn status statusTitleEn grid gridName reportedAt steps { topic } } }
  } }"""


async def asked(app: App, client: Client, **given: object) -> dict[str, Any]:
    assert await app.caught_up(30)
    found: dict[str, Any] = (await client.ask(ASK, **given))["wallCalm"]
    return found


async def ended(client: Client, case: dict[str, Any]) -> None:
    """Cancel it, in words that are nobody's business on a wall."""
    await acting(client, "leader").done("cancelCase", case=case["id"], reason="test")


async def test_the_last_danger_and_how_it_ended(app: App, client: Client) -> None:
    nothing = await asked(app, client)
    assert (nothing["ended"], nothing["last"], nothing["days"]) == (0, None, 90)
    assert (nothing["endedAt"], nothing["halfOverS"]) == (None, None)
    first, second = await danger(client), await danger(client)
    assert (await asked(app, client))["last"] is None, "what is still open has not ended"
    await ended(client, second)
    before = await app.platform.log.head()
    await ended(client, first)
    told = await asked(app, client)
    assert told["ended"] == 2
    last = told["last"]
    assert last["case"]["number"] == first["number"], "the one that ended last, reported first"
    assert (last["case"]["status"], last["case"]["statusTitleEn"]) == ("CANCELLED", "cancelled")
    assert last["endedAt"] == told["endedAt"] > last["case"]["reportedAt"]
    assert [area["level"] for area in last["path"]] == ["district", "township", "community"]
    assert last["case"]["steps"][0]["topic"] == "case.cancelled"
    text = json.dumps(told, ensure_ascii=False)
    assert not any(word in text for word in ("Zhang", "3-201", "acct:"))
    then = await asked(app, client, asOf={"position": str(before)})
    assert (then["ended"], then["last"]["case"]["number"]) == (1, second["number"])


async def test_a_normal_case_is_no_danger_and_another_place_has_its_own(
    app: App, client: Client
) -> None:
    worker = acting(client, "worker")
    given = {"channel": "GRID_WORKER", "category": "06010", "place": {"grid": OTHER_GRID}}
    await ended(client, (await worker.done("reportCase", **given))["case"])
    case = await danger(client)
    await ended(client, case)
    told = await asked(app, client, scope=TOWN)
    assert (told["ended"], told["last"]["case"]["number"]) == (1, case["number"])
    assert await client.refused(ASK, scope="371602.999.") == "BAD_INPUT"


async def test_an_internal_danger_is_counted_and_told_only_where_alarms_are_known(
    app: App, client: Client
) -> None:
    await defined(app, "92007", "internal")
    internal = await danger(client, "92007")
    await ended(client, internal)
    public = await asked(app, client)
    assert (public["ended"], public["last"]) == (1, None)
    assert public["endedAt"] is not None
    assert 0 <= public["halfOverS"] < 3_600
    told = await asked(app, client.acting(Role.DISPLAY, DISTRICT))
    assert told["last"]["case"]["number"] == internal["number"]
