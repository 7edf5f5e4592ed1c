"""What an HTTP request wants to follow: a feed by name, or a subscription of its own.

Read alike by the event stream and the long poll. The position to go on after is the
browser's `Last-Event-ID`, else `after` in the address, else the document's own argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any, Final

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response

from api.auth.proof import InvalidProof
from api.auth.tokens import InvalidToken
from api.graphql.access import gate, registered_only
from api.graphql.charging import charge, charge_text
from api.graphql.context import Context
from api.graphql.engine import Engine, InvalidDocument, Operation
from api.graphql.errors import ApiError, BadInput, TooMuch, Unauthenticated, formatted
from api.graphql.limits import MAX_BODY
from api.graphql.live.feeds import FEEDS
from api.http.address import address_of
from api.http.caller import caller, refusal, token_of
from api.platform import Platform
from api.text import SAID, nul_in

STATUS: Final[Mapping[str, HTTPStatus]] = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "FORBIDDEN": HTTPStatus.FORBIDDEN,
    "NOT_FOUND": HTTPStatus.NOT_FOUND,
    "THROTTLED": HTTPStatus.TOO_MANY_REQUESTS,
    "UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
}


class NoSuchFeed(ApiError):
    """There is no feed of this name."""

    code = "NOT_FOUND"


class Unproved(Unauthenticated):
    """A display's token came without a proof of its key that holds (RFC 9449)."""

    def __init__(self, code: str, words: str, headers: Mapping[str, str]) -> None:
        super().__init__(words)
        self.code = code
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Asked:
    """One subscription that somebody may have."""

    text: str
    operation: Operation
    variables: Mapping[str, Any]
    context: Context
    after: str | None
    named: bool
    token: str | None


async def asked(request: Request, engine: Engine, platform: Platform) -> Asked:
    """Return what a request asks for. Raises ApiError, InvalidDocument."""
    context = Context(platform, _identity(request, platform), address=address_of(request.scope))
    name = request.path_params.get("name")
    if name is None:
        text, operation_name, variables = await _document(request)
    elif name in FEEDS:
        feed = FEEDS[name]
        text, operation_name, variables = feed.text, None, feed.variables(request.query_params)
    else:
        raise NoSuchFeed(f"there is no feed {name}; there are: {', '.join(FEEDS)}")
    limited = name is None and platform.registered_only and registered_only(context.actor)
    if not limited:
        charge_text(text, engine.documents, context)
    operation = engine.prepare(text, operation_name, registered_only=limited)
    if operation.kind is not OperationType.SUBSCRIPTION:
        raise InvalidDocument([GraphQLError("only a subscription can be followed")])
    gate(operation.kind, operation.fields, context.actor)
    charge(operation, variables, context)
    after = request.headers.get("last-event-id") or request.query_params.get("after")
    token = token_of(request)
    return Asked(text, operation, variables, context, after, name is not None, token)


def _identity(request: Request, platform: Platform) -> Any:
    try:
        return caller(platform.tokens, request)
    except InvalidProof as error:
        raise Unproved(*refusal(platform.tokens, error)) from None
    except InvalidToken as error:
        raise Unauthenticated(str(error)) from None


async def _document(request: Request) -> tuple[str, str | None, Mapping[str, Any]]:
    given = dict(request.query_params) if request.method == "GET" else await _body(request)
    variables = given.get("variables") or {}
    if isinstance(variables, str):
        variables = _json(variables.encode())
    query, name = given.get("query"), given.get("operationName")
    if not isinstance(query, str) or not isinstance(name, str | None):
        raise BadInput("query is missing")
    if not isinstance(variables, dict):
        raise BadInput("variables is an object")
    return query, name, variables


async def _body(request: Request) -> Mapping[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadInput("send application/json")
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise BadInput(f"a request has at most {MAX_BODY} bytes")
    found = _json(raw)
    if not isinstance(found, dict):
        raise BadInput("send one object with query and variables")
    return found


def _json(raw: bytes) -> Any:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadInput("this is not JSON") from None
    if nul_in(raw):
        raise BadInput(SAID)
    return found


def refused(error: ApiError | InvalidDocument | GraphQLError) -> Response:
    """Return the response that says why there is nothing to follow."""
    if isinstance(error, InvalidDocument):
        errors, status = error.errors, HTTPStatus.BAD_REQUEST
    elif isinstance(error, ApiError):
        errors = [GraphQLError(str(error), original_error=error)]
        status = STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
        if isinstance(error, Unproved):
            status = HTTPStatus.UNAUTHORIZED
    else:
        errors, status = [error], HTTPStatus.BAD_REQUEST
    body = orjson.dumps({"errors": formatted(errors, "")})
    wait_s = ceil(error.retry_after_s) if isinstance(error, TooMuch) else 0
    headers = {"retry-after": str(wait_s)} if wait_s else {}
    if isinstance(error, Unproved):
        headers |= error.headers
    return Response(body, status, headers, media_type="application/json")
