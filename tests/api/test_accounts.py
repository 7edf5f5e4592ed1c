"""Accounts through GraphQL: keys that open, roles that end, sockets that close."""

import asyncio
import hashlib
import secrets
import time
from typing import Any

from api.auth.key_use import HOUR, last_used
from api.auth.presence import EVERY_S
from api.graphql.live.guests import RECHECK_S
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import PATIENCE_S, SOON_S, Client, Socket, since, socket
from tests.api.ground import COMMUNITY, DISTRICT

DAY = 86_400_000_000
WHO = "{ me { id role scope } }"
FEED = "subscription { caseFeed { __typename } }"


def in_days(days: float) -> str:
    return rfc3339(time.time_ns() // 1_000 + int(days * DAY))


def admin(client: Client) -> Client:
    return client.acting(Role.ADMINISTRATOR, DISTRICT)


async def new_key(client: Client, name: str = "hotline1", days: float = 30) -> str:
    secret = secrets.token_urlsafe(32)
    await admin(client).done(
        "issueKey", account="sys:hotline", key=name, role="integrator", scope=DISTRICT,
        sha256=hashlib.sha256(secret.encode()).hexdigest(), expiresAt=in_days(days),
    )  # fmt: skip
    return f"qk_{name}_{secret}"


async def opened(client: Client) -> None:
    await admin(client).done("openAccount", account="sys:hotline", kind="system", scope=DISTRICT)


async def me(client: Client, token: str) -> tuple[int, Any]:
    asking = Client(client.app)
    asking.token = token
    answer = await asking.post({"query": WHO})
    return answer.status_code, answer.json().get("data")


async def test_a_key_speaks_for_its_role_until_it_is_revoked(client: Client) -> None:
    await opened(client)
    first = await new_key(client)
    status, data = await me(client, first)
    assert (status, data) == (
        200, {"me": {"id": "key:hotline1", "role": "integrator", "scope": DISTRICT}},
    )  # fmt: skip
    second = await new_key(client, "hotline2")
    await admin(client).done("revokeKey", account="sys:hotline", key="hotline1", reason="轮换")
    assert (await me(client, first))[0] == 401
    assert (await me(client, second))[0] == 200


async def test_a_keys_last_hour_of_use_is_kept_and_nothing_more(client: Client) -> None:
    await opened(client)
    key, unused = await new_key(client), await new_key(client, "hotline2")
    assert (await me(client, unused[:-1]))[0] == 401
    head = await client.app.platform.log.head()
    for _ in range(3):
        assert (await me(client, key))[0] == 200
    pool, began = client.app.platform.pool, time.time_ns() // 1_000
    await client.app.uses.write(pool)
    found = await last_used(pool)
    assert set(found) == {"hotline1"}
    assert 0 <= began - found["hotline1"] < 2 * HOUR
    assert await client.app.platform.log.head() == head
    await pool.execute("update quanke_key_use set hour = 1")
    assert (await me(client, key))[0] == 200
    await client.app.uses.write(pool)  # the hour is known: nothing is written again
    assert await last_used(pool) == {"hotline1": HOUR}


async def test_a_made_up_secret_opens_nothing(client: Client) -> None:
    await opened(client)
    key = await new_key(client)
    for wrong in (key[:-1], key + "x", "qk_hotline1_", "qk_none_x", "qk_"):
        assert (await me(client, wrong))[0] == 401, wrong


async def test_no_secret_is_in_the_log_or_shown(app: App, client: Client) -> None:
    await opened(client)
    secret = (await new_key(client)).rpartition("_")[2]
    rows = await app.platform.pool.fetch("select state, meta from quanke_log")
    assert not any(secret.encode() in row["state"] + row["meta"] for row in rows)
    (shown,) = (await admin(client).ask("{ accounts { id live keys { id role live } } }"))[
        "accounts"
    ]
    assert shown == {
        "id": "sys:hotline", "live": True,
        "keys": [{"id": "hotline1", "role": "integrator", "live": True}],
    }  # fmt: skip


async def test_accounts_are_for_administrators_of_the_place(client: Client) -> None:
    await opened(client)
    assert await client.acting(Role.AUDITOR).refused("{ accounts { id } }") == "FORBIDDEN"
    village = client.acting(Role.ADMINISTRATOR, COMMUNITY)
    assert await village.ask("{ accounts { id } }") == {"accounts": []}
    payload = await village.do("closeAccount", account="sys:hotline", reason="x")
    assert [error["code"] for error in payload["userErrors"]] == ["OUT_OF_SCOPE"]


async def test_a_token_ends_with_its_role(client: Client) -> None:
    await admin(client).done("openAccount", account="acct:li", kind="person", scope=DISTRICT)
    li = client.acting(Role.CHECKER, COMMUNITY, account="acct:li")
    assert li.token is not None
    assert (await me(client, li.token))[0] == 401  # an account without the role
    await admin(client).done("grantRole", account="acct:li", role="checker", scope=DISTRICT)
    assert (await me(client, li.token))[0] == 200
    await admin(client).done(
        "withdrawRole", account="acct:li", role="checker", scope=DISTRICT, reason="调岗"
    )
    assert (await me(client, li.token))[0] == 401


async def test_a_token_made_on_the_machine_ends_when_its_id_is_closed(client: Client) -> None:
    lost = client.acting(Role.DISPATCHER, DISTRICT, account="acct:lost")
    assert lost.token is not None
    assert (await me(client, lost.token))[0] == 200
    everywhere = client.acting(Role.ADMINISTRATOR)
    await everywhere.done("closeAccount", account="acct:lost", reason="手机遗失")
    assert (await me(client, lost.token))[0] == 401


def test_whoever_lost_a_right_is_looked_for_often() -> None:
    assert RECHECK_S + EVERY_S <= 3  # of the 5 s in which a line is to be closed


async def test_an_open_socket_closes_when_its_role_is_withdrawn(client: Client) -> None:
    await admin(client).done("openAccount", account="acct:wu", kind="person", scope=DISTRICT)
    grant = {"account": "acct:wu", "role": "dispatcher", "scope": DISTRICT}
    await admin(client).done("grantRole", **grant)
    wu = client.acting(Role.DISPATCHER, DISTRICT, account="acct:wu")
    async with socket(client.app) as one, socket(client.app) as other:
        await one.init(wu.token)
        await other.init(client.acting(Role.DISPATCHER, DISTRICT).token)
        await one.subscribe(FEED)
        await other.subscribe(FEED)
        assert (await one.next("CaseFeedSnapshot"))["__typename"]
        await admin(client).done("withdrawRole", **grant, reason="调岗")
        assert await closing(one) == 4403
        assert await since(client.app, one.said_at) < SOON_S
        assert (await other.next("CaseFeedSnapshot"))["__typename"]


async def test_an_open_socket_closes_when_its_key_is_revoked(client: Client) -> None:
    await opened(client)
    revoked, stays = await new_key(client), await new_key(client, "hotline2")
    async with socket(client.app) as one, socket(client.app) as other:
        for line, key in ((one, revoked), (other, stays)):
            await line.init(key)
            await line.subscribe(FEED)
            assert (await line.next("CaseFeedSnapshot"))["__typename"]
        await admin(client).done("revokeKey", account="sys:hotline", key="hotline1", reason="轮换")
        assert await closing(one) == 4403
        assert await since(client.app, one.said_at) < SOON_S
        assert (await other.next("Heartbeat"))["__typename"]


async def test_an_open_socket_closes_when_its_token_runs_out(client: Client) -> None:
    async with socket(client.app) as line:
        actor = Actor(id="acct:short", role=Role.DISPATCHER, scope=DISTRICT)
        token = client.app.platform.tokens.issue(actor, 4)
        ends = client.app.platform.tokens.read(token).expires_at
        assert ends is not None
        await line.init(token)
        await line.subscribe(FEED)
        assert (await line.next("CaseFeedSnapshot"))["__typename"]
        assert await closing(line) in (4401, 4403)  # its own timer, or the accounts are asked
        assert ends - 1 <= line.said_at < ends + SOON_S


async def closing(line: Socket) -> int:
    """Read until the socket is closed; the code."""
    async with asyncio.timeout(PATIENCE_S):
        while "closed" not in (heard := await line.hear()):
            pass
    code: int = heard["closed"]
    return code
