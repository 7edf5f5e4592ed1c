"""The screens' built files, under a content policy that lets nothing in from elsewhere."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from opscenter import DIST

PAGES: Final = {
    "wall": "大屏",
    "console": "工作台",
    "field": "现场",
    "audit": "审计",
    "admin": "管理",
}
"""The screens by the name of their page, and what they are called in Chinese."""
APP_FILES: Final = {
    "worker.js": "text/javascript",
    "app.webmanifest": "application/manifest+json",
    "icon.svg": "image/svg+xml",
}
"""What makes the field page an app that can be installed, with the media type of each."""
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; form-action 'none'"
)
GUARD: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
"""The one script that a page holds itself: it waits for the others where they did not come."""
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
COMING: Final = HEADERS | {"refresh": "5", "retry-after": "5"}
"""While the screens are built a browser looks again by itself."""
NOT_BUILT: Final = (
    "大屏尚未构建 The screens have not been built.\n\n"
    "运行 Run:  ./quanke run\n\n"
    "(or, by hand:  cd opscenter && npm ci --ignore-scripts && npm run build)\n"
)


PACKED: Final = {"br": ".br", "gzip": ".gz"}
"""How the build names a file's compressed forms, the smallest first."""


def ahead(scope: str | None) -> str:
    """Return the header by which a browser fetches a wall's borders before its script asks."""
    asked = "?scope=" + quote(scope, safe="!~*'()") if scope else ""
    return f"</geo.json{asked}>; rel=preload; as=fetch; crossorigin"


def policy_of(page: bytes) -> str:
    """Return the policy of a page: beside files of our own, the script that it holds itself."""
    held = GUARD.findall(page)
    hashes = [f"'sha256-{b64encode(sha256(one).digest()).decode()}'" for one in held]
    return "; ".join([POLICY, " ".join(["script-src 'self'", *hashes])]) if held else POLICY


class Screens:
    """Answers the pages; each is one file of the build."""

    def __init__(self, built: Path = DIST) -> None:
        self._built = built

    def pages(self) -> list[str]:
        """Return the names of the screens that this build holds."""
        return [name for name in PAGES if self._file(name).is_file()]

    def routes(self) -> list[BaseRoute]:
        """Return where each page and the files they load are found."""
        pages = [Route(f"/{name}", self._answering(name)) for name in PAGES]
        parts = [Route(f"/field/{name}", self._part(name)) for name in APP_FILES]
        return [*pages, *parts, Mount("/assets", self.assets())]

    def _part(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def part(_request: Request) -> Response:
            """Return one of the files that make the field page an app."""
            path = self._built / "field" / name
            if not path.is_file():
                return PlainTextResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, HEADERS)
            headers = HEADERS | {"cache-control": "no-cache", "service-worker-allowed": "/field"}
            return FileResponse(path, headers=headers, media_type=APP_FILES[name])

        return part

    def _answering(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            """Return the page, or what to do when it has not been built."""
            if not self._file(name).is_file():
                return PlainTextResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, COMING)
            text = self._file(name).read_bytes()
            headers = HEADERS | {"cache-control": "no-cache"}
            headers["content-security-policy"] = policy_of(text)
            if name == "wall":
                headers["link"] = ahead(request.query_params.get("scope"))
            return HTMLResponse(text, headers=headers)

        return page

    def _file(self, name: str) -> Path:
        return self._built / f"{name}.html"

    def assets(self) -> "Assets":
        """Return the files that pages load; their names hold their hashes."""
        return Assets(self._built / "assets")


class Assets:
    """Static files, cached for ever, compressed where the build has done so."""

    def __init__(self, directory: Path) -> None:
        self._files = StaticFiles(directory=directory, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = HEADERS | {"cache-control": "public, max-age=31536000, immutable"}
                extra |= {"vary": "accept-encoding"} | coding
                pairs = [(name.encode(), value.encode()) for name, value in extra.items()]
                message["headers"] = [*message["headers"], *pairs]
            await send(message)

        packed, coding = self._packed(scope)
        await self._files(packed, receive, with_headers)

    def _packed(self, scope: Scope) -> tuple[Scope, dict[str, str]]:
        """Return the request for a file's smallest form that the caller reads, and its header."""
        accepted = Headers(scope=scope).get("accept-encoding", "")
        for coding, suffix in PACKED.items():
            wanted = {**scope, "path": scope["path"] + suffix}
            if coding in accepted and self._files.lookup_path(self._files.get_path(wanted))[1]:
                return wanted, {"content-encoding": coding}
        return scope, {}
