"""What the doors under /auth/ have in common: what they take, and the answers they give.

Everything is JSON, which no form of another site can send.
"""

from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import Identity
from api.auth.sessions import Session
from api.auth.tokens import InvalidToken, Tokens
from api.http.answers import json_answer, problem
from api.http.caller import caller
from api.text import SAID, nul_in
from domain.account.state import Grant
from domain.actor import Role

MAX_BODY: Final = 4 * 1024
T = TypeVar("T", bound="Said")


class Said(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A body of this door."""


class Unread(Exception):
    """The body is not what this door takes."""


async def read(request: Request, kind: type[T]) -> T:
    """Return the body as what this door takes. Raises Unread."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Unread("send application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Unread("that is too long")
    try:
        found = msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise Unread(str(error)) from None
    if nul_in(body):
        raise Unread(SAID)
    return found


def somebody(tokens: Tokens, request: Request) -> Identity:
    """Return who sends a request. Raises InvalidToken, also where it is anybody."""
    who = caller(tokens, request)
    if who.actor.role is Role.PUBLIC:
        raise InvalidToken("this needs a token")
    return who


def begun(session: Session) -> Response:
    """Return a session's token, and what it opens."""
    return json_answer(told(session))


def told(session: Session) -> dict[str, Any]:
    """Return what is told of a session; the other roles of its account as well."""
    return {
        "token": session.token, "expiresIn": session.expires_in_s,
        **_role(session.grant), "others": [_role(one) for one in session.others],
    }  # fmt: skip


def _role(grant: Grant) -> dict[str, str | None]:
    return {"role": grant.role, "scope": grant.scope, "unit": grant.unit}


def bad(unread: Unread) -> Response:
    """Return the refusal of a body."""
    return problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", str(unread))


def no_role() -> Response:
    """Return the refusal of an account that may not sign in as asked."""
    return problem(HTTPStatus.FORBIDDEN, "ROLE_NOT_ALLOWED", "this account has no such role now")


def slower(wait_s: int) -> Response:
    """Return the refusal of one who asks too often."""
    return problem(
        HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "too many attempts; wait",
        {"retry-after": str(wait_s)},
    )  # fmt: skip
