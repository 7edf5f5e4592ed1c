"""Two small clients of an ASGI application in the same loop: requests, and sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from api.auth.tokens import Tokens
from api.wiring import App
from domain.actor import Actor, Role
from eventlog.record import Position, Recorded
from tests.api.screen import Screen

PATIENCE_S = 30.0
"""What takes a moment here may take that long where others work as well."""
SOON_S = 5.0
"""What is promised, from the event to what the platform says: by their own clocks (`since`), so
that a busy machine counts only as far as it keeps the platform itself. It takes a second or two."""
ON_FILE = """
insert into quanke_attachment (id, actor, upload, sent, sha256, width, height, size, object,
                               wrapped, state, stream, position, command, kind)
select $1, $2, $3, $4, $4, 1, 1, 1, 'none', '', 'clean', $1, 0, $5, 'other'
 where $4 ~ '^(.)\\1*$' and not exists (
       select from quanke_attachment where actor = $2 and sha256 = $4 and command = $5)
"""
"""A picture that is not there, under a hash that is one digit again and again.

It has no key, so no case can be given it: it stands as what this command had used before, which
nobody binds a second time.
"""


class Client:
    """Asks an App's GraphQL as somebody."""

    def __init__(self, app: App, actor: Actor | None = None, basis: str = "observed") -> None:
        self.app = app
        self.actor = actor
        self.screen = Screen() if actor is not None and actor.role is Role.DISPLAY else None
        self.token = None if actor is None else self._issued(actor, basis)

    def _issued(self, actor: Actor, basis: str, lifetime_s: int = 3600) -> str:
        key = None if self.screen is None else self.screen.thumbprint
        return self.app.platform.tokens.issue(actor, lifetime_s, basis, thumbprint=key)

    def expire(self) -> None:
        """Have a token that has run out."""
        assert self.actor is not None
        self.token = self._issued(self.actor, "observed", -1)

    def bearing(self, method: str, path: str) -> dict[str, str]:
        """Return the headers that say who asks; a display's with a proof of its key."""
        if self.token is None:
            return {}
        if self.screen is None:
            return {"authorization": f"Bearer {self.token}"}
        return self.screen.headers(self.app, method, path, self.token)

    def acting(
        self, role: Role, scope: str = "", unit: str | None = None, account: str = ""
    ) -> "Client":
        actor = Actor(id=account or f"acct:{role.value}", role=role, scope=scope, unit=unit)
        return Client(self.app, actor)

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            headers = self.bearing("POST", "/graphql") | headers
            return await http.post("/graphql", json=body, headers=headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get(path, headers=headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self.post({"query": query, "variables": variables})
        found: dict[str, Any] = answer.json()
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    async def refused(self, query: str, **variables: Any) -> str:
        """Return the code of the one top-level error."""
        found = (await self.post({"query": query, "variables": variables})).json()
        assert "errors" in found, found
        code: str = found["errors"][0]["extensions"]["code"]
        return code

    async def do(self, mutation: str, once: UUID | None = None, **given: Any) -> dict[str, Any]:
        """Send a command and return its payload."""
        kind = mutation[0].upper() + mutation[1:]
        about = "case { id number status version }" if _about_case(kind) else ""
        query = f"""mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{
            {about} event {{ position last version duplicate }}
            userErrors {{ code message messageZh path facts {{ name value }} }}
            clientMutationId }} }}"""
        given = {"clientMutationId": str(once or uuid4()), **given}
        await self._sent(given.get("evidence", ()), given["clientMutationId"])
        payload: dict[str, Any] = (await self.ask(query, input=given))[mutation]
        return payload

    async def _sent(self, evidence: Iterable[dict[str, str]], command: str) -> None:
        """Put made-up pictures on file as if this actor had sent them for a command."""
        if self.actor is None:
            return
        for one in evidence:
            await self.app.platform.pool.execute(
                ON_FILE, uuid4(), self.actor.id, uuid4(), one["sha256"], UUID(command)
            )

    async def done(self, mutation: str, **given: Any) -> dict[str, Any]:
        """Send a command that must succeed."""
        payload = await self.do(mutation, **given)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload


def _about_case(kind: str) -> bool:
    from domain.case.commands import COMMANDS

    return kind in {command.__name__ for command in COMMANDS}


class Socket:
    """A WebSocket to an ASGI application, without a network."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[tuple[dict[str, Any], float]] = asyncio.Queue()
        self.said_at = 0.0
        """When the platform said what was heard last: seconds of the wall clock."""
        self.reading = asyncio.Event()
        self.reading.set()

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        await self.reading.wait()
        await self.from_app.put((dict(message), time.time()))

    async def say(self, message: Any) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        await self.to_app.put({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """Return the next message; the closing is {"closed": code}."""
        async with asyncio.timeout(PATIENCE_S):
            message, self.said_at = await self.from_app.get()
        if message["type"] == "websocket.close":
            return {"closed": message["code"], "reason": message.get("reason", "")}
        found: dict[str, Any] = orjson.loads(message["text"])
        return found

    async def init(self, token: str | None = None, proof: str | None = None) -> None:
        given = {"token": token, "proof": proof}
        payload = {name: value for name, value in given.items() if value is not None}
        await self.say({"type": "connection_init", "payload": payload})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.say({"id": name, "type": "subscribe", "payload": payload})

    async def next(self, *wanted: str) -> dict[str, Any]:
        """Return the next message of a subscription with one of these typenames."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await self.hear()
                assert message.get("type") == "next", message
                assert "errors" not in message["payload"], message
                (found,) = message["payload"]["data"].values()
                if found["__typename"] in wanted:
                    return dict(found)


async def event_at(app: App, position: int) -> Recorded:
    """Return the event at a position of the log."""
    (found,) = await app.log.read_all(Position(position - 1), 1)
    return found


async def since(app: App, instant: float | None = None) -> float:
    """Return the seconds from the log's latest event, by its own time, to an instant, or now."""
    now = time.time() if instant is None else instant
    last = await event_at(app, await app.log.head())
    return now - last.recorded_at / 1_000_000


@asynccontextmanager
async def socket(
    app: App, subprotocols: tuple[str, ...] = ("graphql-transport-ws",), **headers: str
) -> AsyncIterator[Socket]:
    """Open a WebSocket and close it at the end."""
    made = Socket()
    scope: dict[str, Any] = {
        "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "headers": [(b"host", b"test"), *((k.encode(), v.encode()) for k, v in headers.items())],
        "subprotocols": list(subprotocols), "scheme": "ws", "root_path": "", "client": None,
        "server": None, "extensions": {}, "state": {},
    }  # fmt: skip
    await made.to_app.put({"type": "websocket.connect"})
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(app.asgi(scope, made.to_app.get, made._send))
        async with asyncio.timeout(PATIENCE_S):
            first = await made.from_app.get()
        if first[0]["type"] == "websocket.close":
            await made.from_app.put(first)
        try:
            yield made
        finally:
            made.reading.set()
            await made.to_app.put({"type": "websocket.disconnect", "code": 1000})
            try:
                async with asyncio.timeout(5):
                    await task
            except TimeoutError:
                task.cancel()


__all__ = ["Client", "Socket", "Tokens", "event_at", "since", "socket"]
