"""Every door in one Starlette application. Its lifespan is empty on purpose.

What runs beside requests (`Doors.run`: the live groups) is a child of the process's own
task group, so that it can't die silently.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from api.export.door import ExportDoor
from api.graphql.documents import screens_documents
from api.graphql.engine import Engine
from api.graphql.errors import operating
from api.graphql.hot import Hot
from api.graphql.live.live import Live
from api.graphql.live.poll import PollDoor
from api.graphql.live.socket import Door
from api.graphql.live.stream import EventStreamDoor
from api.graphql.schema import SCHEMA_CORE
from api.graphql.view import GraphQLView
from api.http.answers import problem
from api.http.attachments import AttachmentDoor
from api.http.borders import BordersDoor
from api.http.device import DeviceDoor
from api.http.displays import DisplaysDoor
from api.http.explorer import explorer_routes
from api.http.geometry import Geometry
from api.http.health import Health
from api.http.known import Answers
from api.http.log import LogDoor
from api.http.metrics import Metrics
from api.http.oidc import OidcDoor, no_provider
from api.http.resident import ResidentDoor
from api.http.screens import Screens
from api.http.shedding import LOAD
from api.http.sign_in import SignInDoor
from api.http.upkeep import UpkeepDoor
from api.measured import MeasuredDoors
from api.open311.door import Open311Door
from api.platform import Platform
from api.text import NUL, SAID
from eventlog.connection import AWAY
from eventlog.errors import LogBusy, LogUnavailable
from opscenter import DIST

GRAPHQL: Final = "/graphql"
DOCUMENTS: Final = "documents.json"
AGAIN_S: Final = "1"


class Front:
    """The busiest door first: GraphQL is not looked for among the routes.

    A WebSocket stays for hours, and each layer it lies under is a frame of its memory.
    """

    def __init__(self, rest: ASGIApp, view: ASGIApp, socket: ASGIApp) -> None:
        self._rest = rest
        self._view = view
        self._socket = socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one connection or request on, unless its address is none (`api/text.py`)."""
        chosen = self._rest
        if NUL in scope.get("path", "") or b"%00" in scope.get("query_string", b""):
            chosen = _no_address
        elif scope.get("path") == GRAPHQL:
            if scope["type"] == "websocket":
                chosen = self._socket
            elif scope["method"] in ("POST", "GET"):
                chosen = self._view
        await chosen(scope, receive, send)


class Doors:
    """The web application of a platform, and what runs beside it."""

    def __init__(self, platform: Platform) -> None:
        engine = Engine(SCHEMA_CORE)
        self.engine = engine
        self.know_screens()
        self.hot = Hot(engine, platform)
        LOAD.mutations = engine.documents.mutations
        self.live = Live(engine, platform)
        health, screens = Health(platform), Screens()
        pictures, residents = AttachmentDoor(platform), ResidentDoor(platform)
        stream = EventStreamDoor(engine, self.live, platform)
        poll, export = PollDoor(engine, self.live, platform), ExportDoor(platform)
        view, door = GraphQLView(engine, platform, self.hot), Door(engine, self.live, platform)
        rest = Starlette(
            routes=[
                Route("/", _home),
                *screens.routes(),
                *explorer_routes(),
                *SignInDoor(platform).routes(),
                *DeviceDoor(platform).routes(),
                *_provider_routes(platform),
                Route(GRAPHQL, view, methods=["GET", "POST"]),
                Route("/graphql/stream", stream.__call__, methods=["GET", "POST"]),
                Route("/graphql/poll", poll.__call__, methods=["POST"]),
                Route("/live/{name}", stream.__call__),
                Route("/live/{name}/poll", poll.__call__),
                Route("/attachments", pictures.receive, methods=["POST"]),
                Route("/field/resident", residents.newcomer, methods=["POST"]),
                Route("/field/rating", residents.rating, methods=["GET"]),
                Route("/field/rating", residents.rate, methods=["POST"]),
                Route("/attachments/{id}", pictures.show, methods=["GET"]),
                Route("/admin/borders", BordersDoor(platform).check, methods=["POST"]),
                *UpkeepDoor(platform).routes(),
                *DisplaysDoor(platform).routes(),
                *LogDoor(platform).routes(),
                Route("/geo.json", Geometry(platform).__call__),
                *Open311Door(platform).routes(),
                Route("/export/cases.{form}", export.cases),
                Route("/export/figures.{form}", export.figures),
                Route("/live", health.live),
                Route("/ready", health.ready),
                Route("/startup", health.startup),
                Route("/metrics", Metrics(platform, self.live).__call__),
            ],
            exception_handlers=dict.fromkeys((LogBusy, LogUnavailable, *AWAY), _come_back),
        )
        answers = Answers(find=self.hot.answer, begin=view.begin)
        self.asgi = MeasuredDoors(Front(rest, view, door), answers)

    def know_screens(self) -> None:
        """Register what the screens ask; to be said again when they have been built since."""
        for text in screens_documents(DIST / DOCUMENTS):
            self.engine.documents.register(text)

    async def run(self) -> None:
        """Run the live groups, and make answers anew, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hot.run())
            await self.live.run()

    async def depart(self) -> None:
        """Let everybody who follows go, told when to come back; then the server may stop."""
        await self.live.depart()


def _provider_routes(platform: Platform) -> list[BaseRoute]:
    if platform.oidc is None:
        return [Route("/auth/oidc", no_provider)]
    return OidcDoor(platform, platform.oidc).routes()


async def _no_address(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).close(4400, SAID)
    else:
        await problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", SAID)(scope, receive, send)


async def _come_back(_request: Request, error: Exception) -> Response:
    """Say of a log or a database that does not answer that it does not: no bug of ours."""
    known = operating(error)
    assert known is not None, error
    unavailable = HTTPStatus.SERVICE_UNAVAILABLE
    return problem(unavailable, known.code, str(known), {"retry-after": AGAIN_S})


async def _home(_request: Request) -> Response:
    return RedirectResponse("/wall")
