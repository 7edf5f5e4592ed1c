"""Questions and commands by HTTP, and subscriptions that become live collections."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import uuid4

import httpx

from .collection import LiveCollection, Reading
from .line import Asked, Line, words

T = TypeVar("T")
PATIENCE_S: Final = 15.0


class Refused(Exception):
    """The server understood and said no: code, words, and the id to look for in its log."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(words(errors))
        extensions = errors[0].get("extensions", {})
        self.code: str = extensions.get("code", "INTERNAL")
        self.request_id: str | None = extensions.get("requestId")
        self.errors = errors


class Unreachable(Exception):
    """No answer, or none that can be understood: the same request may be sent again."""


class Quanke:
    """A platform at an address, as whoever the token says; without one, as the public.

    `async with Quanke("http://127.0.0.1:8000", token) as quanke: …`
    """

    def __init__(self, url: str, token: str | None = None, timeout_s: float = PATIENCE_S) -> None:
        self._url = url.rstrip("/")
        self._token = token
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(headers=headers, timeout=timeout_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(
        self, text: str, variables: Mapping[str, Any] | None = None, after: int | None = None
    ) -> dict[str, Any]:
        """Return the data of an answer, as of `after` (a position of the log) or later.

        Raises Refused, Unreachable.
        """
        body: dict[str, Any] = {"query": text, "variables": dict(variables or {})}
        if after is not None:
            body["extensions"] = {"minPosition": str(after)}
        try:
            answer = (await self._http.post(f"{self._url}/graphql", json=body)).json()
        except (httpx.HTTPError, ValueError) as problem:
            raise Unreachable(str(problem) or type(problem).__name__) from problem
        if answer.get("errors"):
            raise Refused(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    @asynccontextmanager
    async def follow(
        self,
        text: str,
        field: str,
        reading: Reading[T],
        variables: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[LiveCollection[T]]:
        """Keep a collection live while the block runs; its document has a variable `after`."""
        live = LiveCollection(reading)
        asked = Asked(
            url=f"{self._url.replace('http', 'ws', 1)}/graphql",
            query=text,
            field=field,
            variables=lambda: {**(variables or {}), "after": live.progress.cursor},
            token=lambda: self._token,
        )

        def told(problem: str | None) -> None:
            live.problem = problem

        async with asyncio.TaskGroup() as group:
            running = group.create_task(Line(asked, live.apply, told).run())
            try:
                yield live
            finally:
                running.cancel()


def new_id() -> str:
    """Return an id for a command: keep it, and the same command is never done twice."""
    return str(uuid4())


def given(**values: Any) -> dict[str, Any]:
    """Return the variables that are given; None is left to the default of the schema."""
    return {name: value for name, value in values.items() if value is not None}
