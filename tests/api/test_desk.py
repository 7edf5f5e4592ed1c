"""What a desk asks before it acts: what may be done, where it would go, what is similar."""

from typing import Any

from api.claims import LEASE_S, Claims
from api.graphql.case.forms import INSIDE, command_forms
from api.graphql.ids import case_key
from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import COMMANDS
from tests.api.client import Client
from tests.api.ground import DISTRICT, OTHER_GRID, POINT
from tests.api.steps import acting, report

ALLOWED = "query($id: ID!) { case(id: $id) { allowed } }"
PREVIEW = """query($case: ID!, $department: String) {
  dispatchPreview(case: $case, department: $department) {
    department { key } suggested rule reason reasonEn dues { clock limit } others { key }
} }"""
SIMILAR = """query($case: ID!) { similarCases(case: $case) {
  case { number } distanceM sameGrid sameCategory mergeable } }"""
CLAIM = """mutation($case: ID!, $release: Boolean! = false, $over: Boolean! = false) {
  claimCase(case: $case, release: $release, takeOver: $over) { actor role mine } }"""
CLAIMS = "{ claims { case actor mine } }"


async def reported(client: Client, **given: Any) -> dict[str, Any]:
    worker = acting(client, "worker")
    case: dict[str, Any] = (await worker.done("reportCase", **report("x", **given).given))["case"]
    return case


async def test_allowed_says_what_each_role_may_try(client: Client) -> None:
    case = (await reported(client))["id"]

    async def allowed(role: Role, unit: str | None = None) -> set[str]:
        found = await client.acting(role, DISTRICT, unit).ask(ALLOWED, id=case)
        return set(found["case"]["allowed"])

    assert {"acceptCase", "declineCase", "mergeCase"} <= await allowed(Role.ACCEPTOR)
    assert "acceptCase" not in await allowed(Role.DISPATCHER)
    assert await allowed(Role.AUDITOR) == set()
    await acting(client, "acceptor").done("acceptCase", case=case)
    assert "acceptCase" not in await allowed(Role.ACCEPTOR)
    assert {"fileCase", "refuseFiling", "cancelCase"} <= await allowed(Role.DUTY_LEADER)


def test_every_verb_has_a_form_with_words_in_both_languages() -> None:
    forms = command_forms()
    offered = {command.NAME for command in COMMANDS if command not in INSIDE}
    assert {form.command for form in forms} == offered
    for form in forms:
        assert form.title != form.command != form.title_en
        for field in form.fields:
            words = [field.title, field.title_en, field.help]
            words += [word for one in field.options for word in (one.title, one.title_en)]
            assert all(words), (form.name, field.name)
    decline = next(form for form in forms if form.name == "declineCase")
    assert [(one.name, one.kind.value, one.required) for one in decline.fields] == [
        ("reason", "choice", True), ("reply", "text", True),
    ]  # fmt: skip
    assert "too_vague" in {one.value for one in decline.fields[0].options}
    undo = {form.name: form.undo for form in forms if form.undo}
    assert undo["mergeCase"] == "unmergeCase"
    assert set(undo.values()) <= {form.name for form in forms}


async def test_a_preview_says_department_reason_and_deadlines_and_writes_nothing(
    app: App, client: Client
) -> None:
    case = (await reported(client))["id"]
    head = await app.platform.log.head()
    dispatcher = client.acting(Role.DISPATCHER, DISTRICT)
    found = (await dispatcher.ask(PREVIEW, case=case))["dispatchPreview"]
    assert found == {
        "department": {"key": "sanitation"}, "suggested": True, "rule": "rubbish",
        "reason": "环卫职责", "reasonEn": "Sanitation's duty",
        "dues": [{"clock": "acknowledge", "limit": "4U"}, {"clock": "handle", "limit": "4H"}],
        "others": [{"key": "community"}, {"key": "urban"}],
    }  # fmt: skip
    other = (await dispatcher.ask(PREVIEW, case=case, department="urban"))["dispatchPreview"]
    assert (other["department"], other["suggested"], other["rule"]) == (
        {"key": "urban"}, False, None,
    )  # fmt: skip
    assert await app.platform.log.head() == head
    stranger = client.acting(Role.DISPATCHER, "370101.")
    assert await stranger.refused(PREVIEW, case=case) == "FORBIDDEN"


async def test_similar_is_the_same_grid_or_the_same_kind_near_by(client: Client) -> None:
    case = await reported(client)
    beside = await reported(client, place={"point": {**POINT, "lon": POINT["lon"] + 0.0002}})
    await reported(client, category="06036", place={"grid": OTHER_GRID})
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    (one,) = (await acceptor.ask(SIMILAR, case=case["id"]))["similarCases"]
    assert one["case"]["number"] == beside["number"]
    assert (one["sameGrid"], one["sameCategory"], one["mergeable"]) == (True, True, True)
    assert one["distanceM"] is None or 10 < one["distanceM"] < 30
    merged = await acceptor.done("mergeCase", case=case["id"], into=beside["id"])
    assert merged["case"]["status"] == "MERGED"
    assert (await acceptor.ask(SIMILAR, case=beside["id"]))["similarCases"] == []


async def test_a_claim_is_seen_by_others_and_taken_over_only_on_purpose(
    app: App, client: Client
) -> None:
    case = (await reported(client))["id"]
    head = await app.platform.log.head()
    one = client.acting(Role.DISPATCHER, DISTRICT, account="acct:li")
    two = client.acting(Role.DISPATCHER, DISTRICT, account="acct:wang")
    mine = (await one.ask(CLAIM, case=case))["claimCase"]
    assert mine == {"actor": "acct:li", "role": "dispatcher", "mine": True}
    assert (await two.ask(CLAIM, case=case))["claimCase"]["actor"] == "acct:li"
    assert (await two.ask(CLAIMS))["claims"] == [{"case": case, "actor": "acct:li", "mine": False}]
    assert (await two.ask(CLAIM, case=case, over=True))["claimCase"]["mine"] is True
    await one.ask(CLAIM, case=case, release=True)  # another's claim stays
    assert [held["actor"] for held in (await one.ask(CLAIMS))["claims"]] == ["acct:wang"]
    await two.ask(CLAIM, case=case, release=True)
    assert (await one.ask(CLAIMS))["claims"] == []
    stranger = client.acting(Role.DISPATCHER, "370101.")
    assert await stranger.refused(CLAIM, case=case) == "FORBIDDEN"
    assert await app.platform.log.head() == head


async def test_a_claim_lapses(client: Client) -> None:
    case = case_key((await reported(client))["id"])
    now = [0]
    claims = Claims(lambda: now[0])
    li, wang = (Actor(id=name, role=Role.DISPATCHER) for name in ("li", "wang"))
    claims.take(case, li)
    now[0] = (LEASE_S - 1) * 1_000_000
    assert claims.take(case, wang).actor == li
    assert claims.take(case, li).since == 0  # renewed
    now[0] += LEASE_S * 1_000_000
    assert claims.all() == []
    assert claims.take(case, wang).actor == wang


async def test_a_checker_is_chosen_among_accounts_that_may_check_there(client: Client) -> None:
    case = (await reported(client))["id"]
    admin = client.acting(Role.ADMINISTRATOR, DISTRICT)
    for name, role in (("acct:sun", "checker"), ("acct:wu", "checker"), ("acct:li", "acceptor")):
        await admin.done("openAccount", account=name, kind="person", scope=DISTRICT)
        await admin.done("grantRole", account=name, role=role, scope=DISTRICT)
    await admin.done("closeAccount", account="acct:wu", reason="left")
    asked = "query($case: ID!) { checkers(case: $case) { account scope } }"
    found = (await client.acting(Role.DISPATCHER, DISTRICT).ask(asked, case=case))["checkers"]
    assert found == [{"account": "acct:sun", "scope": DISTRICT}]
