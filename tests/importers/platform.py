"""The whole application on a test database, asked over GraphQL as an auditor would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx

from api.app import Doors
from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.settings import Settings
from api.wiring import App

CAUGHT_UP_S = 60.0


@asynccontextmanager
async def platform(dsn: str, home: Path) -> AsyncIterator[Any]:
    """Yield the application and a way to ask it; nothing is projected until `projected`."""
    settings = Settings(data=home)
    settings.keys_dir.mkdir(parents=True, exist_ok=True)
    async with App.open(settings, dsn) as app:
        transport = httpx.ASGITransport(app=Doors(app.platform).asgi)
        token = make_token(signing_key(settings.keys_dir), "auditor")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=headers, timeout=60
        ) as client:

            async def ask(query: str, **variables: Any) -> Any:
                asked = {"query": query, "variables": variables}
                answer = await client.post("/graphql", json=asked)
                said = answer.json()
                assert "errors" not in said, said["errors"]
                return said["data"]

            yield app, ask


async def projected(app: App) -> None:
    """Bring the read models to the log's head."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.runner.run)
        assert await app.caught_up(CAUGHT_UP_S)
        tasks.cancel_scope.cancel()


async def pages(ask: Any, query: str) -> AsyncIterator[dict[str, Any]]:
    """Every case of a paged query."""
    after = None
    while True:
        page = (await ask(query, after=after))["cases"]
        for edge in page["edges"]:
            yield edge["node"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
