"""GraphiQL from our own origin: the page, what it loads, and the two things it may do more.

Monaco, its editor, lays out every line with style attributes and puts its theme into style
elements of its own, and draws the wave below a mistake from a data URL. So this page alone has
`style-src 'unsafe-inline'` and `img-src data:`; scripts, workers, fonts, connections stay our
own, and nothing is asked of another origin. It is a build apart from the screens
(`./quanke graphiql`).
"""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from api.http.screens import HEADERS, POLICY, Assets
from opscenter import EXPLORER

RELAXED: Final = f"{POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
NOT_BUILT: Final = "接口探索尚未构建 GraphiQL has not been built.\n\n运行 Run:  ./quanke graphiql\n"


def explorer_routes(built: Path = EXPLORER) -> list[BaseRoute]:
    """Return where the explorer's page and the files it loads are found."""

    async def page(_request: Request) -> Response:
        """Return the page, or what to do when it has not been built."""
        file = built / "index.html"
        if not file.is_file():
            return PlainTextResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, HEADERS)
        headers = HEADERS | {"content-security-policy": RELAXED, "cache-control": "no-cache"}
        return FileResponse(file, headers=headers)

    return [Route("/graphiql", page), Mount("/graphiql/assets", Assets(built / "assets"))]
