"""People sign in at a real provider, started here; forged identities open nothing."""

import asyncio
import hmac
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import anyio
import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from api.auth.oidc import KEYS_FLOOR_S, Known, Provider, SignInFailed, identity_of
from api.auth.presence import Presence
from api.auth.rows import Row, read_rows
from api.cli.serving import free_socket, serving
from api.settings import Settings
from api.wiring import App
from bench.peers.installed import installed
from domain.actor import Role
from tests.api.client import PATIENCE_S, SOON_S, Client, since, socket
from tests.api.conftest import held
from tests.api.ground import DISTRICT

HERE = Path(__file__).resolve().parent
SECRET = "a secret of this run"
ROWS = [
    {"claim": "groups", "has": "dispatch", "role": "dispatcher", "scope": DISTRICT},
    {"claim": "groups", "has": "check", "role": "checker", "scope": DISTRICT},
]
ME = "query { me { role scope } }"


@dataclass(frozen=True)
class Place:
    """A platform that knows a provider."""

    app: App
    address: str
    issuer: str
    provider: asyncio.subprocess.Process

    async def groups(self, who: str, *names: str) -> None:
        """Set somebody's groups at the provider."""
        asked, told = self.provider.stdin, self.provider.stdout
        assert asked is not None
        assert told is not None
        asked.write((" ".join((who, *names)) + "\n").encode())
        async with asyncio.timeout(PATIENCE_S):
            while not (await told.readline()).startswith(b"set "):
                pass  # its notices

    async def signed_in(
        self, who: str, browser: httpx.AsyncClient | None = None, page: str = "/audit"
    ) -> httpx.Response:
        """Walk through the whole sign-in as a browser does; return its last answer."""
        if browser is None:
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as fresh:
                return await self.signed_in(who, fresh, page)
        answer = await self._walk(browser, f"{self.address}/auth/oidc/login?back={page}")
        for form in ({"prompt": "login", "login": who, "password": "x"}, {"prompt": "consent"}):
            if answer.status_code != 200:
                break
            there = re.search(r'action="([^"]+)"', answer.text)
            assert there, answer.text
            answer = await self._walk(browser, urljoin(str(answer.url), there[1]), form)
        assert not [one for one in browser.cookies.jar if "quanke" in one.name]
        return answer

    async def _walk(self, browser: httpx.AsyncClient, url: str, form: Any = None) -> httpx.Response:
        answer = await browser.request("GET" if form is None else "POST", url, data=form)
        while answer.is_redirect and "#token=" not in answer.headers["location"]:
            answer = await browser.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer

    async def token(self, who: str, page: str = "/audit") -> str:
        answer = await self.signed_in(who, page=page)
        assert answer.status_code == 303, answer.text
        back, _, token = answer.headers["location"].partition("#token=")
        assert back == page
        return str(token)

    def client(self, token: str) -> Client:
        asking = Client(self.app)
        asking.token = token
        return asking


@asynccontextmanager
async def provider(callback: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Start oidc-provider and yield its issuer and its process."""
    folder = installed(HERE)
    process = await asyncio.create_subprocess_exec(
        "node", "provider.mjs", callback, SECRET, cwd=folder,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            async for line in process.stdout:
                if line.startswith(b"http://"):
                    issuer = line.decode().strip()
                    break
            else:
                raise AssertionError("the provider did not start")
        yield issuer, process
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def opened(home: Path, database: str) -> AsyncIterator[Place]:
    bound = free_socket("127.0.0.1", 0)
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    rows, secret = home / "groups.json", home / "secret"
    rows.write_bytes(msgspec.json.encode(ROWS))
    secret.write_text(SECRET)
    async with provider(f"{address}/auth/oidc/callback") as (issuer, process):
        settings = Settings(
            data=home, registered_only=False, rate_limit=False, oidc_issuer=issuer,
            oidc_client="quanke", oidc_secret=secret, oidc_groups=rows,
        )  # fmt: skip
        async with App.open(settings, database) as app, anyio.create_task_group() as tasks:
            tasks.start_soon(app.work)
            async with serving(app.asgi, bound):
                yield Place(app, address, issuer, process)
            tasks.cancel_scope.cancel()


@pytest.fixture
async def place(founded_database: str, tmp_path: Path) -> AsyncIterator[Place]:
    async for one in held(opened(tmp_path, founded_database)):
        yield one


async def test_a_group_at_the_provider_is_a_role_here_while_it_lasts(place: Place) -> None:
    await place.groups("li", "dispatch")
    token = await place.token("li")
    me = await place.client(token).ask(ME)
    assert me == {"me": {"role": "dispatcher", "scope": DISTRICT}}
    async with socket(place.app) as line:
        await line.init(token)
        await place.groups("li", "check")  # moved to another desk
        assert (await place.token("li")) != token
        assert (await line.hear())["closed"] == 4403
        assert await since(place.app, line.said_at) < SOON_S
    assert (await place.client(token).post({"query": ME})).status_code == 401
    await place.groups("li")
    gone = await place.signed_in("li")
    assert (gone.status_code, gone.json()["errors"][0]["extensions"]["code"]) == (403, "NO_ACCOUNT")
    rows = await place.app.platform.pool.fetch("select state, meta, actor from quanke_log")
    assert not any(b'"li"' in row["state"] + row["meta"] or row["actor"] == "li" for row in rows)


async def test_a_linked_account_signs_in_and_a_stranger_does_not(place: Place) -> None:
    admin = Client(place.app).acting(Role.ADMINISTRATOR, DISTRICT)
    await admin.done("openAccount", account="acct:zhang", kind="person", scope=DISTRICT)
    await admin.done("grantRole", account="acct:zhang", role="auditor", scope=DISTRICT)
    identity = identity_of(place.issuer, "zhang")
    await admin.done(
        "linkIdentity", account="acct:zhang", issuer=place.issuer, identity=identity
    )  # fmt: skip
    me = await place.client(await place.token("zhang")).ask("query { me { id role } }")
    assert me == {"me": {"id": "acct:zhang", "role": "auditor"}}
    assert (await place.signed_in("nobody")).status_code == 403
    await admin.done("closeAccount", account="acct:zhang", reason="离职")
    assert (await place.signed_in("zhang")).status_code == 403


async def test_an_answer_without_its_beginning_is_refused(place: Place) -> None:
    async with httpx.AsyncClient(base_url=place.address, trust_env=False) as browser:
        callback = "/auth/oidc/callback"
        assert (await browser.get(f"{callback}?code=x&state=y")).status_code == 400
        begun = await browser.get("/auth/oidc/login?back=//evil.example/")
        cookie = begun.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        asked = httpx.URL(begun.headers["location"]).params
        assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
        assert (await browser.get(f"{callback}?code=x&state=other")).status_code == 400
        wrong = await browser.get(callback, params={"code": "x", "state": asked["state"]})
        assert wrong.status_code == 401
        again = await browser.get(callback, params={"code": "x", "state": asked["state"]})
        assert again.status_code == 400  # one answer to one beginning


async def test_a_cookie_opens_nothing(place: Place) -> None:
    """Whatever a browser sends by itself: no request of another site acts for a person."""
    await place.groups("li", "dispatch")
    token = await place.token("li")
    names = ("quanke-oidc", "__Host-quanke-oidc", "token", "session", "authorization")
    cookie = {"cookie": "; ".join(f"{name}={token}" for name in names)}
    async with httpx.AsyncClient(
        base_url=place.address, trust_env=False, headers=cookie
    ) as browser:
        for more in ({}, {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}):
            asked = await browser.get("/graphql", params={"query": ME}, headers=more)
            assert asked.json()["data"] == {"me": {"role": "public", "scope": ""}}
            assert (await browser.get("/export/cases.csv", headers=more)).status_code == 401
            cases = await browser.get("/live/cases/poll?wait=0", headers=more)
            assert cases.status_code == 401


async def door(place: Place, method: str, path: str, token: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=place.address, trust_env=False) as browser:
        return await browser.request(method, path, headers={"authorization": f"Bearer {token}"})


async def test_a_session_left_alone_ends_and_one_in_use_goes_on(place: Place) -> None:
    presence = place.app.platform.presence
    assert presence is not None
    await place.groups("li", "dispatch")
    left, used = await place.token("li"), await place.token("li")
    later = 0.0
    presence._clock = lambda: time.time() + later
    async with socket(place.app) as line:
        await line.init(left)
        for _ in range(3):  # half an hour of idleness three times over, in leaps
            later += 1_000
            assert (await door(place, "POST", "/auth/session", used)).status_code == 204
        began = time.time()
        assert (await line.hear())["closed"] == 4403
        assert line.said_at - began < SOON_S
    assert (await place.client(left).post({"query": ME})).status_code == 401
    assert (await door(place, "POST", "/auth/session", left)).status_code == 401
    assert (await place.client(used).ask(ME))["me"]["role"] == "dispatcher"
    later += 12 * 3_600
    assert (await place.client(used).post({"query": ME})).status_code == 401


async def test_a_phone_is_left_alone_for_hours_and_a_desk_does_not_become_one(
    place: Place,
) -> None:
    presence = place.app.platform.presence
    assert presence is not None
    await place.groups("li", "check")
    await place.groups("wang", "dispatch")
    phone, desk = await place.token("li", "/field"), await place.token("wang", "/field")
    later = 3 * 3_600
    presence._clock = lambda: time.time() + later
    assert (await place.client(phone).ask(ME))["me"]["role"] == "checker"
    assert (await place.client(desk).post({"query": ME})).status_code == 401
    later = 12 * 3_600 + 1
    assert (await place.client(phone).post({"query": ME})).status_code == 401


async def test_a_process_that_did_not_begin_a_session_follows_it(place: Place) -> None:
    platform = place.app.platform
    await place.groups("li", "dispatch")
    token = await place.token("li")
    named = platform.tokens.read(token).session
    assert named is not None
    other = Presence(platform.pool, lambda: time.time() + 11)
    assert not other.goes_on(named, int(time.time()))
    await other.load()
    assert other.goes_on(named, int(time.time()))
    assert (await door(place, "DELETE", "/auth/session", token)).status_code == 204
    assert other.goes_on(named, int(time.time()))
    await other.load()
    assert not other.goes_on(named, int(time.time()))
    await other.load()
    assert not other.goes_on(named, int(time.time()) + 11), "it stays ended"


async def test_signing_out_ends_the_token_here_and_the_session_at_the_provider(
    place: Place,
) -> None:
    await place.groups("li", "dispatch")
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as browser:
        begun = await place.signed_in("li", browser)
        token = begun.headers["location"].partition("#token=")[2]
        again = await place._walk(browser, f"{place.address}/auth/oidc/login")
        assert "#token=" in again.headers["location"], "the provider still knows who it is"
        assert (await door(place, "DELETE", "/auth/session", token)).status_code == 204
        assert (await place.client(token).post({"query": ME})).status_code == 401
        asked = await place._walk(browser, f"{place.address}/auth/oidc/logout")
        assert str(asked.url).startswith(f"{place.issuer}/session/end")
        there = re.search(r'action="([^"]+)"', asked.text)
        secret = re.search(r'name="xsrf" value="([^"]+)"', asked.text)
        assert there, asked.text
        assert secret, asked.text
        done = await browser.post(there[1], data={"xsrf": secret[1], "logout": "yes"})
        while done.is_redirect and not done.headers["location"].startswith(place.address):
            done = await browser.get(urljoin(str(done.url), done.headers["location"]))
        assert done.headers["location"].partition("?")[0] == f"{place.address}/console"
        again = await place._walk(browser, f"{place.address}/auth/oidc/login")
        assert again.status_code == 200, "and asks anew"


ISSUER = "https://id.example"


@cache
def key_of(whom: str) -> RSAKey:
    """The key of the provider, or of somebody else; made when first asked for.

    At import every process would make two of them while it collects.
    """
    return RSAKey.generate_key(2048, {"kid": "one"})


class Published:
    """A provider's two documents, and how often its keys were asked for."""

    def __init__(self, *keys: Any) -> None:
        self.keys = KeySet(list(keys))
        self.fetched = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"})
        self.fetched += 1
        return httpx.Response(200, json=self.keys.as_dict(private=False))


def offline(published: Published) -> Provider:
    http = httpx.AsyncClient(transport=httpx.MockTransport(published))
    return Provider(Known(ISSUER, "quanke"), http)


def signed(key: str = "provider", alg: str = "RS256", **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "quanke",
        "sub": "li",
        "nonce": "n",
        "iat": now,
        "exp": now + 60,
    }
    claims |= changed
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one"}, kept, key_of(key), algorithms=[alg])


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"}, {"aud": "another"}, {"aud": ["quanke", "another"]},
        {"nonce": "m"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"sub": None}, {"iat": None},
        {"key": "a stranger"},
    ],
    ids=lambda changed: str(next(iter(changed))),
)  # fmt: skip
async def test_a_forged_identity_is_refused(changed: dict[str, Any]) -> None:
    asked = offline(Published(key_of("provider")))
    assert (await asked.verified(signed(), "n"))["sub"] == "li"
    with pytest.raises(SignInFailed):
        await asked.verified(signed(**changed), "n")


async def test_an_identity_signed_by_nobody_is_refused() -> None:
    """Neither `none` nor the public key taken for a shared secret."""
    _, body, _ = signed().split(".")
    for alg in ("none", "HS256"):
        said = f"{_base64(json.dumps({'alg': alg, 'kid': 'one'}).encode())}.{body}"
        tag = hmac.digest(key_of("provider").as_pem(private=False), said.encode(), "sha256")
        forged = f"{said}.{_base64(tag) if alg == 'HS256' else ''}"
        with pytest.raises(SignInFailed):
            await offline(Published(key_of("provider"))).verified(forged, "n")


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_new_keys_are_looked_for_at_most_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published = Published(key_of("provider"))
    asked = offline(published)
    for _ in range(5):
        with pytest.raises(SignInFailed):
            await asked.verified(signed("provider anew"), "n")
    assert published.fetched == 1
    published.keys = KeySet([key_of("provider anew")])
    now = time.monotonic() + KEYS_FLOOR_S
    monkeypatch.setattr("api.auth.oidc.time.monotonic", lambda: now)
    assert (await asked.verified(signed("provider anew"), "n"))["sub"] == "li"
    assert published.fetched == 2


def test_what_a_site_sets_is_read_strictly(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https"):
        Provider(Known("http://id.example", "quanke"))
    table = tmp_path / "groups.json"
    table.write_text('[{"claim": "groups", "has": "x", "role": "emperor"}]')
    with pytest.raises(msgspec.ValidationError):
        read_rows(table)
    assert read_rows(None) == ()
    row = Row(claim="groups", has="a", role=Role.AUDITOR)
    assert [row.fits({"groups": said}) for said in (["b", "a"], "a", "ab", None, {"a": 1})] == [
        True, True, False, False, False,
    ]  # fmt: skip
