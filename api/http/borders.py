"""/admin/borders: an administrator's GeoJSON file, checked before anything is sent.

Nothing is written here: the answer says command by command what the screen will send, what
can't be used and why, and where the grids would leave gaps or lie upon each other.
"""

from functools import partial
from http import HTTPStatus
from typing import Any, Final

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.areas.coverage import covered
from api.areas.features import NotGeoJson, Planned, Ring, planned
from api.auth.tokens import InvalidToken
from api.http.caller import caller
from api.platform import Platform
from domain.access import Action, Allowed, decide

MAX_BODY: Final = 16 * 1024 * 1024
AROUND: Final = 5_000
"""Live grids beside the file's that are looked at: those of the same district."""


Borders = dict[str, tuple[Ring, ...]]


class BordersDoor:
    """Answers POST /admin/borders."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def check(self, request: Request) -> Response:
        """Return what a file would do and where its borders don't fit."""
        try:
            who = caller(self._platform.tokens, request)
        except InvalidToken as error:
            return _refused(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error))
        if not isinstance(decide(who.actor, Action.ADMINISTER, who.actor.scope), Allowed):
            return _refused(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this is for administrators")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE", "16 MB at most")
        try:
            plans = planned(msgspec.json.decode(body), self._platform.reference)
        except (NotGeoJson, msgspec.DecodeError) as error:
            return _refused(HTTPStatus.BAD_REQUEST, "NOT_GEOJSON", str(error))
        borders, beside = self._borders(plans)
        found = await anyio.to_thread.run_sync(partial(covered, {**beside, **borders}))
        return JSONResponse(
            {
                "features": [_feature(one, found.invalid.get(one.code, "")) for one in plans],
                "beside": [{"code": code, "rings": rings} for code, rings in beside.items()],
                "gaps": found.gaps,
                "overlaps": [{"codes": one.codes, "rings": one.rings} for one in found.overlaps],
                "gapCount": found.gap_count,
                "overlapCount": found.overlap_count,
            }
        )

    def _borders(self, plans: list[Planned]) -> tuple[Borders, Borders]:
        """Return the file's borders by code, and those of the grids of their districts beside."""
        mine = {one.code: one.rings for one in plans if one.rings}
        reference = self._platform.reference
        scopes = [_scope(one) or getattr(reference.grid(one.code), "scope", "") for one in plans]
        beside: Borders = {}
        for district in {scope.partition(".")[0] for scope in scopes if scope}:
            for grid in reference.grids_under(f"{district}."):
                if grid.code not in mine and grid.rings and len(beside) < AROUND:
                    beside[grid.code] = grid.rings
        return mine, beside


def _scope(one: Planned) -> str:
    return str(one.input.get("scope", ""))


def _feature(one: Planned, invalid: str) -> dict[str, Any]:
    problem = "BORDER_INVALID" if invalid else one.problem
    return {
        "index": one.index, "code": one.code, "name": one.name, "level": one.level,
        "mutation": "" if problem else one.mutation, "input": {} if problem else one.input,
        "rings": one.rings, "problem": problem, "detail": invalid,
    }  # fmt: skip


def _refused(status: HTTPStatus, code: str, message: str) -> Response:
    error = {"message": message, "extensions": {"code": code}}
    return JSONResponse({"errors": [error]}, status)
