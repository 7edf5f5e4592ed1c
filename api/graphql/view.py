"""The HTTP door of GraphQL: JSON in, JSON out, nothing else.

POST takes application/json only, which a foreign page can't send without asking first;
GET answers queries, never mutations. A caller that accepts the newer media type
`application/graphql-response+json` gets its status codes, others always 200.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.auth.tokens import InvalidToken
from api.graphql.context import Context
from api.graphql.engine import Engine, InvalidDocument, Operation
from api.graphql.errors import formatted
from api.graphql.limits import MAX_BODY
from api.platform import Platform

JSON: Final = "application/json"
NEWER: Final = "application/graphql-response+json"


class Refused(Exception):
    """The request is not GraphQL over HTTP; a status and a message for its author."""

    def __init__(self, status: HTTPStatus, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class GraphQLView:
    """Answers POST and GET /graphql."""

    def __init__(self, engine: Engine, platform: Platform) -> None:
        self._engine = engine
        self._platform = platform

    async def __call__(self, request: Request) -> Response:
        """Return the response to one request; never raises for what a caller did."""
        newer = NEWER in request.headers.get("accept", "")
        try:
            asked = await _asked(request)
            context = Context(self._platform, self._identity(request))
            operation = self._prepare(asked, request.method)
        except Refused as refused:
            return _refused(refused)
        except InvalidDocument as invalid:
            errors = formatted(invalid.errors, "")
            return _json({"errors": errors}, newer, HTTPStatus.BAD_REQUEST)
        answer = await self._engine.run(operation, asked.get("variables"), context)
        return _json(answer, newer, HTTPStatus.OK, context.request_id)

    def _identity(self, request: Request) -> Any:
        try:
            return self._platform.tokens.bearer(request.headers.get("authorization"))
        except InvalidToken as error:
            raise Refused(HTTPStatus.UNAUTHORIZED, str(error), "UNAUTHENTICATED") from None

    def _prepare(self, asked: Mapping[str, Any], method: str) -> Operation:
        operation = self._engine.prepare(asked["query"], asked.get("operationName"))
        if operation.kind is OperationType.SUBSCRIPTION:
            raise InvalidDocument(
                [GraphQLError("subscriptions go over a WebSocket: graphql-transport-ws")]
            )
        if method == "GET" and operation.kind is not OperationType.QUERY:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "a mutation is a POST")
        return operation


async def _asked(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        asked: Any = dict(request.query_params)
        if "variables" in asked:
            asked["variables"] = _loads(asked["variables"].encode())
    else:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}")
        asked = _loads(await _body(request))
    return _shaped(asked)


def _shaped(asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "send one object with query and variables")
    if not isinstance(asked.get("query"), str):
        raise Refused(HTTPStatus.BAD_REQUEST, "query is missing")
    for name, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
        if not isinstance(asked.get(name), kind | None):
            raise Refused(HTTPStatus.BAD_REQUEST, f"{name} is of the wrong type")
    return asked


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(HTTPStatus.BAD_REQUEST, "this is not JSON") from None


async def _body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise Refused(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {MAX_BODY} bytes"
                )
            chunks.append(chunk)
    except ClientDisconnect:
        raise Refused(HTTPStatus.BAD_REQUEST, "the request was cut short") from None
    return b"".join(chunks)


def _refused(refused: Refused) -> Response:
    error = {"message": str(refused), "extensions": {"code": refused.code}}
    headers = {"allow": "POST"} if refused.status is HTTPStatus.METHOD_NOT_ALLOWED else None
    return Response(
        orjson.dumps({"errors": [error]}), refused.status, headers=headers, media_type=JSON
    )


def _json(
    answer: dict[str, Any], newer: bool, status: HTTPStatus, request_id: str | None = None
) -> Response:
    headers = {"x-request-id": request_id} if request_id else None
    return Response(
        orjson.dumps(answer),
        status if newer else HTTPStatus.OK,
        headers=headers,
        media_type=NEWER if newer else JSON,
    )
