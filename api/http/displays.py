"""What displays tell of themselves: their build, how old their data are, a small picture.

    POST /displays/seen               by a display, with its own token
    GET  /displays/seen               by an administrator: the latest of each display
    GET  /displays/seen/{account}     its picture, made anew here from its pixels

A display shows plain values of open categories, so its picture holds nothing about a person;
and only what a display may see can be in it. Kept in memory, one telling for each account and
for so many accounts: after a restart a display is unheard of until its next telling.
"""

import base64
import binascii
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import anyio
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.attachments.picture import MEDIA_TYPE, NotAPicture, remade
from api.auth.tokens import InvalidToken
from api.graphql.scalars import rfc3339
from api.http.answers import PRIVATE, json_answer, problem
from api.http.caller import caller, unauthenticated
from api.http.pace import Pace
from api.platform import Platform
from domain.access import Action, Allowed, decide
from domain.actor import Actor, Role

MOST: Final = 200
"""Displays that are remembered; the one silent for longest goes first."""
MAX_BODY: Final = 200 * 1024
TELLINGS_AN_HOUR: Final = 240
VERSION_LENGTH, ADDRESS_LENGTH = 80, 400


class Telling(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a display says: its build, its address, the age of its data, a picture or none."""

    version: str
    address: str
    liveness: str
    age_ms: int
    position: int
    width: int
    height: int
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest telling of a display: when (microseconds UTC), what, its picture as JPEG."""

    account: str
    scope: str
    heard_at: int
    told: Telling
    picture: bytes | None


class DisplaysDoor:
    """Answers what lies under /displays/."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._pace = Pace(TELLINGS_AN_HOUR, 3_600)

    def routes(self) -> list[Route]:
        """Return the routes of the door."""
        return [
            Route("/displays/seen", self.tell, methods=["POST"]),
            Route("/displays/seen", self.all, methods=["GET"]),
            Route("/displays/seen/{account}", self.picture, methods=["GET"]),
        ]

    async def tell(self, request: Request) -> Response:
        """Take what a display says of itself."""
        actor = self._who(request)
        if isinstance(actor, Response):
            return actor
        if actor.role is not Role.DISPLAY:
            return _forbidden()
        if self._pace.wait_s(actor.id) > 0:
            return problem(HTTPStatus.TOO_MANY_REQUESTS, "THROTTLED", "tell less often")
        try:
            told = msgspec.json.decode(await _body(request), type=Telling)
            picture = await _remade(told.picture)
        except (msgspec.MsgspecError, binascii.Error, NotAPicture, ValueError) as error:
            return problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", str(error))
        seen = Seen(actor.id, actor.scope, self._platform.clock(), told, picture)
        self._seen.pop(actor.id, None)
        self._seen[actor.id] = seen
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return json_answer({"heardAt": rfc3339(seen.heard_at)})

    async def all(self, request: Request) -> Response:
        """Return the latest telling of each display inside the administrator's scope."""
        actor = self._administrator(request)
        if isinstance(actor, Response):
            return actor
        shown = [_shown(seen) for seen in self._seen.values() if _inside(actor, seen)]
        return json_answer({"now": rfc3339(self._platform.clock()), "displays": shown})

    async def picture(self, request: Request) -> Response:
        """Return the latest picture of a display."""
        actor = self._administrator(request)
        if isinstance(actor, Response):
            return actor
        seen = self._seen.get(request.path_params["account"])
        if seen is None or seen.picture is None or not _inside(actor, seen):
            return problem(HTTPStatus.NOT_FOUND, "NOT_FOUND", "there is no picture of it")
        return Response(seen.picture, headers=PRIVATE, media_type=MEDIA_TYPE)

    def _who(self, request: Request) -> Actor | Response:
        try:
            return caller(self._platform.tokens, request).actor
        except InvalidToken as error:
            return unauthenticated(self._platform.tokens, error)

    def _administrator(self, request: Request) -> Actor | Response:
        actor = self._who(request)
        if isinstance(actor, Response):
            return actor
        allowed = isinstance(decide(actor, Action.ADMINISTER, actor.scope), Allowed)
        return actor if allowed else _forbidden()


def _forbidden() -> Response:
    return problem(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this is not for your role")


def _inside(actor: Actor, seen: Seen) -> bool:
    return seen.scope.startswith(actor.scope)


def _shown(seen: Seen) -> dict[str, object]:
    told = seen.told
    return {
        "account": seen.account, "scope": seen.scope, "heardAt": rfc3339(seen.heard_at),
        "version": told.version[:VERSION_LENGTH], "address": told.address[:ADDRESS_LENGTH],
        "liveness": told.liveness[:VERSION_LENGTH], "ageMs": told.age_ms,
        "position": str(told.position), "width": told.width, "height": told.height,
        "hasPicture": seen.picture is not None,
    }  # fmt: skip


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ValueError("that is too long")
    return body


async def _remade(sent: str | None) -> bytes | None:
    """Return the picture made anew, at most 480 pixels along its longer edge."""
    if sent is None:
        return None
    whole = base64.b64decode(sent, validate=True)
    return (await anyio.to_thread.run_sync(remade, whole)).reduced
