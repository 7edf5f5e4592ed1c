"""What the wall counts beside cases: posted workers and the feed's sums, with their events."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.wiring import App
from domain.actor import Role
from domain.directory.commands import DismissWorker, PostWorker
from tests.api.client import Client
from tests.api.ground import ADMIN, COMMUNITY, DISTRICT, GRID, OTHER_GRID, TOWN
from tests.api.steps import acting, step
from tests.api.test_wall_incident import danger, defined

POSTED = """query($grid: String!, $around: Boolean!, $kind: String, $asOf: AsOf) {
  wallPosted(grid: $grid, around: $around, kind: $kind, asOf: $asOf) {
    position total hidden
    nodes { worker { key kind grid } grid { code }
      events { position topic titleEn grid at } } } }"""
COUNTED = """query($grid: String!, $asOf: AsOf) {
  wallIncident(grid: $grid, asOf: $asOf) { posted { kind inGrid around } } }"""
STEPS = """query($scope: String, $since: DateTime!, $until: DateTime!, $by: ReplayOrder!,
    $place: String, $topic: String, $first: Int!, $after: String, $asOf: AsOf) {
  wallSteps(scope: $scope, since: $since, until: $until, by: $by, place: $place, topic: $topic,
      first: $first, after: $after, asOf: $asOf) {
    position total sums { place nameEn topic titleEn steps first last }
    nodes { position topic number } pageInfo { hasNextPage endCursor } } }"""
FEED = "{ wall { feed { position topic number at } position } }"


async def told(app: App, *commands: PostWorker | DismissWorker) -> None:
    for command in commands:
        await app.platform.dispatcher.dispatch(command, actor=ADMIN, command_id=uuid4())
    assert await app.caught_up(30)


def leading(client: Client, scope: str = DISTRICT) -> Client:
    return client.acting(Role.DUTY_LEADER, scope)


async def posted(client: Client, grid: str, around: bool, **more: object) -> dict[str, Any]:
    asked = await client.ask(POSTED, grid=grid, around=around, **more)
    found: dict[str, Any] = asked["wallPosted"]
    return found


async def test_each_posted_worker_has_the_events_that_posted_him_then_and_now(
    app: App, client: Client
) -> None:
    await told(app, PostWorker(worker="w1", grid=OTHER_GRID))
    before = {"position": str(await app.platform.log.head())}
    leader = leading(client)
    around = await posted(leader, GRID, around=True)
    assert (around["total"], around["hidden"]) == (1, 0)
    (one,) = around["nodes"]
    assert one["worker"] == {"key": "w1", "kind": "full_time", "grid": OTHER_GRID}
    assert [(event["topic"], event["grid"]) for event in one["events"]] == [
        ("directory.worker_appointed", None), ("directory.worker_posted", OTHER_GRID),
    ]  # fmt: skip
    assert (await posted(leader, GRID, around=False))["nodes"] == []
    await told(app, PostWorker(worker="w1", grid=GRID))
    for as_of, here in ((None, 1), (before, 0)):
        there = await posted(leader, GRID, around=False, asOf=as_of)
        (count,) = (await client.ask(COUNTED, grid=GRID, asOf=as_of))["wallIncident"]["posted"]
        assert there["total"] == here == count["inGrid"]
    then = await posted(leader, GRID, around=True, asOf=before)
    assert then["nodes"][0]["events"] == one["events"], "what was posted since is left out"
    assert (await posted(leader, GRID, around=True, kind="part_time"))["total"] == 0


async def test_a_worker_of_elsewhere_is_counted_and_not_shown(app: App, client: Client) -> None:
    await told(app, PostWorker(worker="w1", grid=GRID))
    elsewhere = await posted(leading(client, "371602.999."), GRID, around=False)
    assert (elsewhere["total"], elsewhere["hidden"], elsewhere["nodes"]) == (1, 1, [])
    resident = client.acting(Role.RESIDENT, DISTRICT)
    for nobody in (client, resident, client.acting(Role.DISPLAY, DISTRICT)):
        assert await nobody.refused(POSTED, grid=GRID, around=False) in (
            "UNAUTHENTICATED", "FORBIDDEN",
        )  # fmt: skip
    assert await leading(client).refused(POSTED, grid="371602999", around=False) == "BAD_INPUT"


async def feed(app: App, client: Client) -> list[dict[str, Any]]:
    assert await app.caught_up(30)
    found: list[dict[str, Any]] = (await client.ask(FEED))["wall"]["feed"]
    return found


async def happened(app: App, client: Client) -> None:
    """Two dangers, one accepted; a case that is nobody's business, and one of a sensitive kind."""
    first = await danger(client)
    await danger(client)
    accept = step("acceptor", "acceptCase")
    await acting(client, accept.who).done(accept.mutation, case=first["id"])
    await defined(app, "92007", "internal")
    await danger(client, "92007")
    await danger(client, "92003")


def by_kind(lines: Iterable[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["topic"]] = counts.get(line["topic"], 0) + 1
    return counts


async def test_the_sums_are_those_of_the_feed_and_their_lines_can_be_paged(
    app: App, client: Client
) -> None:
    await happened(app, client)
    lines = await feed(app, client)
    assert by_kind(lines) == {"case.reported": 2, "case.accepted": 1}
    window = await span(app)
    leader = leading(client)
    for by in ("RECORDED", "EFFECTIVE"):
        all_ = await steps(leader, by=by, first=2, **window)
        assert {one["topic"]: one["steps"] for one in all_["sums"]} == by_kind(lines)
        assert {one["place"] for one in all_["sums"]} == {TOWN}
        assert all_["total"] == len(lines)
        assert all_["pageInfo"]["hasNextPage"]
        rest = await steps(leader, by=by, first=2, after=all_["pageInfo"]["endCursor"], **window)
        positions = [one["position"] for one in [*all_["nodes"], *rest["nodes"]]]
        assert positions == [one["position"] for one in lines]
    one = await steps(leader, topic="case.reported", place=TOWN, **window)
    assert (one["total"], len(one["nodes"])) == (2, 2)
    assert (one["sums"][0]["first"], one["sums"][0]["last"]) == (
        one["nodes"][1]["position"], one["nodes"][0]["position"],
    )  # fmt: skip
    inside = await steps(leader, scope=TOWN, **window)
    assert {sum_["place"] for sum_ in inside["sums"]} == {COMMUNITY}
    assert (await steps(leader, topic="case.reported", place=COMMUNITY, **window))["total"] == 0


async def span(app: App) -> dict[str, str]:
    """A window around everything that has happened in this test."""
    now = app.platform.clock()
    return {"since": instant(now - 600_000_000), "until": instant(now + 1_000_000)}


def instant(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat()


async def steps(client: Client, **given: object) -> Any:
    return (await client.ask(STEPS, **{"first": 20, "by": "RECORDED", **given}))["wallSteps"]


async def test_a_window_ends_where_it_says_and_as_of_a_position(app: App, client: Client) -> None:
    await danger(client)
    before = await app.platform.log.head()
    (line,) = await feed(app, client)
    await danger(client)
    await feed(app, client)
    leader, window = leading(client), await span(app)
    assert (await steps(leader, **window))["total"] == 2
    known = await steps(leader, asOf={"position": str(before)}, **window)
    assert [one["position"] for one in known["nodes"]] == [line["position"]]
    until = {**window, "until": line["at"]}
    assert (await steps(leader, by="EFFECTIVE", **until))["total"] == 1
    since = {**window, "since": line["at"]}
    assert (await steps(leader, by="EFFECTIVE", **since))["total"] == 1
    wrong = {"since": window["until"], "until": window["since"]}
    assert await leader.refused(STEPS, first=1, by="RECORDED", **wrong) == "BAD_INPUT"
    assert await client.refused(STEPS, first=1, by="RECORDED", **window) == "UNAUTHENTICATED"
