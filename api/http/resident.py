"""What a resident needs without an account: an id for one report, and the rating of a case.

`POST /field/resident` hands out a token for a new random id, one per report, so that
nothing ties a person's reports together. `/field/rating` shows and takes the rating of
the one case that a signed link names.
"""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.auth.links import InvalidLink
from api.dispatch.casefacts import CASE
from api.graphql.mutation.payload import user_error
from api.graphql.place import area_names
from api.graphql.scalars import rfc3339
from api.http.address import address_of
from api.http.answers import json_answer, problem
from api.http.pace import Pace
from api.platform import Platform
from api.text import SAID, nul_in
from domain.actor import Actor, Role
from domain.case.commands import GiveFeedback
from domain.case.guards.relations import rater_of
from domain.case.state import CaseState
from domain.errors import Rejected
from eventlog.errors import LogBusy, LogUnavailable

LIFETIME_S: Final = 180 * 86_400
"""A case's whole life with follow-up and reopening, and some."""
NEW_PER_HOUR: Final = 120
"""New ids an address may ask for: a housing estate may share one."""
MAX_BODY: Final = 16 * 1024
SCHEME: Final = "Link "


class Rating(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is said about a closed case."""

    client_mutation_id: UUID
    solved: bool
    satisfaction: str
    comment: str | None = None


class ResidentDoor:
    """Answers /field/resident and /field/rating."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pace = Pace(NEW_PER_HOUR, 3_600)

    async def newcomer(self, request: Request) -> Response:
        """Return a token for a new resident; 429 when an address asks for too many."""
        wait_s = self._pace.wait_s(address_of(request.scope))
        if wait_s > 0:
            return problem(
                HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "too many new reporters from here",
                {"retry-after": str(wait_s)},
            )  # fmt: skip
        actor = Actor(id=f"resident:{uuid4().hex}", role=Role.RESIDENT)
        token = self._platform.tokens.issue(actor, LIFETIME_S)
        return json_answer({"token": token, "id": actor.id}, HTTPStatus.CREATED)

    async def rating(self, request: Request) -> Response:
        """Return what a link's case is about, and whether it can still be rated."""
        try:
            case = self._linked(request)
        except InvalidLink as invalid:
            return problem(HTTPStatus.NOT_FOUND, "INVALID_LINK", str(invalid))
        held = await self._platform.dispatcher.load(case, CASE)
        return json_answer(self._told(held.state))

    async def rate(self, request: Request) -> Response:
        """Give feedback on a link's case; a refusal comes as `userErrors`."""
        try:
            case = self._linked(request)
            said = msgspec.json.decode(await _body(request), type=Rating)
        except InvalidLink as invalid:
            return problem(HTTPStatus.NOT_FOUND, "INVALID_LINK", str(invalid))
        except (msgspec.DecodeError, ValueError) as error:
            return problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", str(error))
        return await self._given(case, said)

    async def _given(self, case: UUID, said: Rating) -> Response:
        feedback = GiveFeedback(
            contacted=True, solved=said.solved, satisfaction=said.satisfaction,
            comment=said.comment or None,
        )  # fmt: skip
        rater = Actor(id=rater_of(case), role=Role.RESIDENT)
        try:
            done = await self._platform.dispatcher.dispatch(
                feedback, stream=case, actor=rater, command_id=said.client_mutation_id
            )
        except Rejected as rejected:
            error = user_error(rejected.code, rejected.facts, [])
            told = {"code": error.code, "message": error.message, "messageZh": error.message_zh}
            return json_answer({"event": None, "userErrors": [told]})
        except (LogBusy, LogUnavailable):
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE", "send it again")
        event = {"position": str(done.first), "duplicate": done.duplicate}
        return json_answer({"event": event, "userErrors": []})

    def _linked(self, request: Request) -> UUID:
        said = request.headers.get("authorization", "")
        if not said.startswith(SCHEME):
            raise InvalidLink("the Authorization header must be: Link TEXT")
        return self._platform.links.read(said[len(SCHEME) :], self._platform.clock())

    def _told(self, case: CaseState) -> dict[str, Any]:
        reference = self._platform.reference
        category = reference.category(case.category, case.place.scope)
        area, area_en = area_names(reference, case.place.scope)
        return {
            "number": case.number,
            "category": category.name if category else case.category,
            "categoryEn": (category.name_en or category.name) if category else case.category,
            "area": area,
            "areaEn": area_en,
            "closedAt": None if case.closed_at is None else rfc3339(case.closed_at),
            "given": case.unhappy is not None,
        }


async def _body(request: Request) -> bytes:
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MAX_BODY:
            raise ValueError(f"a rating has at most {MAX_BODY} bytes")
    if nul_in(bytes(taken)):
        raise ValueError(SAID)
    return bytes(taken)
