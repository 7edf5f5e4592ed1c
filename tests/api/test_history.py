"""History: who, when, why and which fields; nothing personal for those who may not read it."""

import asyncio
import json
import time
from typing import Any

from api.dispatch.casefacts import CASE
from api.graphql.history.spoken import named
from api.graphql.ids import case_key, decode_id, encode_id
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, square
from tests.api.steps import ADMIN_STEPS, CASE_STEPS, NEW_GRIDS, acting, filled, report

ENTRIES = """history(first: 100) { pageInfo { hasNextPage endCursor } nodes {
    position version topic title titleEn actor role unit occurredAt effectiveAt recordedAt
    basis reason reasonName reasonNameEn causation commandId
    said { field name nameEn text masked erased }
    changes { field name nameEn before after masked erased } } }"""
OF_CASE = f"query($id: ID!) {{ case(id: $id) {{ status version {ENTRIES} }} }}".replace(
    "history(first: 100)", "history(first: 100, purpose: HANDLING)"
)
OF_NODE = f"""query($id: ID!) {{ node(id: $id) {{ __typename
    ... on Grid {{ {ENTRIES} }} ... on Area {{ {ENTRIES} }} ... on Department {{ {ENTRIES} }}
    ... on Category {{ {ENTRIES} }} ... on Worker {{ {ENTRIES} }} ... on Calendar {{ {ENTRIES} }}
    ... on Catalogue {{ {ENTRIES} }} }} }}"""


async def play(app: App, client: Client, only: str) -> str:
    """Tell the steps of one case and return its id."""
    cases: dict[str, str] = {}
    review = rfc3339(time.time_ns() // 1_000 + 5 * 86_400_000_000)
    appeal = ""
    for one in CASE_STEPS:
        if one.case != only:
            continue
        if one.mutation == "decideAppeal":
            held = await app.platform.dispatcher.load(case_key(cases[only]), CASE)
            (appeal,) = held.state.appeals
        given = filled(one, cases, review=review, appeal=appeal)
        payload = await acting(client, one.who).done(one.mutation, **given)
        if one.mutation == "reportCase":
            cases[only] = payload["case"]["id"]
    assert await app.caught_up(30)
    return cases[only]


def chained(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the state that the changes add up to; each begins where the last one ended."""
    state: dict[str, Any] = {}
    for number, node in enumerate(nodes, 1):
        assert node["version"] == number
        for change in node["changes"]:
            assert change["before"] != change["after"] or change["masked"]
            if not change["masked"] and change["field"] in state:
                assert state[change["field"]] == change["before"], (node["topic"], change)
            state[change["field"]] = change["after"]
    return state


def changed(node: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {one["field"]: (one["before"], one["after"]) for one in node["changes"]}


async def test_a_case_tells_who_when_why_and_what(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    case = (await acting(client, "acceptor").ask(OF_CASE, id=key))["case"]
    nodes = case["history"]["nodes"]
    assert len(nodes) == case["version"]
    state = chained(nodes)
    held = await app.platform.dispatcher.load(case_key(key), CASE)
    assert state["status"] == held.state.status == "filed"
    assert state["severity"] == "urgent"
    assert state["rework"] == "1"
    assert (state["description"], state["contact"]) == ("杂物", "138 0000 0000")
    first = nodes[0]
    assert (first["actor"], first["role"], first["unit"]) == ("acct:worker", "grid_worker", None)
    assert (first["title"], first["titleEn"]) == ("事件上报", "case reported")
    assert first["occurredAt"] == first["effectiveAt"] <= first["recordedAt"]
    assert changed(first)["status"] == (None, "reported")
    assert changed(first)["place.point"] == (None, '{"lon":118.005,"lat":37.405}')
    by_topic = {node["topic"]: node for node in nodes}
    classified = changed(by_topic["case.classified"])
    assert classified == {"category": ("06036", "06010")}
    suspended = by_topic["case.suspended"]
    assert (suspended["reason"], suspended["reasonName"]) == ("season", "季节原因")
    assert changed(suspended)["status"] == ("in_progress", "suspended")
    dispatched = by_topic["case.dispatched"]
    assert (dispatched["reason"], dispatched["reasonName"]) == ("rubbish", "环卫职责")
    assert changed(dispatched)["clocks.handle.limit"] == (None, "4H")
    failed = by_topic["case.check_failed"]
    assert [(one["field"], one["text"]) for one in failed["said"]] == [("note", "未清净")]


async def test_words_are_masked_for_those_who_may_not_read_them(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    seen: dict[str, tuple[set[str], set[str]]] = {}
    for name, asking in (
        ("acceptor", acting(client, "acceptor")),
        ("dispatcher", acting(client, "dispatcher")),
        ("auditor", client.acting(Role.AUDITOR)),
        ("integrator", client.acting(Role.INTEGRATOR, DISTRICT)),
    ):
        nodes = (await asking.ask(OF_CASE, id=key))["case"]["history"]["nodes"]
        spoken = [one for node in nodes for one in (*node["changes"], *node["said"])]
        masked = {one["field"] for one in spoken if one["masked"]}
        for one in spoken:
            if one["masked"]:
                assert (one.get("before"), one.get("after"), one.get("text")) == (None, None, None)
        seen[name] = masked, {one["field"] for one in spoken} - masked
    assert seen["acceptor"][0] == set()
    assert seen["dispatcher"][0] == {"contact"}
    assert seen["auditor"][0] == seen["integrator"][0]
    assert {"contact", "description", "place.address", "note", "reason"} <= seen["auditor"][0]
    assert {"status", "clocks.handle.due"} <= seen["auditor"][1]


async def test_destroyed_words_are_erased_and_nothing_else(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    await app.platform.vault.destroy(f"case:{case_key(key)}")
    nodes = (await acting(client, "acceptor").ask(OF_CASE, id=key))["case"]["history"]["nodes"]
    fields = {one["field"]: one for one in nodes[0]["changes"]}
    assert (fields["description"]["erased"], fields["description"]["after"]) == (True, None)
    assert (fields["number"]["erased"], fields["number"]["masked"]) == (False, False)
    contact = [one for node in nodes for one in node["changes"] if one["field"] == "contact"]
    assert [(one["after"], one["erased"]) for one in contact] == [("138 0000 0000", False)]


async def test_a_case_that_turned_sensitive_hides_the_point_it_told(
    app: App, client: Client
) -> None:
    given = report("x", place={"point": {"lon": 118.005, "lat": 37.405}}).given
    case = (await acting(client, "worker").done("reportCase", **given))["case"]
    await acting(client, "acceptor").done("classifyCase", case=case["id"], category="92003")
    assert await app.caught_up(30)
    for asking, shown in (
        (acting(client, "acceptor"), '{"lon":118.005,"lat":37.405}'),
        (client.acting(Role.INTEGRATOR, DISTRICT), None),
    ):
        nodes = (await asking.ask(OF_CASE, id=case["id"]))["case"]["history"]["nodes"]
        (point,) = [one for one in nodes[0]["changes"] if one["field"] == "place.point"]
        assert (point["after"], point["masked"]) == (shown, shown is None)


async def test_out_of_sight_has_no_history(app: App, client: Client) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    assert await app.caught_up(30)
    for asking in (
        client.acting(Role.ACCEPTOR, "371602.001."),
        client.acting(Role.HANDLER, DISTRICT, "urban"),
        client.acting(Role.RESIDENT),
    ):
        assert (await asking.ask(OF_CASE, id=case["id"]))["case"] is None
    grids = f"{{ grids(first: 1) {{ nodes {{ {ENTRIES} }} }} }}"
    for role in (Role.RESIDENT, Role.DISPLAY):
        assert await client.acting(role, DISTRICT).refused(grids) == "FORBIDDEN"
    worker = '{ worker(key: "w1") { key } }'
    assert await client.acting(Role.RESIDENT).refused(worker) == "FORBIDDEN"
    assert await client.refused(worker) == "UNAUTHENTICATED"


async def test_pages_of_a_history_join_up(app: App, client: Client) -> None:
    key = await play(app, client, "f")
    query = """query($id: ID!, $after: String) { case(id: $id) { version
        history(first: 4, after: $after) { edges { cursor node { version changes { field } } }
        pageInfo { hasNextPage endCursor hasPreviousPage } } } }"""
    whole = (await acting(client, "district").ask(OF_CASE, id=key))["case"]["history"]["nodes"]
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = (await acting(client, "district").ask(query, id=key, after=after))["case"]["history"]
        found += [edge["node"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert [(one["version"], [c["field"] for c in one["changes"]]) for one in found] == [
        (one["version"], [c["field"] for c in one["changes"]]) for one in whole
    ]


async def test_everything_else_has_a_history_too(app: App, client: Client) -> None:
    for one in ADMIN_STEPS:
        await acting(client, one.who).done(one.mutation, **filled(one, {}))
    admin = acting(client, "admin")
    ids = """{ areas(scope: "371602.") { id } departments(all: true) { id key }
        categories { id code } worker(key: "w9") { id } calendar(key: "371602") { id versions
        { version hours } } catalogue(owner: "371602") { id rules limits } }"""
    found = await admin.ask(ids)
    assert found["calendar"]["versions"][1] == {"version": "2026.2", "hours": [[540, 720]]}
    wanted = {
        "Area": found["areas"][0]["id"],
        "Department": next(one["id"] for one in found["departments"] if one["key"] == "parks"),
        "Category": next(one["id"] for one in found["categories"] if one["code"] == "06010"),
        "Worker": found["worker"]["id"],
        "Calendar": found["calendar"]["id"],
        "Catalogue": found["catalogue"]["id"],
    }
    told: dict[str, list[dict[str, Any]]] = {}
    for kind, key in wanted.items():
        assert decode_id(key)[0] == kind
        node = (await admin.ask(OF_NODE, id=key))["node"]
        assert node["__typename"] == kind
        told[kind] = node["history"]["nodes"]
    assert chained(told["Department"])["name"] == "园林局"
    assert [changed(one) for one in told["Department"]][2:] == [
        {"on_duty": ("true", "false")},
        {"competence": (None, '["04*"]')},
        {"live": ("true", "false")},
    ]
    assert [one["topic"] for one in told["Category"]] == ["catalogue.category_defined"]
    assert chained(told["Catalogue"])["limits.accept/*"] == "2U"
    assert chained(told["Calendar"])["versions.2026.2.hours"] == "[[540,720]]"
    (said,) = told["Worker"][0]["said"]
    assert (said["field"], said["text"], said["masked"]) == ("name", "李四", False)
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    (said,) = (await leader.ask(OF_NODE, id=wanted["Worker"]))["node"]["history"]["nodes"][0][
        "said"
    ]
    assert (said["text"], said["masked"]) == (None, True)


async def test_a_worker_of_elsewhere_is_nobody_by_key_and_by_id(app: App, client: Client) -> None:
    for one in ADMIN_STEPS:
        await acting(client, one.who).done(one.mutation, **filled(one, {}))
    query = """query($id: ID!, $key: String!, $asOf: AsOf) { worker(key: $key, asOf: $asOf) { key }
        node(id: $id) { ... on Worker { key } } }"""
    head = {"position": str(await app.platform.log.head())}
    given: dict[str, Any] = {"id": encode_id("Worker", "w9"), "key": "w9"}
    here = (COMMUNITY, "371602.", "")
    for scope in (*here, "371602.001.", "371603."):
        for as_of in (None, head):
            for role in (Role.DUTY_LEADER, Role.ADMINISTRATOR, Role.HANDLER, Role.GRID_WORKER):
                asking = client.acting(role, scope, "urban" if role is Role.HANDLER else None)
                seen = {"key": "w9"} if scope in here else None
                told = await asking.ask(query, **given, asOf=as_of)
                assert told == {"worker": seen, "node": seen}, (scope, role)


async def test_accounts_and_webhooks_tell_everything_but_their_secrets(
    app: App, client: Client
) -> None:
    for one in ADMIN_STEPS:
        await acting(client, one.who).done(one.mutation, **filled(one, {}))
    admin = acting(client, "admin")
    query = f"{{ accounts {{ id {ENTRIES} }} webhooks {{ webhook {ENTRIES} }} }}"
    found = await admin.ask(query)
    told = {one["id"]: one["history"]["nodes"] for one in found["accounts"]}
    (hook,) = [one["history"]["nodes"] for one in found["webhooks"]]
    person, system = chained(told["acct:zhang"]), chained(told["sys:hotline"])
    role = "grants.checker@" + COMMUNITY.rstrip(".")
    assert person["identities"] == "1"
    assert [changed(one).get(f"{role}.live") for one in told["acct:zhang"]] == [
        None, (None, "true"), ("true", None), None, None,
    ]  # fmt: skip
    before, ended_at = changed(told["acct:zhang"][4])["sessions_ended_at"]
    assert (before, str(ended_at)[-1:]) == (None, "Z")
    assert told["acct:zhang"][2]["reason"] == "调岗"
    (name,) = told["acct:zhang"][0]["said"]
    assert (name["field"], name["text"], name["masked"]) == ("name", None, True)
    assert system["keys.hotline1.revoked"] == "true"
    assert system["live"] == "false"
    assert changed(hook[2])["paused"] == (None, "维护")
    assert chained(hook)["live"] == "false"
    spoken = json.dumps(found, ensure_ascii=False)
    assert not any(secret in spoken for secret in ("a" * 32, "b" * 32, "c" * 32, "d" * 32, "张三"))
    beside = client.acting(Role.ADMINISTRATOR, "371602.006.")
    assert await beside.ask("{ accounts { id } webhooks { webhook } }") == {
        "accounts": [], "webhooks": [],
    }  # fmt: skip


async def test_alarms_and_alerts_tell_what_came_of_them(app: App, client: Client) -> None:
    device = client.acting(Role.INTEGRATOR, DISTRICT, account="key:cameras")
    await device.done("raiseAlert", alert="n7", device="d", category="06010", grid=GRID)
    alerts = (await acting(client, "acceptor").ask(f"{{ alerts {{ {ENTRIES} }} }}"))["alerts"]
    (entry,) = alerts[0]["history"]["nodes"]
    assert (entry["topic"], changed(entry)["raised"]) == ("alert.raised", ("false", "true"))
    leader = acting(client, "leader")
    given = {"channel": "LEADER", "severity": "LIFE_SAFETY", "category": "06010"}
    await leader.done("reportCase", place={"grid": GRID}, **given)
    query = f"{{ alarms {{ id {ENTRIES} }} }}"
    async with asyncio.timeout(30):
        while not (alarms := (await leader.ask(query))["alarms"]):
            await asyncio.sleep(0.05)
    await leader.done("acknowledgeAlarm", alarm=alarms[0]["id"])
    nodes = (await leader.ask(query))["alarms"][0]["history"]["nodes"]
    assert [one["topic"] for one in nodes] == ["alarm.raised", "alarm.acknowledged"]
    assert nodes[1]["role"] == "duty_leader"
    state = chained(nodes)
    assert (state["raised"], state["acknowledged"], state["cycle"]) == ("true", "true", "1")


async def test_a_grid_tells_its_borders(app: App, client: Client) -> None:
    for one in ADMIN_STEPS:
        await acting(client, one.who).done(one.mutation, **filled(one, {}))
    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Grid {{ code {ENTRIES} }} }} }}"
    ids = [encode_id("Grid", code) for code in (GRID, NEW_GRIDS[0])]
    worker = client.acting(Role.GRID_WORKER, COMMUNITY)
    old, new = (await worker.ask(query, ids=ids))["nodes"]
    assert [one["topic"] for one in old["history"]["nodes"]] == ["grid.drawn"]
    topics = [one["topic"] for one in new["history"]["nodes"]]
    assert topics == ["grid.drawn", "grid.redrawn", "grid.renamed", "grid.split"]
    state = chained(new["history"]["nodes"])
    assert state["name"] == "改名"
    assert state["successors"] == f'["{NEW_GRIDS[1]}","{NEW_GRIDS[2]}"]'
    border = [list(square(118_060_000, 37_400_000))]
    assert changed(new["history"]["nodes"][1])["rings"][1] == json.dumps(border).replace(" ", "")


def test_a_clock_whose_english_word_is_its_code_has_its_chinese_one_too() -> None:
    assert named(("clocks", "dispatch", "limit")) == (
        "时限 · 派遣时限 · 时限标准",
        "clocks · dispatch · limit",
    )
