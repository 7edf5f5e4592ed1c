"""The screens' built files, under a content policy that lets nothing in from elsewhere."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from opscenter import DIST

POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; form-action 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
NOT_BUILT: Final = (
    "大屏尚未构建 The screens have not been built.\n\n"
    "运行 Run:  ./quanke run\n\n"
    "(or, by hand:  cd opscenter && npm ci --ignore-scripts && npm run build)\n"
)


class Screens:
    """Answers the pages; each is one file of the build."""

    def __init__(self, built: Path = DIST) -> None:
        self._built = built

    async def wall(self, _request: Request) -> Response:
        """Return the wall's page, or what to do when it has not been built."""
        page = self._built / "wall.html"
        if not page.is_file():
            return PlainTextResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, HEADERS)
        return FileResponse(page, headers=HEADERS | {"cache-control": "no-cache"})

    def assets(self) -> "Assets":
        """Return the files that pages load; their names hold their hashes."""
        return Assets(self._built / "assets")


class Assets:
    """Static files, cached for ever."""

    def __init__(self, directory: Path) -> None:
        self._files = StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = HEADERS | {"cache-control": "public, max-age=31536000, immutable"}
                pairs = [(name.encode(), value.encode()) for name, value in extra.items()]
                message["headers"] = [*message["headers"], *pairs]
            await send(message)

        await self._files(scope, receive, with_headers)
