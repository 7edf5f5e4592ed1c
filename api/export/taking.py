"""An export on its way to whoever asked for it, who has to take it.

It holds a snapshot of the database until its end, and there are few of those: whoever takes
nothing for half a minute is let go, and only a few are under way at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from api.graphql.errors import TooMuch

STALLED_S: Final = 30.0
AT_ONCE: Final = 3
LOG: Final = structlog.get_logger("quanke.export")


class NotTaken(Exception):
    """Whoever asked does not read."""


class Turns:
    """How many exports are under way in this process."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self) -> None:
        """Count one more. Raises TooMuch."""
        if self._taken >= AT_ONCE:
            raise TooMuch("other exports are under way; try again soon", STALLED_S)
        self._taken += 1

    def give_back(self) -> None:
        """Count one less."""
        self._taken -= 1


class Taken(StreamingResponse):
    """A streamed answer that ends when it is not read, and gives its turn back."""

    def __init__(
        self,
        turns: Turns,
        body: AsyncGenerator[bytes],
        status: int,
        headers: Mapping[str, str],
        media_type: str,
    ) -> None:
        super().__init__(body, status, headers, media_type)
        self._turns = turns
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; the turn ends with it, however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._turns.give_back()

    async def stream_response(self, send: Send) -> None:
        """Send what comes while it is taken; what is left is left."""

        async def in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(STALLED_S):
                    await send(message)
            except TimeoutError:
                raise NotTaken from None

        async with aclosing(self._body):
            try:
                await super().stream_response(in_time)
            except NotTaken:
                LOG.warning("an export was not taken")
