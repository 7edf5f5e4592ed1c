"""A bad line between a phone and the platform: it notices half uploads, and loses answers."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATIENCE_S = 30.0


class Line:
    """Wraps the application; `half` is set while an upload is under way.

    `lost` is set when the answer to a report was swallowed, once after each `lose()`.
    `newer`: the app's worker comes as if of the next release.
    """

    def __init__(self) -> None:
        self.half = asyncio.Event()
        self.lost = asyncio.Event()
        self.newer = False
        self._losing = False
        self._application: ASGIApp | None = None

    def lose(self) -> None:
        """Swallow the answer to the next command, and never give another."""
        self.lost.clear()
        self._losing = True

    def over(self, application: ASGIApp) -> "Line":
        """Return the line to an application."""
        self._application = application
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request."""
        assert self._application is not None
        if scope["type"] == "http" and scope["path"] == "/attachments":
            await self._application(scope, self._counted(scope, receive), send)
        elif scope["type"] == "http" and scope["path"] == "/graphql" and self._losing:
            await self._lossy(scope, receive, send)
        elif self.newer and scope["path"] == "/field/worker.js":
            await self._application(scope, receive, _renewed(send))
        else:
            await self._application(scope, receive, send)

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        size = int(dict(scope["headers"])[b"content-length"])
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if 0 < taken < size:
                self.half.set()
            return message

        return counted

    async def _lossy(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._application is not None
        answer: list[Message] = []
        asked = bytearray()

        async def heard() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def held(message: Message) -> None:
            answer.append(message)

        await self._application(scope, heard, held)
        if b"mutation Report" in asked and self._losing:
            self._losing = False
            self.lost.set()
            async with asyncio.timeout(PATIENCE_S):
                while (await receive())["type"] != "http.disconnect":
                    continue
            return
        for message in answer:
            await send(message)


def _renewed(send: Send) -> Send:
    """Answer as the next release would: the same worker under another version."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            message = {**message, "headers": [*kept, (b"transfer-encoding", b"chunked")]}
        elif message.get("body"):
            newer = message["body"].replace(b"quanke-field-", b"quanke-field-next-", 1)
            message = {**message, "body": newer}
        await send(message)

    return sending
