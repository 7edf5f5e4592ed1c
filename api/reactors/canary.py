"""A canary: each minute one report goes the whole way, and how long that took is a metric.

Over HTTP and a WebSocket of the platform's own address, as anybody's would: token, rules,
sealing, log, projector, hub, group, frame. Its basis says what it is, so that no read model,
figure, alarm or public door knows it (`domain.event.CANARY`), and no clock runs for it.

Silence is what the alert listens to: `quanke_canary_heard_timestamp_seconds` stands still.
"""

import asyncio
import time
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import orjson
import structlog
from prometheus_client import Counter, Gauge, Histogram
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from api.platform import Platform
from api.trust import authorities
from domain.actor import Actor, Role
from domain.event import CANARY

EVERY_S: Final = 60.0
PROTOCOL: Final = Subprotocol("graphql-transport-ws")
PATIENCE_S: Final = 20.0
TOKEN_S: Final = 600
END_TO_END: Final = Histogram(
    "quanke_end_to_end_seconds",
    "From a canary's report being sent to the frame that tells of it being read.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
HEARD: Final = Gauge(
    "quanke_canary_heard_timestamp_seconds", "When a canary last came through; 0: never yet."
)
LOST: Final = Counter("quanke_canary_lost", "Canaries that did not come through in time.")
LOG: Final = structlog.get_logger("quanke.canary")
FOLLOW: Final = """subscription { canary { __typename
    ... on CanaryDelta { positions } } }"""
REPORT: Final = """mutation($input: ReportCaseInput!) { reportCase(input: $input) {
    event { position } userErrors { code } } }"""
FAILURES: Final = (OSError, TimeoutError, httpx.HTTPError, WebSocketException)


class NotHeard(Exception):
    """The way is broken; the message says where."""


class Somewhere(NamedTuple):
    """What a canary reports: a category in a grid of the district."""

    scope: str
    grid: str
    category: str


class Canary:
    """Sends one after another for ever."""

    def __init__(self, platform: Platform, url: str, every_s: float = EVERY_S) -> None:
        self._platform = platform
        self._url = url
        self._every_s = every_s

    async def run(self) -> None:
        """Try the way each minute, once there is a place and a category to report."""
        while True:
            began = time.monotonic()
            if self._somewhere() is not None:
                await self._try()
            await asyncio.sleep(max(0.0, self._every_s - (time.monotonic() - began)))

    async def _try(self) -> None:
        """Send one; a failure is counted and said, never more."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                END_TO_END.observe(await self.fly())
            HEARD.set_to_current_time()
        except (*FAILURES, NotHeard) as error:
            LOST.inc()
            LOG.warning("the canary was not heard", error=repr(error))

    async def fly(self) -> float:
        """Send one report and return the seconds until its frame was read.

        Raises NotHeard, and what a network raises.
        """
        address = self._url.replace("http", "ws", 1) + "/graphql"
        async with (
            connect(address, subprotocols=[PROTOCOL], proxy=None) as socket,
            httpx.AsyncClient(
                base_url=self._url, trust_env=False, timeout=PATIENCE_S, verify=authorities()
            ) as http,
        ):
            await self._listen(socket)
            began = time.perf_counter()
            await _heard(socket, await self._report(http))
            return time.perf_counter() - began

    async def _listen(self, socket: ClientConnection) -> None:
        token = self._token(Role.ADMINISTRATOR, "")
        await _say(socket, {"type": "connection_init", "payload": {"token": token}})
        await _next(socket, "connection_ack")
        payload = {"query": FOLLOW}
        await _say(socket, {"id": "1", "type": "subscribe", "payload": payload})
        await _next(socket, "next")

    async def _report(self, http: httpx.AsyncClient) -> str:
        """Report, and return the position."""
        where = self._somewhere()
        if where is None:
            raise NotHeard("there is no district, no grid, or no category yet")
        given = {
            "clientMutationId": str(uuid4()), "channel": "HOTLINE", "category": where.category,
            "place": {"grid": where.grid}, "description": "线路自检 canary",
        }  # fmt: skip
        answer = await http.post(
            "/graphql",
            json={"query": REPORT, "variables": {"input": given}},
            headers={"Authorization": f"Bearer {self._token(Role.ACCEPTOR, where.scope)}"},
        )
        payload = (answer.json().get("data") or {}).get("reportCase")
        if not payload:
            raise NotHeard(f"its report was answered {answer.status_code}")
        if payload["userErrors"]:
            raise NotHeard(f"its report was refused: {payload['userErrors'][0]['code']}")
        position: str = payload["event"]["position"]
        return position

    def _somewhere(self) -> Somewhere | None:
        """Return the first grid and the first category of the district, None before there are."""
        reference = self._platform.reference
        if (district := reference.district) is None:
            return None
        grids = reference.grids_under(district.scope)
        categories = sorted(reference.categories(district.scope))
        if not grids or not categories:
            return None
        return Somewhere(district.scope, grids[0].code, categories[0])

    def _token(self, role: Role, scope: str) -> str:
        actor = Actor(id="system:canary", role=role, scope=scope)
        return self._platform.tokens.issue(actor, TOKEN_S, CANARY)


async def _say(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())


async def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    message: dict[str, Any] = orjson.loads(await socket.recv())
    if message.get("type") != kind:
        raise NotHeard(f"wanted {kind}, got {message.get('type')}")
    return message


async def _heard(socket: ClientConnection, position: str) -> None:
    """Read frames until one tells of a position."""
    while True:
        message = await _next(socket, "next")
        if position in (message["payload"]["data"]["canary"].get("positions") or ()):
            return
