"""Two moments compared: a case, a grid, a department, by each of the three times."""

import json
from typing import Any

import pytest

from api.graphql.ids import encode_id
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, TOWN
from tests.api.steps import ADMIN_STEPS, NEW_GRIDS, acting, filled, to_dispatched
from tests.api.test_history import ENTRIES, play

DIFF = "{ existed exists events changes { field before after masked } }"
OF_CASE = f"""query($id: ID!, $from: AsOf!, $to: AsOf) {{ case(id: $id) {{
    diff(from: $from, to: $to) {DIFF} {ENTRIES} }} }}"""
OF_NODE = f"""query($id: ID!, $from: AsOf!, $to: AsOf) {{ node(id: $id) {{
    ... on Grid {{ diff(from: $from, to: $to) {DIFF} }}
    ... on Department {{ diff(from: $from, to: $to) {DIFF} }} }} }}"""


def fields(diff: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {
        one["field"]: (one["before"], one["after"]) for one in diff["changes"] if not one["masked"]
    }


async def test_a_diff_is_what_the_history_adds_up_to(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    asking = acting(client, "acceptor")
    whole = (await asking.ask(OF_CASE, id=key, **{"from": {"position": "0"}}))["case"]
    nodes = whole["history"]["nodes"]
    assert (whole["diff"]["existed"], whole["diff"]["exists"]) == (False, True)
    assert whole["diff"]["events"] == len(nodes)
    for low, high in ((0, 5), (5, 21), (12, len(nodes))):
        state: dict[str, list[Any]] = {}
        for node in nodes[low:high]:
            for one in (one for one in node["changes"] if not one["masked"]):
                state.setdefault(one["field"], [one["before"], None])[1] = one["after"]
        wanted = {name: (a, b) for name, (a, b) in state.items() if a != b}
        edges = [nodes[low - 1] if low else {"position": "0"}, nodes[high - 1]]
        moments = [{"position": edge["position"]} for edge in edges]
        found = await asking.ask(OF_CASE, id=key, **{"from": moments[0], "to": moments[1]})
        diff = found["case"]["diff"]
        assert fields(diff) == wanted
        assert diff["events"] == high - low
    for axis in ("recordedAt", "effectiveAt"):
        asked = {"from": {axis: nodes[3][axis]}, "to": {axis: nodes[20][axis]}}
        between = (await asking.ask(OF_CASE, id=key, **asked))["case"]["diff"]
        asked = {
            "from": {"position": nodes[3]["position"]},
            "to": {"position": nodes[20]["position"]},
        }
        assert between == (await asking.ask(OF_CASE, id=key, **asked))["case"]["diff"]


async def test_a_diff_masks_what_a_history_masks(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    start = {"from": {"position": "0"}}
    diff = (await client.acting(Role.AUDITOR).ask(OF_CASE, id=key, **start))["case"]["diff"]
    masked = {one["field"] for one in diff["changes"] if one["masked"]}
    assert masked == {"description", "contact", "conclusion", "place.address"} & masked
    assert {"description", "contact", "conclusion"} <= masked
    assert all(one["before"] is one["after"] is None for one in diff["changes"] if one["masked"])
    away = client.acting(Role.ACCEPTOR, "371602.001.")
    assert (await away.ask(OF_CASE, id=key, **start))["case"] is None


async def test_a_grid_differs_in_border_and_load(app: App, client: Client) -> None:
    head, cases = str(await app.platform.log.head()), dict[str, str]()
    for one in ADMIN_STEPS:
        await acting(client, one.who).done(one.mutation, **filled(one, {}))
    asked = {"from": {"position": head}}
    await play(app, client, "f")
    worker = client.acting(Role.GRID_WORKER, DISTRICT)
    new = encode_id("Grid", NEW_GRIDS[0])
    diff = (await worker.ask(OF_NODE, id=new, **asked))["node"]["diff"]
    assert (diff["existed"], diff["exists"], diff["events"]) == (False, True, 4)
    assert fields(diff)["successors"] == (None, json.dumps(list(NEW_GRIDS[1:])).replace(" ", ""))
    assert "live" not in fields(diff)  # drawn and split since: not there at either
    old = encode_id("Grid", GRID)
    end = {"position": str(await app.platform.log.head())}
    diff = (await worker.ask(OF_NODE, id=old, to=end, **asked))["node"]["diff"]
    assert diff["events"] == 0
    load = "query($at: AsOf!) { gridLoad(asOf: $at) { code open overdue lifeSafety } }"
    found = (await client.acting(Role.DUTY_LEADER, DISTRICT).ask(load, at=end))["gridLoad"]
    (there,) = [one for one in found if one["code"] == GRID]
    shown = {name: after for name, (_, after) in fields(diff).items()}
    assert int(shown["load.total"] or 0) > int(shown.get("load.open") or 0) == there["open"]
    assert int(shown["load.closed"] or 0) >= 1
    for one in to_dispatched("x"):
        payload = await acting(client, one.who).done(one.mutation, **filled(one, cases))
        cases["x"] = payload["case"]["id"]
    assert await app.caught_up(30)
    sanitation = encode_id("Department", "sanitation")
    diff = (await worker.ask(OF_NODE, id=sanitation, **asked))["node"]["diff"]
    assert (diff["existed"], diff["events"]) == (True, 0)
    assert int(fields(diff)["load.open"][1] or 0) >= 1
    beside = client.acting(Role.GRID_WORKER, TOWN.replace("005", "006"))
    assert fields((await beside.ask(OF_NODE, id=old, **asked))["node"]["diff"]) == {}


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.DISPLAY])
async def test_a_diff_is_not_for_everybody(client: Client, role: Role) -> None:
    query = OF_NODE.replace("query($id: ID!, $from: AsOf!, $to: AsOf)", "query").replace(
        "id: $id", f'id: "{encode_id("Grid", GRID)}"'
    )
    query = query.replace("from: $from, to: $to", 'from: {position: "0"}')
    assert await client.acting(role, DISTRICT).refused(query) in ("FORBIDDEN", "UNREGISTERED")
