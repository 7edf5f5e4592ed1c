"""A platform in a process of its own on a small district, and ways to ask it."""

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from websockets.sync.client import connect

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.check.running import Running
from api.database import opened
from api.settings import Settings
from api.trust import authorities
from api.wiring import App
from domain.actor import Role
from tests.api.ground import DISTRICT, GRID, found
from tests.process.commands import started

T = TypeVar("T")
PATIENCE_S = 40.0


def alone(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def settings_in(data: Path) -> Settings:
    """The settings of a data directory."""
    return Settings(data=data, database_url=None)


def found_district(data: Path) -> None:
    """Found the small district in a new data directory, on a durable server."""

    async def founded() -> None:
        settings = settings_in(data)
        async with (
            opened(settings, "test", exclusive=True) as database,
            App.open(settings, database.dsn) as app,
        ):
            await found(app.platform.dispatcher)

    alone(founded())


class Asking:
    """Somebody who asks a running platform over HTTP."""

    def __init__(self, url: str, data: Path, role: Role, scope: str = DISTRICT) -> None:
        self.url = url
        self.token = make_token(signing_key(data / "keys"), role.value, scope)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, on a connection of its own."""
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        with httpx.Client(
            base_url=self.url, trust_env=False, timeout=PATIENCE_S, verify=authorities()
        ) as http:
            return http.request(method, path, headers=headers, **more)

    def post(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = self.send("POST", "/graphql", json={"query": query, "variables": variables})
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        found = self.post(query, **variables)
        assert "errors" not in found, found
        data: dict[str, Any] = found["data"]
        return data

    def do(self, mutation: str, **given: Any) -> dict[str, Any]:
        kind = mutation[0].upper() + mutation[1:]
        about = "case { id number }" if mutation.endswith("Case") else ""
        query = f"""mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{
            {about} event {{ position last }} userErrors {{ code }} }} }}"""
        given = {"clientMutationId": str(uuid4()), **given}
        payload: dict[str, Any] = self.ask(query, input=given)[mutation]
        return payload

    def report(self, description: str = "垃圾", **more: Any) -> dict[str, Any]:
        given = {
            "channel": "HOTLINE", "category": "06010", "place": {"grid": GRID},
            "description": description, **more,
        }  # fmt: skip
        given |= {"clientMutationId": str(uuid4())}
        give_up = time.monotonic() + PATIENCE_S
        while True:  # the same command again: it waits for the read models, which may be slow
            payload = self.do("reportCase", **given)
            assert payload["userErrors"] == [], payload
            if payload["case"] is not None:
                return payload
            assert time.monotonic() < give_up, payload

    def sealed(self, position: int) -> str:
        """The checkpoint once it covers a position."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            answer = self.send("GET", "/log/checkpoint")
            if answer.status_code == 200 and int(answer.text.split("\n")[1]) >= position:
                return answer.text
            assert time.monotonic() < give_up, answer.text
            time.sleep(0.05)

    def first_message(self, subscription: str, **variables: Any) -> dict[str, Any]:
        """What a subscription says first."""
        where = self.url.replace("http", "ws") + "/graphql"
        with connect(where, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            socket.send(json.dumps({"type": "connection_init", "payload": {"token": self.token}}))
            assert json.loads(socket.recv(PATIENCE_S))["type"] == "connection_ack"
            asked = {"query": subscription, "variables": variables}
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
            found = json.loads(socket.recv(PATIENCE_S))
        assert found["type"] == "next", found
        (message,) = found["payload"]["data"].values()
        return dict(message)


@contextmanager
def running(data: Path, log: Path, **env: str) -> Iterator[Running]:
    """A platform without the demo; its words go to a file."""
    platform = started("--no-demo", "--data", str(data), "--port", "0", err=log, **env)
    try:
        yield platform
    finally:
        if platform.process.poll() is None:
            platform.stop()
