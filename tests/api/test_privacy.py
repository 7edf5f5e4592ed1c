"""Erase, hold, export, and who has looked: rights, reasons, records."""

import asyncio
import itertools
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.graphql.ids import case_key
from api.privacy.access import AccessLog
from api.privacy.erasing import ERASED_FILE, remembered
from api.wiring import App
from domain.actor import Actor, Role
from domain.privacy.commands import EraseSubject
from domain.privacy.subjects import subject_stream
from domain.topics import decode
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import DISTRICT, POINT

OFFICER = Role.PRIVACY_OFFICER
WORDS = "query($id: ID!) { case(id: $id) { text { description erased } } }"
CONTACT = "query($id: ID!, $why: Purpose) { case(id: $id) { contact(purpose: $why) } }"
READS = """query($subject: String, $reader: String) {
    personalDataReads(first: 50, subject: $subject, reader: $reader) {
        nodes { reader role subject fields purpose } pageInfo { hasNextPage } } }"""
READS_THEN = """query($asOf: AsOf, $after: String) {
    personalDataReads(first: 2, asOf: $asOf, after: $after) {
        nodes { position at } pageInfo { endCursor hasNextPage } } }"""


@pytest.fixture
def officer(client: Client) -> Client:
    return client.acting(OFFICER, DISTRICT, account="acct:po")


async def reported(client: Client, category: str = "06010", **more: Any) -> dict[str, Any]:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    done = await acceptor.done(
        "reportCase", channel="HOTLINE", category=category, place={"point": POINT},
        description="王小明家门口", contact="13899990000", **more,
    )  # fmt: skip
    case: dict[str, Any] = done["case"]
    return case


async def appended(app: App, after: int, topic: str) -> list[Any]:
    page = await app.log.read_all(Position(after), 1_000)
    return [decode(one.topic, one.schema, one.state) for one in page if one.topic == topic]


async def test_an_erased_subject_is_gone_for_every_reader(
    app: App, client: Client, officer: Client
) -> None:
    case = await reported(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    assert (await acceptor.ask(WORDS, id=case["id"]))["case"]["text"] == {
        "description": "王小明家门口", "erased": False,
    }  # fmt: skip
    key = case_key(case["id"])
    before = await app.log.head()
    done = await officer.done("eraseSubject", subject=case["number"], reason="本人要求")
    assert int(done["event"]["last"]) == int(done["event"]["position"]) + 1
    erased = await appended(app, before, "subject.erased")
    assert [one.subject for one in erased] == [f"case:{key}", f"contact:{key}"]
    assert {one.cause for one in erased} == {"request"}
    assert (await acceptor.ask(WORDS, id=case["id"]))["case"]["text"] == {
        "description": None, "erased": True,
    }  # fmt: skip
    assert (await acceptor.ask(CONTACT, id=case["id"], why="CALL_BACK"))["case"]["contact"] is None
    ids = {UUID(one) for event in erased for one in event.keys}
    assert len(ids) == 2
    assert set(remembered(app.settings.keys_dir / ERASED_FILE)) == ids
    again = await officer.done("eraseSubject", subject=f"case:{key}")
    assert again["event"] is None


async def test_the_same_erasure_twice_is_one(app: App, client: Client, officer: Client) -> None:
    case, key = await reported(client), uuid4()
    first = await officer.do("eraseSubject", once=key, subject=case["id"])
    again = await officer.do("eraseSubject", once=key, subject=case["id"])
    assert again["event"]["duplicate"]
    assert again["event"]["position"] == first["event"]["position"]


async def test_only_the_privacy_officer_inside_the_scope_may(app: App, client: Client) -> None:
    case = await reported(client)
    before = await app.log.head()
    for role in (Role.ADMINISTRATOR, Role.DUTY_LEADER, Role.AUDITOR):
        somebody = client.acting(role, DISTRICT)
        erasing = await somebody.do("eraseSubject", subject=case["id"])
        holding = await somebody.do("placeLegalHold", subject=case["id"], hold="h", reason="r")
        for refused in (erasing, holding):
            assert [one["code"] for one in refused["userErrors"]] == ["ROLE_NOT_ALLOWED"]
        assert (await export(somebody, case["id"]))[1] == ["ROLE_NOT_ALLOWED"]
    elsewhere = client.acting(OFFICER, "371602.003.")
    refused = await elsewhere.do("eraseSubject", subject=case["id"])
    assert [one["code"] for one in refused["userErrors"]] == ["OUT_OF_SCOPE"]
    assert (await export(elsewhere, case["id"]))[1] == ["OUT_OF_SCOPE"]
    assert await app.log.head() == before


@pytest.mark.parametrize(
    ("subject", "code"),
    [(f"case:{UUID(int=5)}", "NO_SUCH_SUBJECT"), ("worker:nobody", "NO_SUCH_SUBJECT"),
     ("王小明", "SUBJECT_MALFORMED")],
)  # fmt: skip
async def test_who_is_not_there_cannot_be_erased(officer: Client, subject: str, code: str) -> None:
    refused = await officer.do("eraseSubject", subject=subject)
    assert [one["code"] for one in refused["userErrors"]] == [code]


async def test_a_hold_forbids_erasing_until_it_is_lifted(
    app: App, client: Client, officer: Client
) -> None:
    case = await reported(client)
    await officer.done("placeLegalHold", subject=case["id"], hold="court-7", reason="诉讼")
    before = await app.log.head()
    for subject in (case["id"], f"contact:{case_key(case['id'])}"):
        refused = await officer.do("eraseSubject", subject=subject)
        assert refused["userErrors"][0]["code"] == "LEGAL_HOLD"
        assert {"name": "holds", "value": "court-7"} in refused["userErrors"][0]["facts"]
    unknown = await officer.do("liftLegalHold", subject=case["id"], hold="court-8", reason="x")
    assert [one["code"] for one in unknown["userErrors"]] == ["NO_SUCH_HOLD"]
    assert await app.log.head() == before
    await officer.done("liftLegalHold", subject=case["id"], hold="court-7", reason="结案")
    assert (await officer.done("eraseSubject", subject=case["id"]))["event"] is not None
    stored = await app.log.read_all(Position(before - 1), 10)
    assert not any("诉讼".encode() in one.state or "结案".encode() in one.state for one in stored)


async def test_parts_of_a_case_are_erased_with_it(
    app: App, client: Client, officer: Client
) -> None:
    case = await reported(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    await acceptor.done("acceptCase", case=case["id"])
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    await leader.done("fileCase", case=case["id"])
    part = {"category": "06010", "description": "王小明家楼道"}
    await leader.done("splitCase", case=case["id"], parts=[part, part])
    before = await app.log.head()
    await officer.done("eraseSubject", subject=case["id"])
    erased = await appended(app, before, "subject.erased")
    assert len([one for one in erased if one.subject.startswith("case:")]) == 3


async def test_every_opening_is_an_event_before_the_words_are_shown(
    app: App, client: Client
) -> None:
    case = await reported(client)
    key = case_key(case["id"])
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT, account="acct:a1")
    before = await app.log.head()
    await acceptor.ask(WORDS, id=case["id"])
    await acceptor.ask(CONTACT, id=case["id"], why="CALL_BACK")
    reads = await appended(app, before, "access.personal_data_read")
    assert [(one.subject, one.fields, one.purpose) for one in reads] == [
        (f"case:{key}", ("description",), "handling"),
        (f"contact:{key}", ("contact",), "call_back"),
    ]
    page = await app.log.read_all(Position(before), 10)
    assert {one.actor for one in page} == {"acct:a1"}
    assert len({one.stream for one in page}) == 1
    assert not any(b"13899990000" in one.state for one in page)
    assert await app.caught_up(30)
    auditor = client.acting(Role.AUDITOR, DISTRICT)
    found = (await auditor.ask(READS, subject=case["number"]))["personalDataReads"]["nodes"]
    assert found == [
        {"reader": "acct:a1", "role": "acceptor", "subject": f"contact:{key}",
         "fields": ["contact"], "purpose": "CALL_BACK"},
        {"reader": "acct:a1", "role": "acceptor", "subject": f"case:{key}",
         "fields": ["description"], "purpose": "HANDLING"},
    ]  # fmt: skip
    assert await acceptor.refused(READS) == "FORBIDDEN"


async def test_openings_as_of_a_moment_are_those_there_were(app: App, client: Client) -> None:
    acceptor, auditor = (
        client.acting(Role.ACCEPTOR, DISTRICT),
        client.acting(Role.AUDITOR, DISTRICT),
    )
    case = await reported(client)
    for _ in range(4):
        await acceptor.ask(CONTACT, id=case["id"], why="CALL_BACK")
        assert await app.caught_up(30)
    newest = (await auditor.ask(READS_THEN))["personalDataReads"]
    later = await auditor.ask(READS_THEN, after=newest["pageInfo"]["endCursor"])
    told = [*newest["nodes"], *later["personalDataReads"]["nodes"]]
    assert len({one["position"] for one in told}) == 4
    third = told[1]
    for as_of in ({"position": third["position"]}, {"effectiveAt": third["at"]},
                  {"recordedAt": third["at"]}):  # fmt: skip
        page = (await auditor.ask(READS_THEN, asOf=as_of))["personalDataReads"]
        rest = await auditor.ask(READS_THEN, after=page["pageInfo"]["endCursor"])
        assert [*page["nodes"], *rest["personalDataReads"]["nodes"]] == told[1:], as_of
    begin = {"recordedAt": "1970-01-01T00:00:00Z"}
    assert (await auditor.ask(READS_THEN, asOf=begin))["personalDataReads"]["nodes"] == []


async def test_sensitive_fields_want_a_purpose_of_the_role(app: App, client: Client) -> None:
    case = await reported(client, category="92003")
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    before = await app.log.head()
    assert await acceptor.refused(WORDS, id=case["id"]) == "PURPOSE_REQUIRED"
    assert await acceptor.refused(CONTACT, id=case["id"], why=None) == "PURPOSE_REQUIRED"
    assert await acceptor.refused(CONTACT, id=case["id"], why="OWN") == "PURPOSE_REQUIRED"
    assert await app.log.head() == before


async def test_many_openings_share_a_commit(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [await reported(client) for _ in range(12)]
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    before = await app.log.head()
    _held_until_noted(len(cases), monkeypatch)
    query = "{ cases(first: 50) { nodes { text { description } } } }"
    found = (await acceptor.ask(query))["cases"]["nodes"]
    assert [one["text"]["description"] for one in found] == ["王小明家门口"] * len(cases)
    page = await app.log.read_all(Position(before), 100)
    assert {one.topic for one in page} == {"access.personal_data_read"}
    assert len(page) == len(cases)
    assert len({one.command_id for one in page}) <= 2


def _held_until_noted(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first commit lasts until so many have come: who shares the next is no matter of speed."""
    note, send = AccessLog.note, AccessLog._send
    came, all_came = itertools.count(1), asyncio.Event()

    async def noting(self: AccessLog, *what: Any) -> None:
        if next(came) == count:
            all_came.set()
        await note(self, *what)

    async def sending(self: AccessLog, *what: Any) -> None:
        await asyncio.wait_for(all_came.wait(), 30)
        await send(self, *what)

    monkeypatch.setattr(AccessLog, "note", noting)
    monkeypatch.setattr(AccessLog, "_send", sending)


async def test_readers_at_once_lose_no_record(app: App, client: Client) -> None:
    case = await reported(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    before = await app.log.head()
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(acceptor.ask(WORDS, id=case["id"]))
    assert len(await appended(app, before, "access.personal_data_read")) == 40


async def export(somebody: Client, subject: str) -> tuple[Any, list[str]]:
    query = """mutation($s: String!) { exportSubject(subject: $s) {
        document userErrors { code } } }"""
    found = (await somebody.ask(query, s=subject))["exportSubject"]
    document = found["document"] and json.loads(found["document"])
    return document, [one["code"] for one in found["userErrors"]]


async def test_an_export_holds_all_events_opened_and_who_looked(
    app: App, client: Client, officer: Client
) -> None:
    case = await reported(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT, account="acct:a1")
    await acceptor.ask(WORDS, id=case["id"])
    await acceptor.done("acceptCase", case=case["id"])
    assert await app.caught_up(30)
    document, errors = await export(officer, case["id"])
    assert errors == []
    assert [one["topic"] for one in document["events"]] == ["case.reported", "case.accepted"]
    assert document["events"][0]["what"]["description"] == "王小明家门口"
    assert document["events"][0]["what"]["contact"] == "13899990000"
    assert [(one["reader"], one["fields"], one["purpose"]) for one in document["read_by"]] == [
        ("acct:a1", ["description"], "handling"),
        ("acct:po", ["description"], "subject_request"),
        ("acct:po", ["contact"], "subject_request"),
    ]


async def test_a_worker_is_a_subject(app: App, client: Client, officer: Client) -> None:
    document, errors = await export(officer, "worker:w1")
    assert errors == []
    assert document["events"][0]["what"]["name"] == "张三"
    await officer.done("eraseSubject", subject="worker:w1", cause="purpose_met")
    document, _ = await export(officer, "worker:w1")
    assert document["events"][0]["what"]["name"]["sealed"] == 1
    assert [one["topic"] for one in document["file"]] == ["subject.erased"]


async def test_an_erasure_that_was_cut_short_is_seen_to(app: App, client: Client) -> None:
    """A process that dies between event and destruction leaves it to whoever reads the log."""
    case = await reported(client)
    subject = f"case:{case_key(case['id'])}"
    actor = Actor(id="acct:po", role=OFFICER)
    await app.platform.dispatcher.dispatch(
        EraseSubject(subject=subject),
        stream=subject_stream(subject), actor=actor, command_id=uuid4(),
    )  # fmt: skip
    async with asyncio.timeout(30):
        while await app.platform.vault.owned([subject]):
            await asyncio.sleep(0.02)
