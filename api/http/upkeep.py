"""/admin/held, /admin/rebuild and /audit/verify: what people do about read models.

Not GraphQL: nothing here is a command of the domain or an event of the log, and a rebuild
takes longer than a question may.
"""

from http import HTTPStatus
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.auth.tokens import InvalidToken
from api.http.caller import caller
from api.platform import Platform
from api.upkeep import RebuildFailed, Upkeep
from domain.access import Action, Allowed, decide
from domain.actor import Actor
from projections.rebuild import UnknownReadModel
from projections.release import NothingHeld, Released

T = TypeVar("T")


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """Which read model."""

    read_model: str = msgspec.field(name="readModel")


class Skipped(Named):
    """Which event is to change nothing, and why."""

    position: int
    reason: str


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        error = {"message": message, "extensions": {"code": code}}
        self.answer = JSONResponse({"errors": [error]}, status)


class UpkeepDoor:
    """Answers them, for administrators; comparing is for auditors too."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """Return the routes of the door."""
        return [
            Route("/admin/held", self.held, methods=["GET"]),
            Route("/admin/held/retry", self.retry, methods=["POST"]),
            Route("/admin/held/skip", self.skip, methods=["POST"]),
            Route("/admin/rebuild", self.rebuild, methods=["POST"]),
            Route("/audit/verify", self.verify, methods=["POST"]),
        ]

    async def held(self, request: Request) -> Response:
        """Return what is held back, event by event."""
        try:
            _, upkeep = self._who(request)
        except _Refused as no:
            return no.answer
        rows = await upkeep.held()
        return JSONResponse(
            [
                {
                    "readModel": row.read_model, "position": row.position, "state": row.state,
                    "stream": str(row.stream), "topic": row.topic, "error": row.error,
                    "attempts": row.attempts, "reason": row.reason, "decidedBy": row.decided_by,
                }
                for row in rows
            ]
        )  # fmt: skip

    async def retry(self, request: Request) -> Response:
        """Apply a read model's held streams again."""
        try:
            _, upkeep = self._who(request)
            given = await _read(request, Named)
            return _told(await upkeep.retry(given.read_model))
        except _Refused as no:
            return no.answer
        except UnknownReadModel as error:
            return _Refused(HTTPStatus.NOT_FOUND, "UNKNOWN_READ_MODEL", str(error)).answer

    async def skip(self, request: Request) -> Response:
        """Decide, with a reason, that a poison event changes nothing."""
        try:
            actor, upkeep = self._who(request)
            given = await _read(request, Skipped)
            return _told(
                await upkeep.skip(given.read_model, given.position, given.reason, actor.id)
            )
        except _Refused as no:
            return no.answer
        except (NothingHeld, UnknownReadModel) as error:
            return _Refused(HTTPStatus.NOT_FOUND, "NOTHING_HELD", str(error)).answer
        except ValueError as error:
            return _Refused(HTTPStatus.BAD_REQUEST, "REASON_MISSING", str(error)).answer

    async def rebuild(self, request: Request) -> Response:
        """Build a read model anew; the answer comes when the new one is live."""
        try:
            _, upkeep = self._who(request)
            given = await _read(request, Named)
            await upkeep.rebuild([given.read_model])
        except _Refused as no:
            return no.answer
        except UnknownReadModel as error:
            return _Refused(HTTPStatus.NOT_FOUND, "UNKNOWN_READ_MODEL", str(error)).answer
        except RebuildFailed as error:
            return _Refused(HTTPStatus.CONFLICT, "REBUILD_FAILED", str(error)).answer
        return JSONResponse({"readModel": given.read_model})

    async def verify(self, request: Request) -> Response:
        """Recompute every read model from the log and compare it with the live one."""
        try:
            _, upkeep = self._who(request, Action.VERIFY)
            return Response(await upkeep.verify(), media_type="application/json")
        except _Refused as no:
            return no.answer
        except RebuildFailed as error:
            return _Refused(HTTPStatus.CONFLICT, "NOT_COMPARED", str(error)).answer

    def _who(self, request: Request, action: Action = Action.ADMINISTER) -> tuple[Actor, Upkeep]:
        try:
            actor = caller(self._platform.tokens, request).actor
        except InvalidToken as error:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error)) from None
        if not isinstance(decide(actor, action, actor.scope), Allowed):
            raise _Refused(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this is not for your role")
        upkeep = self._platform.upkeep
        if upkeep is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "NO_UPKEEP", "not on this platform")
        return actor, upkeep


async def _read(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.DecodeError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, "BAD_INPUT", str(error)) from None


def _told(done: list[Released]) -> Response:
    return JSONResponse(
        [
            {"stream": str(one.stream), "events": one.events, "error": one.error or None}
            for one in done
        ]
    )
