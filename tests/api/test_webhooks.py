"""Webhooks: verified by the reference library, ordered, retried, paused, replayed, guarded."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.cli.serving import free_socket, serving
from api.webhooks.address import AddressRefused, judged
from api.webhooks.sender import GIVE_UP, Sender
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID
from tests.api.test_live import HELP, RUBBISH

SECRET = "whsec_" + b64encode(b"s" * 32).decode()
OTHER = "whsec_" + b64encode(b"t" * 32).decode()
MUCH = 64 << 20
SHOWN = "{ webhooks { webhook paused position failures said retired } }"


class Receiver:
    """Somebody's server: it verifies, notes, and answers as told."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.attempts: list[str] = []
        self.answers: list[int] = []
        self.secret = SECRET
        self.url = ""
        self.endless = False
        self.poured = 0

    async def pour(self) -> AsyncIterator[bytes]:
        """Go on as fast as it is taken, much longer than anybody should read."""
        while self.poured < MUCH:
            self.poured += 8_192
            yield b"\0" * 8_192
            await asyncio.sleep(0)  # it is told when nobody is there any more

    async def take(self, request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        self.attempts.append(headers["webhook-id"])
        Webhook(self.secret).verify(body, headers)
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.taken.append(orjson.loads(body))
        if self.endless:
            return StreamingResponse(self.pour(), 200, {"content-encoding": "gzip"})
        return Response(status_code=status)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        bound = free_socket("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}/hook"
        application = Starlette(routes=[Route("/hook", self.take, methods=["POST"])])
        async with serving(application, bound):
            yield


@asynccontextmanager
async def sending(app: App, *, private: bool = True) -> AsyncIterator[Receiver]:
    """A receiver, and a sender that does not wait long; the platform's own is held off."""
    receiver = Receiver()
    async with receiver.open(), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(Sender(app.platform, private=private, waits_s=(0.02,)).run())
        yield receiver
        task.cancel()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's sender leads, and looks often."""
    lead = Sender._lead

    async def only_ours(self: Sender) -> None:
        if len(self._waits_s) > 1:
            await asyncio.Event().wait()
        await lead(self)

    monkeypatch.setattr("api.webhooks.sender.LOOK_S", 0.05)
    monkeypatch.setattr(Sender, "_lead", only_ours)


def admin(client: Client) -> Client:
    return client.acting(Role.ADMINISTRATOR, DISTRICT, account="acct:admin")


async def register(client: Client, receiver: Receiver, **given: Any) -> None:
    given = {"webhook": "city", "url": receiver.url, "scope": DISTRICT, "secret": SECRET} | given
    await admin(client).done("registerWebhook", **given)


async def until(so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await so():
            await asyncio.sleep(0.02)


async def shown(client: Client) -> dict[str, Any]:
    (one,) = (await admin(client).ask(SHOWN))["webhooks"]
    return dict(one)


@pytest.mark.usefixtures("quick")
async def test_public_events_arrive_in_order_verified_by_another_library(
    app: App, worker: Client
) -> None:
    async with sending(app) as receiver:
        await register(worker, receiver, topics=["case.reported", "case.acc*"])
        acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
        first = (await worker.done("reportCase", **RUBBISH, description="张三家"))["case"]
        await worker.done("reportCase", **HELP)
        await acceptor.done("acceptCase", case=first["id"])
        second = (await worker.done("reportCase", **RUBBISH))["case"]

        async def three() -> bool:
            return len(receiver.taken) == 3

        await until(three)
        told = [(one["type"], one["data"]["number"]) for one in receiver.taken]
        assert told == [
            ("case.reported", first["number"]), ("case.accepted", first["number"]),
            ("case.reported", second["number"]),
        ]  # fmt: skip
        assert receiver.taken[0]["data"]["grid"] == GRID
        assert b"\xe5\xbc\xa0" not in orjson.dumps(receiver.taken)
        positions = [int(one["data"]["position"]) for one in receiver.taken]
        assert positions == sorted(positions)
        assert receiver.attempts == [f"city.{position}" for position in positions]


@pytest.mark.usefixtures("quick")
async def test_what_is_not_taken_is_sent_again_and_then_it_pauses(app: App, worker: Client) -> None:
    async with sending(app) as receiver:
        receiver.answers = [500, 503]
        await register(worker, receiver, topics=["case.reported"])
        await worker.done("reportCase", **RUBBISH)

        async def one() -> bool:
            return len(receiver.taken) == 1

        await until(one)
        assert len(receiver.attempts) == 3
        assert len(set(receiver.attempts)) == 1
        receiver.answers = [500] * GIVE_UP
        await worker.done("reportCase", **RUBBISH)

        async def paused() -> bool:
            return bool((await shown(worker))["paused"])

        await until(paused)
        assert (await shown(worker))["paused"] == "not taken: 500"
        assert len(receiver.attempts) == 3 + GIVE_UP
        assert len(receiver.taken) == 1
        await admin(worker).done("resumeWebhook", webhook="city")

        async def two() -> bool:
            return len(receiver.taken) == 2

        await until(two)
        assert (await shown(worker))["failures"] == 0


@pytest.mark.usefixtures("quick")
async def test_an_earlier_position_replays_and_410_pauses_at_once(app: App, worker: Client) -> None:
    async with sending(app) as receiver:
        await register(worker, receiver, topics=["case.reported"])
        for _ in range(3):
            await worker.done("reportCase", **RUBBISH)

        async def three() -> bool:
            return len(receiver.taken) == 3

        await until(three)
        after = receiver.taken[0]["data"]["position"]
        await admin(worker).done("resumeWebhook", webhook="city", after=after)

        async def five() -> bool:
            return len(receiver.taken) == 5

        await until(five)
        assert receiver.taken[3:] == receiver.taken[1:3]
        receiver.answers = [410]
        await worker.done("reportCase", **RUBBISH)

        async def paused() -> bool:
            return bool((await shown(worker))["paused"] == "not taken: 410")

        await until(paused)


@pytest.mark.usefixtures("quick")
async def test_cloudevents_and_two_secrets(app: App, worker: Client) -> None:
    async with sending(app) as receiver:
        await register(worker, receiver, envelope="cloudevents", topics=["case.reported"])
        await admin(worker).done("rekeyWebhook", webhook="city", secret=OTHER)
        case = (await worker.done("reportCase", **RUBBISH))["case"]

        async def one() -> bool:
            return len(receiver.taken) == 1

        await until(one)
        receiver.secret = OTHER
        await worker.done("reportCase", **RUBBISH)

        async def two() -> bool:
            return len(receiver.taken) == 2

        await until(two)
        told = receiver.taken[0]
        assert {"specversion", "id", "source", "type"} <= set(told)
        assert (told["specversion"], told["subject"]) == ("1.0", case["number"])
        assert told["id"] == receiver.attempts[0]


@pytest.mark.usefixtures("quick")
async def test_an_answer_without_end_is_cut_off(app: App, worker: Client) -> None:
    async with sending(app) as receiver:
        receiver.endless = True
        await register(worker, receiver, topics=["case.reported"])
        for _ in range(2):
            await worker.done("reportCase", **RUBBISH)

        async def two() -> bool:
            return len(receiver.taken) == 2 and (await shown(worker))["said"] == "200"

        await until(two)
        assert receiver.poured < MUCH  # what lay on the way, and no more


@pytest.mark.usefixtures("quick")
async def test_our_own_network_is_not_posted_to(app: App, worker: Client) -> None:
    async with sending(app, private=False) as receiver:
        await register(worker, receiver, topics=["case.reported"])
        await worker.done("reportCase", **RUBBISH)

        async def refused() -> bool:
            return "AddressRefused" in ((await shown(worker))["said"] or "")

        await until(refused)
        assert receiver.attempts == []


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://example.org/", ["93.184.216.34"]),
        ("https://example.org/", ["10.0.0.1"]),
        ("https://example.org/", ["93.184.216.34", "127.0.0.1"]),
        ("https://example.org/", ["169.254.169.254"]),
        ("https://example.org/", ["192.168.1.1"]),
        ("https://example.org/", ["::1"]),
        ("https://example.org/", ["fd00::1"]),
        ("https://example.org/", ["::ffff:10.0.0.1"]),
        ("https://example.org/", ["64:ff9b::10.0.0.1"]),
        ("https://example.org/", ["64:ff9b:1::7f00:1"]),
        ("https://example.org/", ["2002:a00:1::"]),
        ("https://example.org/", ["0.0.0.0"]),
        ("https://example.org/", ["224.0.0.1"]),
        ("https://example.org/", []),
    ],
)
async def test_addresses_that_are_refused(url: str, addresses: list[str]) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return addresses

    with pytest.raises(AddressRefused):
        await judged(url, private=False, resolve=resolve)


async def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    async def resolve(_host: str, port: int) -> list[str]:
        assert port == 8443
        return ["2606:2800:220:1::1"]

    target = await judged("https://example.org:8443/a?b=c", private=False, resolve=resolve)
    assert target.url == "https://[2606:2800:220:1::1]:8443/a?b=c"
    assert (target.host, target.server_name) == ("example.org:8443", "example.org")


async def test_the_secret_is_sealed_and_never_shown(app: App, worker: Client) -> None:
    head = await app.platform.log.head()
    given: dict[str, Any] = {
        "webhook": "city",
        "url": "https://example.org/",
        "scope": DISTRICT,
        "secret": SECRET,
    }
    await admin(worker).done("registerWebhook", **given)
    (recorded,) = await app.platform.log.read_all(head, 10)
    assert recorded.topic == "webhook.registered"
    assert SECRET.encode() not in recorded.state
    assert b'"secret":{"ct":' in recorded.state
    assert "secret" not in (await shown(worker))


GOOD: dict[str, Any] = {
    "webhook": "city", "url": "https://example.org/", "scope": DISTRICT, "secret": SECRET,
}  # fmt: skip
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"webhook": "No Name"}, "WEBHOOK_MALFORMED"),
    ({"url": "ftp://example.org/"}, "URL_MALFORMED"),
    ({"url": "https://user@example.org/"}, "URL_MALFORMED"),
    ({"secret": "short"}, "SECRET_MALFORMED"),
    ({"topics": ["account.opened"]}, "TOPIC_MALFORMED"),
    ({"envelope": "soap"}, "ENVELOPE_UNKNOWN"),
    ({"scope": "999."}, "OUT_OF_SCOPE"),
]


async def test_what_is_refused_appends_nothing(app: App, client: Client) -> None:
    good: dict[str, Any] = {
        "webhook": "city",
        "url": "https://example.org/",
        "scope": DISTRICT,
        "secret": SECRET,
    }
    head = await app.platform.log.head()
    for change, code in REFUSED:
        payload = await admin(client).do("registerWebhook", **{**good, **change})
        assert [error["code"] for error in payload["userErrors"]] == [code]
    for role in (Role.INTEGRATOR, Role.AUDITOR, Role.DISPATCHER):
        payload = await client.acting(role, DISTRICT).do("registerWebhook", **good)
        assert [error["code"] for error in payload["userErrors"]] == ["ROLE_NOT_ALLOWED"]
    village = client.acting(Role.ADMINISTRATOR, COMMUNITY)
    payload = await village.do("registerWebhook", **good)
    assert [error["code"] for error in payload["userErrors"]] == ["OUT_OF_SCOPE"]
    assert await app.platform.log.head() == head


def test_the_library_tells_a_forged_message() -> None:
    import time

    from api.webhooks.signing import headers

    made = dict(headers("m.1", int(time.time()), b'{"a":1}', [SECRET]))
    assert Webhook(SECRET).verify(b'{"a":1}', made) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b'{"a":2}', made)
