"""What is counted by address: whose it is, and that nobody uses it up for others."""

from typing import Any

import httpx
import pytest

from api.auth.devices import PENDING_AT_MOST
from api.http.address import address_of
from api.http.device import ASKS_AN_HOUR
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY
from tests.api.screen import Screen
from tests.api.test_sign_in import PASSWORD, account, light

__all__ = ["light"]


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no:address", "no:address"),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_one_address(host: str, said: str) -> None:
    assert address_of({"client": (host, 1)}) == said
    assert address_of({}) == ""


async def post(app: App, host: str, path: str, said: Any, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app.asgi, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(path, json=said, headers=headers)


async def test_who_changes_addresses_within_a_network_guesses_no_more_often(app: App) -> None:
    async def guess(host: str, name: str) -> int:
        said = {"account": name, "password": "guess"}
        return (await post(app, host, "/auth/sign-in", said)).status_code

    codes = [await guess(f"2001:db8::{n:x}", f"acct:{n}") for n in range(11)]
    assert codes == [401] * 10 + [429]
    assert await guess("2001:db8:0:1::1", "acct:99") == 401


async def test_an_account_called_like_an_address_uses_up_nobodys_tries(app: App) -> None:
    for _ in range(11):
        said = {"account": "at 198.51.100.7", "password": "guess"}
        await post(app, "203.0.113.9", "/auth/sign-in", said)
    said = {"account": "acct:zhao", "password": "guess"}
    assert (await post(app, "198.51.100.7", "/auth/sign-in", said)).status_code == 401


async def test_a_stolen_token_does_not_guess_the_password(app: App, client: Client) -> None:
    await account(client, "acct:zhao", "dispatcher")
    mine = client.acting(Role.DISPATCHER, COMMUNITY, account="acct:zhao").bearing("POST", "")
    new = {"password": "another long password"}
    for n in range(10):
        said = {**new, "current": f"guess {n}"}
        assert (await post(app, "a", "/auth/password", said, **mine)).status_code == 403
    answer = await post(app, "a", "/auth/password", {**new, "current": PASSWORD}, **mine)
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


async def test_one_address_does_not_keep_other_displays_waiting(app: App) -> None:
    assert PENDING_AT_MOST >= 40 * ASKS_AN_HOUR
    screen, codes = Screen(), list[int]()
    for n in range(ASKS_AN_HOUR + 1):
        proof = screen.proof(app, "POST", "/auth/device")
        answer = await post(app, "203.0.113.9", "/auth/device", {"device": f"{n}"}, dpop=proof)
        codes.append(answer.status_code)
    assert codes == [201] * ASKS_AN_HOUR + [429]
    proof = screen.proof(app, "POST", "/auth/device")
    other = await post(app, "198.51.100.7", "/auth/device", {"device": "hall"}, dpop=proof)
    assert other.status_code == 201
