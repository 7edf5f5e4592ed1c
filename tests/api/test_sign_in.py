"""Signing in with a password, and displays that are let in; nothing by guessing."""

from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from api.auth import passwords
from api.auth.passwords import nobodys
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT
from tests.api.screen import Screen

PASSWORD = "正确的马电池订书钉 2026"
ME = {"query": "{ me { id role scope } }"}


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash lightly: what is asked here is who gets in, not how long it takes to try.

    `test_account.py` sets a password at the cost that a platform really has.
    """
    monkeypatch.setattr(passwords, "PasswordHasher", lambda: PasswordHasher(1, 64, 1))


async def post(
    app: App, path: str, said: Any, token: str | None = None, screen: Screen | None = None
) -> httpx.Response:
    transport = httpx.ASGITransport(app.asgi)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    if screen is not None:
        proved = {"dpop": screen.proof(app, "POST", path)}
        headers = proved if token is None else screen.headers(app, "POST", path, token)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(path, json=said, headers=headers)


def admin(client: Client) -> Client:
    return client.acting(Role.ADMINISTRATOR, DISTRICT)


async def account(client: Client, name: str = "acct:zhao", *roles: str) -> None:
    await admin(client).done("openAccount", account=name, kind="person", scope=DISTRICT)
    for role in roles:
        await admin(client).done("grantRole", account=name, role=role, scope=COMMUNITY)
    said = {"account": name, "password": PASSWORD}
    assert (await post(client.app, "/auth/password", said, admin(client).token)).status_code == 200


async def sign_in(client: Client, name: str = "acct:zhao", **said: str) -> httpx.Response:
    said = {"account": name, "password": PASSWORD, **said}
    return await post(client.app, "/auth/sign-in", said)


async def test_a_password_gives_a_token_of_a_role(client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher", "checker")
    told = (await sign_in(client)).json()
    assert (told["role"], told["scope"], told["expiresIn"]) == ("dispatcher", COMMUNITY, 43_200)
    assert told["others"] == [{"role": "checker", "scope": COMMUNITY, "unit": None}]
    answer = await post(client.app, "/graphql", ME, told["token"])
    assert answer.json()["data"]["me"] == {
        "id": "acct:zhao", "role": "dispatcher", "scope": COMMUNITY,
    }  # fmt: skip
    assert (await sign_in(client, role="checker")).json()["role"] == "checker"
    assert (await sign_in(client, role="auditor")).status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("acct:zhao", "wrong"), ("acct:nobody", PASSWORD), ("", "")]
)
async def test_every_wrong_attempt_gets_the_same_answer(
    client: Client, name: str, password: str
) -> None:
    await account(client, "acct:zhao", "dispatcher")
    answer = await sign_in(client, name, password=password)
    assert answer.status_code == 401
    assert answer.json() == {
        "errors": [
            {
                "message": "account or password wrong",
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]
    }


@pytest.mark.parametrize("hasher", [PasswordHasher(), PasswordHasher(2, 8_192, 1, 24, 8)])
def test_an_account_without_a_password_takes_as_long_to_refuse(hasher: PasswordHasher) -> None:
    assert extract_parameters(nobodys(hasher)) == extract_parameters(hasher.hash(PASSWORD))
    for guess in ("", PASSWORD, "nobody has this password"):
        with pytest.raises(VerifyMismatchError):
            hasher.verify(nobodys(hasher), guess)


async def test_guessing_is_slowed_down(client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher")
    codes = [(await sign_in(client, password=f"guess {n}")).status_code for n in range(11)]
    assert codes == [401] * 10 + [429]
    waits = await sign_in(client)
    assert waits.status_code == 429
    assert int(waits.headers["retry-after"]) >= 1


async def test_a_password_is_no_fact_of_the_log_and_no_clear_text(app: App, client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher")
    rows = await app.platform.pool.fetch("select account, hash from quanke_password")
    assert [row["account"] for row in rows] == ["acct:zhao"]
    assert rows[0]["hash"].startswith("$argon2id$")
    log = await app.platform.pool.fetch("select state, meta from quanke_log")
    assert not any(rows[0]["hash"].encode() in row["state"] + row["meta"] for row in log)


async def test_only_the_own_password_or_as_administrator_of_the_place(client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher")
    mine = (await sign_in(client)).json()["token"]
    new = {"password": "another long password"}
    for token, said, status in [
        (mine, new, 403),
        (mine, {**new, "current": "wrong"}, 403),
        (mine, {**new, "account": "acct:other"}, 403),
        (client.acting(Role.ADMINISTRATOR, COMMUNITY).token, {**new, "account": "acct:zhao"}, 403),
        (client.acting(Role.AUDITOR).token, {**new, "account": "acct:zhao"}, 403),
        (None, {**new, "account": "acct:zhao"}, 401),
        (mine, {"password": "short", "current": PASSWORD}, 422),
        (mine, {**new, "current": PASSWORD}, 200),
    ]:
        answer = await post(client.app, "/auth/password", said, token)
        assert answer.status_code == status, said
    assert (await sign_in(client)).status_code == 401
    assert (await sign_in(client, password="another long password")).status_code == 200


async def test_an_unreadable_body_is_said_to_be_one(app: App) -> None:
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        form = await http.post("/auth/sign-in", data={"account": "a", "password": "b"})
        long = await http.post("/auth/sign-in", json={"account": "a" * 5_000, "password": "b"})
        more = await http.post("/auth/sign-in", json={"account": "a", "password": "b", "x": 1})
    assert [form.status_code, long.status_code, more.status_code] == [400, 400, 400]


async def test_a_display_is_let_in_by_its_code_and_put_out_by_its_account(
    client: Client,
) -> None:
    app, screen = client.app, Screen()
    asked = (await post(app, "/auth/device", {"device": "hall 1"}, screen=screen)).json()
    waiting = {"deviceCode": asked["deviceCode"]}
    assert (await post(app, "/auth/device/token", waiting, screen=screen)).status_code == 202
    approval = {"userCode": asked["userCode"].lower(), "scope": DISTRICT}
    approved = await post(app, "/auth/device/approve", approval, admin(client).token)
    assert approved.json()["device"] == "hall 1"
    told = (await post(app, "/auth/device/token", waiting, screen=screen)).json()
    assert (told["role"], told["scope"], told["expiresIn"]) == ("display", DISTRICT, 7_776_000)
    assert (
        await post(app, "/auth/device/token", waiting, screen=screen)
    ).status_code == 410  # once only
    again = await post(app, "/auth/device/approve", approval, admin(client).token)
    assert again.status_code == 410
    name = approved.json()["account"]
    assert (await app.platform.pool.fetchval("select count(*) from quanke_device")) == 0
    (grant,) = app.platform.reference.accounts[name].grants
    assert grant.thumbprint == screen.thumbprint
    answer = await post(app, "/graphql", ME, told["token"], screen)
    assert answer.json()["data"]["me"]["id"] == name
    await admin(client).done("closeAccount", account=name, reason="拆除")
    assert (await post(app, "/graphql", ME, told["token"], screen)).status_code == 401


async def test_only_an_administrator_of_the_place_lets_a_display_in(client: Client) -> None:
    app = client.app
    head = await app.platform.log.head()
    asked = (await post(app, "/auth/device", {"device": "hall 2"}, screen=Screen())).json()
    approval = {"userCode": asked["userCode"], "scope": DISTRICT}
    for token, status in [
        (None, 401),
        (client.acting(Role.DISPATCHER, DISTRICT).token, 403),
        (client.acting(Role.ADMINISTRATOR, COMMUNITY).token, 403),
    ]:
        answer = await post(app, "/auth/device/approve", approval, token)
        assert answer.status_code == status
    wrong = {"userCode": "BBBB-BBBB", "scope": DISTRICT}
    assert (await post(app, "/auth/device/approve", wrong, admin(client).token)).status_code == 410
    assert await app.platform.log.head() == head
