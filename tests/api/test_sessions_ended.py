"""What was issued before a new password, or before signing out everywhere, opens no door."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from joserfc import jwt

from api.auth import passwords
from api.auth.passwords import Passwords
from api.auth.tokens import ALGORITHM, MOMENT
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.account.events import SessionsEnded
from domain.actor import Role
from domain.topics import decode
from tests.api.client import PATIENCE_S, SOON_S, Client, since, socket
from tests.api.ground import DISTRICT
from tests.api.test_accounts import closing, new_key, opened
from tests.api.test_sign_in import ME, PASSWORD, account, admin, post, sign_in

NEW = "四个随机的词 correct horse"
FEED = "subscription { caseFeed { __typename } }"
NOWHERE = f"/attachments/{uuid4()}"
DOORS: list[tuple[str, str, Any]] = [
    ("POST", "/graphql", ME),
    ("GET", "/graphql?query={me{id}}", None),
    ("POST", "/graphql/stream", {"query": FEED}),
    ("POST", "/graphql/poll?wait=0", {"query": FEED}),
    ("GET", "/live/cases", None),
    ("GET", "/live/cases/poll?wait=0", None),
    ("POST", "/attachments", None),
    ("GET", NOWHERE, None),
    ("GET", "/export/cases.ndjson", None),
    ("GET", "/export/figures.ndjson", None),
    ("GET", "/log/tile/entries/000", None),
    ("POST", "/admin/borders", None),
    ("GET", "/admin/held", None),
    ("POST", "/audit/verify", None),
    ("GET", "/displays/seen", None),
    ("POST", "/auth/password", {"password": NEW}),
    ("POST", "/auth/device/approve", {"userCode": "BBBB-BBBB", "scope": DISTRICT}),
]
ENDLESS = frozenset({"/graphql/stream", "/live/cases"})


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash lightly: what is asked here is who gets in, not how long it takes to try."""
    monkeypatch.setattr(passwords, "PasswordHasher", lambda: PasswordHasher(1, 64, 1))


async def knocked(address: str, token: str) -> dict[str, bool]:
    """Tell for each door whether it takes a token; GeoReport says 403 where others say 401."""
    headers = {"authorization": f"Bearer {token}", "sec-fetch-site": "same-origin"}
    found: dict[str, bool] = {}
    async with httpx.AsyncClient(
        base_url=f"http://{address}", headers=headers, trust_env=False, timeout=PATIENCE_S
    ) as http:
        for method, path, body in DOORS:
            async with http.stream(method, path, json=body) as answer:
                if path not in ENDLESS:
                    await answer.aread()
                found[f"{method} {path}"] = answer.status_code != 401
        answer = await http.post("/open311/v2/requests.json", data={"lat": "37"})
        found["open311"] = answer.status_code != 403
    return found


async def me(app: App, token: str) -> int:
    return (await post(app, "/graphql", ME, token)).status_code


async def token_of(client: Client, **said: str) -> str:
    token: str = (await sign_in(client, **said)).json()["token"]
    return token


async def test_a_new_password_ends_older_tokens_at_every_door(address: str, client: Client) -> None:
    await account(client, "acct:zhao", "administrator", "auditor")
    mine, other = await token_of(client), await token_of(client, role="auditor")
    before = await knocked(address, mine)
    assert [door for door, taken in before.items() if not taken] == []
    assert await me(client.app, other) == 200
    async with socket(client.app) as line, socket(client.app) as mine_too:
        for wire, token in ((line, other), (mine_too, mine)):
            await wire.init(token)
            await wire.subscribe(FEED)
            assert (await wire.next("CaseFeedSnapshot"))["__typename"]
        said = {"password": NEW, "current": PASSWORD}
        told = (await post(client.app, "/auth/password", said, mine)).json()
        assert [await closing(wire) for wire in (line, mine_too)] == [4403, 4403]
        assert max([await since(client.app, one.said_at) for one in (line, mine_too)]) < SOON_S
    for token in (mine, other):
        left = await knocked(address, token)
        assert [door for door, taken in left.items() if taken] == []
        async with socket(client.app) as wire:
            await wire.say({"type": "connection_init", "payload": {"token": token}})
            assert (await wire.hear())["closed"] == 4403
    assert (told["account"], told["role"]) == ("acct:zhao", "administrator")
    assert await me(client.app, told["token"]) == 200
    assert await me(client.app, await token_of(client, password=NEW)) == 200


async def test_an_administrators_reset_is_an_event_and_ends_older_tokens(
    app: App, client: Client
) -> None:
    await account(client, "acct:zhao", "dispatcher")
    held, head = await token_of(client), await app.platform.log.head()
    assert await me(app, held) == 200
    reset = {"account": "acct:zhao", "password": NEW}
    began = time.time_ns() // 1_000
    answer = await post(app, "/auth/password", reset, admin(client).token)
    assert answer.json() == {"account": "acct:zhao"}  # no token of somebody else's
    assert await me(app, held) == 401
    (one,) = await app.platform.log.read_all(head, 10)
    ended = decode(one.topic, one.schema, one.state)
    assert isinstance(ended, SessionsEnded)
    assert (one.actor, ended.reason) == ("acct:administrator", "password_reset")
    assert began <= ended.ended_at <= one.recorded_at
    (shown,) = (await admin(client).ask("{ accounts { id sessionsEndedAt } }"))["accounts"]
    assert shown == {"id": "acct:zhao", "sessionsEndedAt": rfc3339(ended.ended_at)}


async def test_who_signs_in_with_a_password_that_is_changed_meanwhile_has_nothing(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await account(client, "acct:zhao", "dispatcher")
    really = Passwords.is_right

    async def slowly(self: Passwords, name: str, password: str) -> bool:
        right = await really(self, name, password)
        reset = {"account": "acct:zhao", "password": NEW}
        assert (await post(app, "/auth/password", reset, admin(client).token)).status_code == 200
        return right

    monkeypatch.setattr(Passwords, "is_right", slowly)
    stolen = await sign_in(client)
    monkeypatch.setattr(Passwords, "is_right", really)
    assert stolen.status_code == 200  # the password was right when it was looked at
    assert await me(app, stolen.json()["token"]) == 401
    assert await me(app, await token_of(client, password=NEW)) == 200


async def test_everybody_signs_out_everywhere_and_nobody_else(app: App, client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher", "checker")
    await opened(client)
    key = await new_key(client)
    mine, phone = await token_of(client), await token_of(client, role="checker")
    zhao, other = Client(app), client.acting(Role.DUTY_LEADER, DISTRICT)
    zhao.token = mine
    ending: dict[str, Any] = {"account": "acct:zhao", "reason": "手机遗失"}
    village = client.acting(Role.ADMINISTRATOR, "371602.005.")
    for stranger, code in [
        (other, "ROLE_NOT_ALLOWED"), (client.acting(Role.AUDITOR), "ROLE_NOT_ALLOWED"),
        (village, "OUT_OF_SCOPE"),
    ]:  # fmt: skip
        payload = await stranger.do("endSessions", **ending)
        assert [error["code"] for error in payload["userErrors"]] == [code]
    hotline = Client(app)
    hotline.token = key
    for own in ("sys:hotline", "key:hotline1"):
        payload = await hotline.do("endSessions", account=own, reason="x")
        assert [error["code"] for error in payload["userErrors"]] == ["ROLE_NOT_ALLOWED"]
    assert [await me(app, token) for token in (mine, phone, key)] == [200, 200, 200]
    ago = rfc3339(time.time_ns() // 1_000 - 3_600_000_000)
    await zhao.done("endSessions", **ending, occurredAt=ago)  # a device's clock spares nothing
    assert [await me(app, token) for token in (mine, phone, key)] == [401, 401, 200]
    assert await me(app, await token_of(client)) == 200


async def test_tokens_of_the_machine_end_too_and_new_ones_open(app: App, client: Client) -> None:
    lost = client.acting(Role.DISPATCHER, DISTRICT, account="acct:lost")
    assert lost.token is not None
    await lost.done("endSessions", account="acct:lost", reason="手机遗失")
    assert await me(app, lost.token) == 401
    again = client.acting(Role.DISPATCHER, DISTRICT, account="acct:lost")
    assert again.token is not None
    assert await me(app, again.token) == 200
    everywhere = client.acting(Role.ADMINISTRATOR)
    await everywhere.done("openAccount", account="acct:lost", kind="person", scope=DISTRICT)
    await everywhere.done("grantRole", account="acct:lost", role="dispatcher", scope=DISTRICT)
    assert [await me(app, token) for token in (lost.token, again.token)] == [401, 200]


async def test_a_token_that_says_its_second_only_ends_with_that_second(
    app: App, client: Client
) -> None:
    person = client.acting(Role.DISPATCHER, DISTRICT, account="acct:older")
    assert person.token is not None
    tokens = app.platform.tokens
    claims = dict(jwt.decode(person.token, tokens._key, algorithms=[ALGORITHM]).claims)
    del claims[MOMENT]
    older = jwt.encode({"alg": ALGORITHM}, claims, tokens._key)
    assert await me(app, older) == 200
    await person.done("endSessions", account="acct:older", reason="x")
    assert await me(app, older) == 401


async def test_a_clock_that_was_set_back_locks_nobody_out(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await account(client, "acct:zhao", "dispatcher")
    ahead = time.time_ns() // 1_000 + 3_600_000_000
    ending = SessionsEnded(account="acct:zhao", ended_at=ahead, reason="x")
    app.platform.reference.fold(ending)
    assert await me(app, await token_of(client)) == 200
    async with asyncio.timeout(PATIENCE_S):
        assert (await sign_in(client, password="wrong")).status_code == 401
