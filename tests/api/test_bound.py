"""A display's token opens nothing without its key: copied, it is worth nothing (RFC 9449)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from api.auth import proof
from api.auth.proof import InvalidProof, Proofs, Shown, StaleNonce
from api.auth.tokens import ISSUER, InvalidToken
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT
from tests.api.screen import Screen
from tests.api.test_sign_in import admin, post

ME = {"query": "{ me { role } }"}
ALARMS = "subscription { alarms { __typename } }"
POLL = "/live/wall/poll?wait=5"
STREAM = "/live/wall"


@dataclass
class Hall:
    """A display that was let in, and whoever has copied its token."""

    app: App
    screen: Screen
    token: str

    async def ask(
        self, headers: dict[str, str], path: str = "/graphql", method: str = "POST"
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            said = ME if method == "POST" else None
            return await http.request(method, path, headers=headers, json=said)

    def proved(
        self, method: str = "POST", path: str = "/graphql", **changes: Any
    ) -> dict[str, str]:
        return self.screen.headers(self.app, method, path, self.token, **changes)


@pytest.fixture
async def hall(app: App, client: Client) -> Hall:
    """Let a display in as a screen does: ask, be approved, fetch the token."""
    screen = Screen()
    asked = (await post(app, "/auth/device", {"device": "hall"}, screen=screen)).json()
    approval = {"userCode": asked["userCode"], "scope": DISTRICT}
    await post(app, "/auth/device/approve", approval, admin(client).token)
    waiting = {"deviceCode": asked["deviceCode"]}
    told = (await post(app, "/auth/device/token", waiting, screen=screen)).json()
    return Hall(app, screen, told["token"])


async def test_a_display_asks_and_follows_with_its_key(hall: Hall) -> None:
    answer = await hall.ask(hall.proved())
    assert answer.json()["data"] == {"me": {"role": "display"}}
    polled = await hall.ask(hall.proved("GET", POLL), POLL, "GET")
    assert (polled.status_code, "WallSnapshot" in polled.text) == (200, True)
    async with socket(hall.app) as line:
        await line.init(hall.token, hall.screen.proof(hall.app, "GET", "/graphql", hall.token))
        await line.subscribe(ALARMS)
        await line.next("AlarmsSnapshot")


COPIES: dict[str, Callable[[Hall], dict[str, str]]] = {
    "no key": lambda hall: {"authorization": f"Bearer {hall.token}"},
    "no proof": lambda hall: {"authorization": f"DPoP {hall.token}"},
    "another key": lambda hall: Screen().headers(hall.app, "POST", "/graphql", hall.token),
    "its key beside another's signature": lambda hall: hall.proved(signer=Screen().key),
    "another method": lambda hall: hall.proved("GET"),
    "another address": lambda hall: hall.proved(path="/displays/seen"),
    "another host": lambda hall: hall.proved(host="http://evil.example"),
    "another token": lambda hall: hall.proved(ath="x" * 43),
    "an old nonce": lambda hall: hall.proved(nonce="AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "no nonce": lambda hall: hall.proved(nonce=None),
    "no id": lambda hall: hall.proved(jti=""),
    "no time": lambda hall: hall.proved(iat="now"),
    "another kind of statement": lambda hall: hall.proved(head={"typ": "JWT"}),
    "a secret that the key names": lambda hall: hall.proved(
        head={"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}},
        signer=OctKey.import_key("0" * 32),
    ),
    "a private key": lambda hall: hall.proved(
        head={"jwk": dict(hall.screen.key.as_dict(private=True))}
    ),
    "nothing that can be read": lambda hall: {
        "authorization": f"DPoP {hall.token}", "dpop": "a.b.c",
    },
}  # fmt: skip


async def test_a_copied_token_opens_nothing(hall: Hall) -> None:
    head = await hall.app.platform.log.head()
    for copy, headers in COPIES.items():
        answer = await hall.ask(headers(hall))
        assert answer.status_code == 401, copy
        code = answer.json()["errors"][0]["extensions"]["code"]
        if copy == "another key":
            assert code == "UNAUTHENTICATED"
            continue
        stale = copy in ("an old nonce", "no nonce")
        assert code == ("USE_DPOP_NONCE" if stale else "INVALID_DPOP_PROOF"), copy
        assert f'error="{code.lower()}"' in answer.headers["www-authenticate"]
        again = hall.proved(nonce=answer.headers["dpop-nonce"])
        assert (await hall.ask(again)).status_code == 200, copy
    assert await hall.app.platform.log.head() == head


async def test_a_proof_is_taken_once_on_every_door(hall: Hall) -> None:
    head = await hall.app.platform.log.head()
    first = hall.proved()
    assert [(await hall.ask(first)).status_code for _ in range(3)] == [200, 401, 401]
    for path in (POLL, "/displays/seen"):
        given = hall.proved("GET", path)
        codes = [(await hall.ask(given, path, "GET")).status_code for _ in range(2)]
        assert codes == [403 if path == "/displays/seen" else 200, 401]
    line_proof = hall.screen.proof(hall.app, "GET", "/graphql", hall.token)
    async with socket(hall.app) as line:
        await line.init(hall.token, line_proof)
    for given in ({"token": hall.token, "proof": line_proof}, {"token": hall.token}):
        async with socket(hall.app) as line:
            await line.say({"type": "connection_init", "payload": given})
            assert await line.hear() == {"closed": 4403, "reason": "INVALID_DPOP_PROOF"}
    assert await hall.app.platform.log.head() == head


async def test_no_door_takes_a_token_by_itself(hall: Hall) -> None:
    for path in (POLL, STREAM, "/displays/seen", "/export/cases.ndjson"):
        for headers in (COPIES["no key"](hall), COPIES["another key"](hall)):
            assert (await hall.ask(headers, path, "GET")).status_code == 401, path


async def test_a_proof_for_a_socket_is_for_that_token_only(hall: Hall, client: Client) -> None:
    other = client.acting(Role.DISPLAY, DISTRICT)
    assert other.token is not None
    proof = hall.screen.proof(hall.app, "GET", "/graphql", hall.token)
    async with socket(hall.app) as line:
        await line.say(
            {"type": "connection_init", "payload": {"token": other.token, "proof": proof}}
        )
        assert (await line.hear())["closed"] == 4403


async def test_a_token_of_somebody_else_needs_no_proof_and_takes_none(
    hall: Hall, client: Client
) -> None:
    person = client.acting(Role.DISPATCHER, DISTRICT).token
    assert (await hall.ask({"authorization": f"Bearer {person}"})).status_code == 200
    assert (await hall.ask({"authorization": f"DPoP {person}"})).status_code == 401


async def test_a_socket_ends_when_the_display_is_put_out(hall: Hall, client: Client) -> None:
    name = hall.app.platform.tokens.still(hall.token).actor.id
    async with socket(hall.app) as line:
        await line.init(hall.token, hall.screen.proof(hall.app, "GET", "/graphql", hall.token))
        await line.subscribe(ALARMS)
        await line.next("AlarmsSnapshot")
        await admin(client).done("closeAccount", account=name, reason="拆除")
        while "closed" not in (told := await line.hear()):
            assert told["type"] in ("next", "ping")
        assert told["closed"] == 4403


async def test_the_way_in_is_bound_to_the_key_that_asked(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    without = await post(app, "/auth/device", {"device": "hall"})
    assert (without.status_code, without.headers["dpop-nonce"] != "") == (401, True)
    screen = Screen()
    asked = (await post(app, "/auth/device", {"device": "hall"}, screen=screen)).json()
    assert await app.platform.log.head() == head
    approval = {"userCode": asked["userCode"], "scope": DISTRICT}
    await post(app, "/auth/device/approve", approval, admin(client).token)
    waiting = {"deviceCode": asked["deviceCode"]}
    for thief, status in ((None, 401), (Screen(), 410)):
        answer = await post(app, "/auth/device/token", waiting, screen=thief)
        assert answer.status_code == status
    assert (await post(app, "/auth/device/token", waiting, screen=screen)).status_code == 200


async def test_a_display_of_before_is_let_in_again(app: App, client: Client) -> None:
    actor = client.acting(Role.DISPLAY, DISTRICT).actor
    assert actor is not None
    tokens = app.platform.tokens
    with pytest.raises(ValueError, match="let in by the code"):
        tokens.issue(actor)
    claims = {"iss": ISSUER, "sub": actor.id, "role": "display", "exp": int(time.time()) + 60}
    old = jwt.encode({"alg": "HS256"}, claims, tokens._key)
    answer = await post(app, "/graphql", ME, old)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"].endswith("let it in again")
    assert (await post(app, "/graphql", ME, old, Screen())).status_code == 401


async def test_the_nonce_is_told_to_whoever_asks(client: Client) -> None:
    answer = await client.get("/auth/nonce")
    assert (answer.status_code, answer.headers["cache-control"]) == (204, "no-store")
    assert answer.headers["dpop-nonce"] == client.app.platform.tokens.proofs.nonce()


# ---- the judge alone


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


SHOWN = Shown("GET", "quanke.example", "/graphql", None)


def made(proofs: Proofs, screen: Screen, nonce: str | None = None, **changes: Any) -> Shown:
    """Return a request with a proof; from wherever `host` says its page was."""
    said = {
        "jti": uuid4().hex, "htm": "GET", "htu": "https://quanke.example/graphql",
        "iat": 1, "nonce": nonce or proofs.nonce(), **changes,
    }  # fmt: skip
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": screen.public}
    return replace(SHOWN, proof=jwt.encode(head, said, screen.key))


def test_a_clock_that_is_wrong_does_no_harm_and_an_old_nonce_is_no_good() -> None:
    now, screen = Now(), Screen()
    proofs = Proofs(clock=now)
    for iat in (0, 1_700_000_000, 4_000_000_000):
        assert proofs.check(made(proofs, screen, iat=iat)) == screen.thumbprint
    nonce = proofs.nonce()
    now.s += proof.PERIOD_S
    kept = made(proofs, screen, nonce)
    assert proofs.check(kept) == screen.thumbprint
    now.s += proof.PERIOD_S
    for stale in (kept, made(proofs, screen, nonce), made(proofs, screen, Proofs().nonce())):
        with pytest.raises(StaleNonce):
            proofs.check(stale)


def test_a_proof_is_remembered_as_long_as_its_nonce_is_good() -> None:
    now, screen = Now(), Screen()
    proofs = Proofs(clock=now)
    shown = made(proofs, screen)
    proofs.check(shown)
    for step_s, kind in ((0, InvalidProof), (proof.PERIOD_S, InvalidProof), (60, StaleNonce)):
        now.s += step_s
        with pytest.raises(kind):
            proofs.check(shown)
    proofs.check(made(proofs, screen))
    assert sum(len(taken) for keys in proofs._seen.values() for taken in keys.values()) == 1


def test_no_display_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "PER_KEY", 3)
    monkeypatch.setattr(proof, "AT_MOST", 5)
    proofs, screens = Proofs(clock=Now()), [Screen(), Screen()]
    for screen, taken in zip(screens, (3, 2), strict=True):
        for _ in range(taken):
            proofs.check(made(proofs, screen))
        with pytest.raises(InvalidProof, match="too many"):
            proofs.check(made(proofs, screen))


@pytest.mark.parametrize(
    ("htu", "fits"),
    [
        ("http://quanke.example/graphql", True),  # a proxy ends TLS
        ("https://QUANKE.example:443/graphql?x=1#y", True),
        ("https://outside.example/graphql", True),  # as QUANKE_PUBLIC_URL says
        ("https://quanke.example:8443/graphql", False),
        ("https://quanke.example@evil.example/graphql", False),
        ("wss://quanke.example/graphql", False),
        ("/graphql", False),
        ("https://[", False),
        (7, False),
    ],
)
def test_the_address_is_the_one_that_was_asked(htu: Any, fits: bool) -> None:
    proofs, screen = Proofs("https://outside.example", Now()), Screen()
    shown = made(proofs, screen, htu=htu)
    if fits:
        assert proofs.check(shown) == screen.thumbprint
        return
    with pytest.raises(InvalidProof):
        proofs.check(shown)


@pytest.mark.parametrize("curve", ["P-384", "secp256k1"])
def test_another_kind_of_key_is_none(curve: str) -> None:
    proofs, screen = Proofs(clock=Now()), Screen()
    key = ECKey.generate_key(curve, private=False)
    screen.public = dict(key.as_dict(private=False))
    with pytest.raises(InvalidProof):
        proofs.check(made(proofs, screen))


def test_the_key_wanted_is_the_key_that_signs() -> None:
    proofs, screen = Proofs(clock=Now()), Screen()
    with pytest.raises(InvalidToken, match="another key"):
        proofs.check(made(proofs, screen), thumbprint=Screen().thumbprint)
    with pytest.raises(InvalidProof):
        proofs.check(replace(SHOWN, proof="x" * (proof.LONGEST + 1)))
    off = {**screen.public, "y": screen.public["x"]}  # a point beside the curve
    screen.public = off
    with pytest.raises(InvalidProof):
        proofs.check(made(proofs, screen))
