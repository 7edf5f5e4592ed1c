"""An erased account: nobody reads its name or its logins, it lets nobody in, its acts stay."""

import json
from typing import Any
from uuid import UUID

import pytest

from api.auth.logins import learn_logins
from api.privacy.erasing import ERASED_FILE, erasures, remembered
from api.wiring import App
from domain.actor import Role
from domain.privacy.events import SubjectErased
from domain.privacy.subjects import login_id
from domain.streams import account_stream
from domain.topics import decode
from eventlog.record import Position
from tests.api.client import Client
from tests.api.ground import DISTRICT, POINT
from tests.api.test_accounts import me
from tests.api.test_sign_in import PASSWORD, account, admin, post, sign_in

WHO = "acct:zhao"
NAME = "赵蕴章"
LOGIN = "7f" * 32
EXPORT = "mutation($s: String!) { exportSubject(subject: $s) { document userErrors { code } } }"


@pytest.fixture
def officer(client: Client) -> Client:
    return client.acting(Role.PRIVACY_OFFICER, DISTRICT, account="acct:po")


async def linked(client: Client, name: str = WHO) -> dict[str, Any]:
    return await admin(client).do(
        "linkIdentity", account=name, issuer="https://id.example", identity=LOGIN
    )


async def found(client: Client) -> str:
    """Open an account with a name, a login elsewhere, a password, a role; return its token."""
    await admin(client).done("openAccount", account=WHO, kind="person", scope=DISTRICT, name=NAME)
    await admin(client).done("grantRole", account=WHO, role="acceptor", scope=DISTRICT)
    assert (await linked(client))["userErrors"] == []
    said = {"account": WHO, "password": PASSWORD}

    assert (await post(client.app, "/auth/password", said, admin(client).token)).status_code == 200
    token: str = (await sign_in(client, WHO)).json()["token"]
    return token


async def exported(officer: Client) -> Any:
    told = (await officer.ask(EXPORT, s=f"account:{WHO}"))["exportSubject"]
    assert told["userErrors"] == []
    return json.loads(told["document"])


async def test_names_and_logins_are_sealed_in_the_log(app: App, client: Client) -> None:
    before = await app.log.head()
    await found(client)
    stored = await app.log.read_all(Position(before), 100)
    assert not any(word.encode() in one.state for one in stored for word in (NAME, LOGIN))
    await learn_logins(app.platform.reference, app.platform.vault)
    assert app.platform.reference.identities == {LOGIN: WHO}
    await admin(client).done("openAccount", account="acct:other", kind="person", scope=DISTRICT)
    other = await linked(client, "acct:other")
    assert [one["code"] for one in other["userErrors"]] == ["IDENTITY_LINKED"]


async def test_an_erased_account_lets_nobody_in_and_its_acts_stay(
    app: App, client: Client, officer: Client
) -> None:
    token = await found(client)
    acting = Client(client.app)
    acting.token = token
    acted = await acting.done(
        "reportCase", channel="HOTLINE", category="06010", place={"point": POINT}, description="x"
    )
    opened = await exported(officer)
    assert opened["events"][0]["what"]["name"] == NAME
    assert opened["events"][2]["what"]["identity"] == LOGIN
    before = await app.log.head()
    done = await officer.done("eraseSubject", subject=f"account:{WHO}", reason="本人要求")
    assert done["event"] is not None
    assert (await me(client, token))[0] == 401
    assert (await sign_in(client, WHO)).status_code == 401
    assert app.platform.reference.identities == {}
    assert not await app.platform.vault.owned([f"account:{WHO}"])
    assert await app.platform.pool.fetchval("select count(*) from quanke_password") == 0
    after = [decode(e.topic, e.schema, e.state) for e in await app.log.read_all(before, 9)]
    assert [one.TOPIC for one in after] == ["subject.erased", "account.closed"]
    assert isinstance(after[0], SubjectErased)
    ids = {UUID(key) for key in after[0].keys}
    assert len(ids) == 2
    assert login_id(WHO) in ids
    assert set(remembered(app.settings.keys_dir / ERASED_FILE)) == ids
    told = json.dumps(await exported(officer), ensure_ascii=False)
    assert NAME not in told
    assert LOGIN not in told
    (first,) = await app.log.read_all(Position(int(acted["event"]["position"]) - 1), 1)
    assert first.actor == WHO


async def test_an_account_with_nothing_sealed_is_erased_once(
    app: App, client: Client, officer: Client
) -> None:
    await account(client, WHO, "dispatcher")
    for hold in ("placeLegalHold", "liftLegalHold"):
        done = await officer.done(hold, subject=f"account:{WHO}", hold="court-7", reason="诉讼")
        refused = await officer.do("eraseSubject", subject=f"account:{WHO}")
        codes = [one["code"] for one in refused["userErrors"]]
        assert codes == (["LEGAL_HOLD"] if hold == "placeLegalHold" else [])
        assert done["event"] is not None
    assert (await sign_in(client, WHO)).status_code == 401
    again = await officer.done("eraseSubject", subject=f"account:{WHO}")
    assert again["event"] is None


async def test_an_erasure_that_was_cut_short_is_made_good(
    app: App, client: Client, officer: Client
) -> None:
    """The event is in the log and nothing else was done: whoever reads it does the rest."""
    token = await found(client)
    purges, app.platform.eraser.purges = app.platform.eraser.purges, []
    await officer.done("eraseSubject", subject=f"account:{WHO}")
    app.platform.eraser.purges = purges
    assert (await me(client, token))[0] == 200
    erased = erasures(await app.log.read_all(Position(await app.log.head() - 1), 9))
    assert [one.subject for one in erased] == [f"account:{WHO}"]
    await app.platform.eraser.settle(erased)
    await app.platform.eraser.settle(erased)
    assert (await me(client, token))[0] == 401
    told = await app.log.read_stream(account_stream(WHO))
    assert [one.topic for one in told].count("account.closed") == 1


@pytest.mark.parametrize(
    ("role", "scope", "code"),
    [
        (Role.ADMINISTRATOR, DISTRICT, "ROLE_NOT_ALLOWED"),
        (Role.PRIVACY_OFFICER, "371602.003.", "OUT_OF_SCOPE"),
    ],
)
async def test_only_the_privacy_officer_of_its_scope_erases_an_account(
    client: Client, role: Role, scope: str, code: str
) -> None:
    await account(client, WHO, "dispatcher")
    refused = await client.acting(role, scope).do("eraseSubject", subject=f"account:{WHO}")
    assert [one["code"] for one in refused["userErrors"]] == [code]
    assert (await sign_in(client, WHO)).status_code == 200
