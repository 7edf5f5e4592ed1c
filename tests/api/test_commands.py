"""Every mutation: done once, refused by the rules, refused at the door; nothing appended then."""

import asyncio
import re
import time
from uuid import uuid4

import pytest

from api.dispatch.casefacts import CASE
from api.graphql.alarm.mutations import FIELDS as ALARM
from api.graphql.case.forms import BULK, bulk_name, mutation_name
from api.graphql.ids import case_key
from api.graphql.mutation.fields import commands
from api.graphql.privacy.mutations import FIELDS as PRIVACY
from api.graphql.scalars import rfc3339
from api.graphql.schema import SCHEMA_CORE
from api.wiring import App
from domain.actor import Role
from domain.case.commands import COMMANDS
from domain.case.table import TABLE
from domain.case.values import Status
from domain.topics import decode_meta
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.steps import ADMIN_STEPS, CASE_STEPS, Step, acting, filled, report

IN_FIVE_DAYS = rfc3339(time.time_ns() // 1_000 + 5 * 86_400_000_000)
CASE_COMMANDS = {mutation_name(command): command for command in COMMANDS}
ONCE = {one.mutation: one for one in (*CASE_STEPS, *ADMIN_STEPS)}


def test_every_mutation_has_a_step() -> None:
    root = SCHEMA_CORE.mutation_type
    assert root is not None
    named = {mutation_name(command) for command in commands()}
    assert set(ONCE) == named
    others = {
        "claimCase",
        *map(bulk_name, BULK),
        *(field.graphql_name for field in (*ALARM, *PRIVACY)),
    }
    assert set(root.fields) == named | others


async def test_every_mutation_succeeds(app: App, client: Client) -> None:
    cases: dict[str, str] = {}
    appeal, last = "", 0
    for one in (*CASE_STEPS, *ADMIN_STEPS):
        if one.mutation == "decideAppeal":
            held = await app.platform.dispatcher.load(case_key(cases["a"]), CASE)
            (appeal,) = held.state.appeals
        given = filled(one, cases, review=IN_FIVE_DAYS, appeal=appeal)
        payload = await acting(client, one.who).do(one.mutation, **given)
        assert payload["userErrors"] == [], one
        assert last < int(payload["event"]["position"]) <= int(payload["event"]["last"])
        last = int(payload["event"]["last"])
        if one.mutation == "reportCase":
            assert one.case is not None
            cases[one.case] = payload["case"]["id"]
    async with asyncio.timeout(30):  # the alert confirmed at last becomes a case by itself
        while not (after := await app.platform.log.read_all(Position(last))):
            await asyncio.sleep(0.02)
    assert [one.topic for one in after] == ["case.reported"]


async def test_every_mutation_needs_a_token(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    for mutation in ONCE:
        code = await client.refused(f"mutation {{ {mutation} {{ clientMutationId }} }}")
        assert code == "GRAPHQL_VALIDATION_FAILED", mutation  # the input is missing
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation($i: {kind}Input!) {{ {mutation}(input: $i) {{ clientMutationId }} }}"
        assert await client.refused(query, i={}) == "UNAUTHENTICATED", mutation
    assert await app.platform.log.head() == head


async def test_every_case_mutation_is_refused_with_the_tables_own_code(
    app: App, client: Client
) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    other = (await acting(client, "worker").done("reportCase", **report("y").given))["case"]
    cases = {one.case or "": case["id"] for one in CASE_STEPS} | {"h": other["id"]}
    head = await app.platform.log.head()
    for mutation, one in ONCE.items():
        if mutation not in CASE_COMMANDS:
            continue
        role = Role.CHECKER if mutation == "reportCase" else Role.INTEGRATOR
        row = TABLE[CASE_COMMANDS[mutation]]
        fits = {None, Status.REPORTED} & row.states
        given = filled(one, cases, review=IN_FIVE_DAYS, appeal="x")
        payload = await client.acting(role, DISTRICT).do(mutation, **given)
        (error,) = payload["userErrors"]
        assert error["code"] == ("ROLE_NOT_ALLOWED" if fits else "WRONG_STATE"), mutation
        assert re.search(r"[一-鿿]", error["messageZh"]), mutation
        assert error["message"] not in ("", error["code"]), mutation
        assert payload["event"] is None
    assert await app.platform.log.head() == head


async def test_every_reference_mutation_is_the_administrators(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    for one in ADMIN_STEPS:
        payload = await acting(client, "leader").do(one.mutation, **filled(one, {}))
        assert payload["event"] is None or one.mutation == "setDuty", one
        assert len(payload["userErrors"]) == 1, one
        assert payload["userErrors"][0]["message"] != payload["userErrors"][0]["code"], one
    assert await app.platform.log.head() == head


@pytest.mark.parametrize("mutation", ["acceptCase", "urgeCase", "mergeCase"])
async def test_a_case_out_of_sight_is_forbidden(app: App, client: Client, mutation: str) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    head = await app.platform.log.head()
    far = client.acting(Role.ACCEPTOR, "371602.001.")
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation($i: {kind}Input!) {{ {mutation}(input: $i) {{ clientMutationId }} }}"
    given = {"case": case["id"], "clientMutationId": str(uuid4())}
    if mutation == "mergeCase":
        given["into"] = case["id"]
    assert await far.refused(query, i=given) == "FORBIDDEN"
    assert await app.platform.log.head() == head


def _accept(case: str, **given: object) -> Step:
    return Step("acceptor", "acceptCase", None, {"case": case, **given})


async def test_the_same_command_id_is_done_once(app: App, client: Client) -> None:
    worker, key = acting(client, "worker"), uuid4()
    first = await worker.do("reportCase", key, **report("x").given)
    again = await worker.do("reportCase", key, **report("x").given)
    assert again["case"]["id"] == first["case"]["id"]
    assert again["event"] == first["event"] | {"duplicate": True}
    head = await app.platform.log.head()
    other = await acting(client, "other_worker").do("reportCase", key, **report("x").given)
    changed = await worker.do("reportCase", key, **report("x", category="06036").given)
    for refused in (other, changed):
        assert [error["code"] for error in refused["userErrors"]] == ["COMMAND_ID_REUSED"]
        assert (refused["case"], refused["event"]) == (None, None)
    assert await app.platform.log.head() == head


async def test_a_repeated_command_answers_as_before_after_the_case_moved_on(
    app: App, client: Client
) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    acceptor, key = acting(client, "acceptor"), uuid4()
    first = await acceptor.do("acceptCase", key, case=case["id"])
    again = await acceptor.do("acceptCase", key, case=case["id"])
    assert again["userErrors"] == []
    assert again["event"]["position"] == first["event"]["position"]
    assert again["event"]["duplicate"] is True


async def test_an_outdated_version_is_refused(app: App, client: Client) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    head = await app.platform.log.head()
    acceptor = acting(client, "acceptor")
    late = await acceptor.do("acceptCase", case=case["id"], expectedVersion=7)
    (error,) = late["userErrors"]
    assert (error["code"], error["path"]) == ("VERSION_CONFLICT", ["input", "expectedVersion"])
    assert {fact["name"]: fact["value"] for fact in error["facts"]} == {
        "expected": "7", "actual": "1",
    }  # fmt: skip
    assert await app.platform.log.head() == head
    done = await acceptor.done("acceptCase", case=case["id"], expectedVersion=1)
    assert done["case"]["version"] == done["event"]["version"]


async def test_a_claimed_instant_counts_but_never_from_the_future(app: App, client: Client) -> None:
    worker, clock = acting(client, "worker"), app.platform.clock
    before = clock()
    for claimed in ("2026-01-01T08:00:00+08:00", "2999-01-01T00:00:00Z"):
        await worker.done("reportCase", **report("x").given, occurredAt=claimed)
    recorded = await app.platform.log.read_all(Position(0))
    past, future = (one for one in recorded if one.topic == "case.reported")
    assert decode_meta(past.meta).occurred_at == 1_767_225_600_000_000
    assert before <= decode_meta(future.meta).occurred_at <= clock()
    assert (decode_meta(future.meta).device_time or 0) > clock()
