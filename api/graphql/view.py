"""The HTTP door of GraphQL: JSON in, JSON out, nothing else. A bare ASGI application.

POST takes application/json only, which a foreign page can't send without asking first;
GET answers queries, never mutations. The Accept header chooses the media type: with
`application/graphql-response+json` a request that fails as a whole has a status that says
so, with `application/json` it is always 200. Whatever nobody foresaw is masked behind a
request id.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from math import ceil
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import msgspec
import orjson
import structlog
from graphql import GraphQLError, OperationType
from starlette.types import Receive, Scope, Send

from api.auth.tokens import ANONYMOUS, Identity, InvalidToken
from api.graphql.access import STOCK, registered_only
from api.graphql.asked import Asked, Gone, Refused, asked_in, asked_of
from api.graphql.charging import charge, charge_text
from api.graphql.context import Context
from api.graphql.documents import InvalidDocument, Operation, invalid
from api.graphql.engine import Engine
from api.graphql.errors import MASKED, ApiError, BadInput, TooMuch, Unavailable, formatted
from api.graphql.hot import Hot, Known, may_be_known
from api.graphql.limits import MAX_BODY
from api.graphql.measured import OPERATIONS
from api.graphql.negotiation import JSON, NEWER, Headers, media_type, same_origin
from api.graphql.results import Answer
from api.graphql.scalars import parse_position
from api.http.address import address_of
from api.http.caller import caller_of, refusal
from api.http.heads import Head, Heads
from api.http.known import PEER, WHOLE, Begun, Said
from api.http.shedding import LOAD
from api.platform import Platform
from projections import tracing

LOG: Final = structlog.get_logger("quanke.graphql")
STATUS: Final[Mapping[str, HTTPStatus]] = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "FORBIDDEN": HTTPStatus.FORBIDDEN,
    "DOCUMENT_NOT_REGISTERED": HTTPStatus.FORBIDDEN,
    "UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
    "INTERNAL": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Of an operation that came to nothing, by the code of its first error; 400 for the rest."""


PATIENCE_MS: Final = 5_000
"""How long a request may wait for its `minPosition`."""


WAY: Final = b"x-execution"
STOCK_WAY, USUAL_WAY = b"stock", b"usual"


class Came(msgspec.Struct, frozen=True):
    """How a request has come: its scope and headers, the media type it wants, and from where.

    `whole` are its bytes, where it came as one piece and its connection goes on.
    """

    scope: Mapping[str, Any]
    headers: Headers
    media_type: str
    address: str
    whole: bytes | None
    token: str | None = None
    """Its bearer's token, where the head has come before."""


class Reply(msgspec.Struct, frozen=True):
    """What goes back."""

    status: HTTPStatus
    body: bytes
    media_type: str = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = self._all()
        start = {"type": "http.response.start", "status": int(self.status), "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})

    def said(self) -> Said:
        """Return it as bytes."""
        lines = b"".join([b"%b: %b\r\n" % one for one in self.headers])
        if self.status is not HTTPStatus.NOT_MODIFIED:
            told = lines, _TYPES[self.media_type], len(self.body)
            lines = b"%bcontent-type: %b\r\ncontent-length: %d\r\n" % told
        return Said(self.status, lines, self.body)

    def _all(self) -> list[tuple[bytes, bytes]]:
        headers = [*self.headers]
        if self.status is not HTTPStatus.NOT_MODIFIED:
            headers.append((b"content-type", _TYPES[self.media_type]))
            headers.append((b"content-length", b"%d" % len(self.body)))
        return headers


_TYPES: Final = {
    JSON: b"application/json; charset=utf-8",
    NEWER: b"application/graphql-response+json; charset=utf-8",
}


class GraphQLView:
    """Answers POST and GET /graphql."""

    def __init__(self, engine: Engine, platform: Platform, hot: Hot) -> None:
        self._engine = engine
        self._platform = platform
        self._hot = hot
        self._heads = Heads()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; never raises for what a caller did."""
        try:
            came, asked = await self._read(scope, receive)
            reply = await self._answered(came, asked)
        except Gone:
            return
        except Exception as error:  # the edge: nobody sees a trace
            reply = _sorry(error)
        await reply.send(send)

    def begin(self, request: bytes, peer: str) -> Begun | None:
        """Return what answers a request whose head is known, None where it has to be parsed.

        It never raises for what a caller did either.
        """
        found = self._heads.find(request, peer) if tracing.active is None else None  # else a span
        if found is None or len(found[1]) > MAX_BODY:
            return None
        return partial(self._said, *found, request)

    async def _said(self, head: Head, body: bytes, request: bytes) -> Said:
        came = Came(head.scope, head.headers, head.media_type, head.address, request, head.token)
        try:
            reply = await self._answered(came, asked_in(body))
        except Exception as error:  # the edge here too
            reply = _sorry(error)
        return reply.said()

    async def _read(self, scope: Scope, receive: Receive) -> tuple[Came, Asked]:
        headers: Headers = dict(scope["headers"])
        kind = media_type(headers.get(b"accept", b"").decode("latin-1"))
        if kind is None:
            raise Refused(HTTPStatus.NOT_ACCEPTABLE, f"we answer in {JSON} or {NEWER}")
        asked = await asked_of(scope, headers, receive)
        state, address = scope.get("state", {}), address_of(scope)
        whole = state.get(WHOLE)
        if whole is not None:
            self._heads.note(whole, state[PEER], scope, kind, address)
        return Came(scope, headers, kind, address, whole), asked

    async def _answered(self, came: Came, asked: Asked) -> Reply:
        headers, kind = came.headers, came.media_type
        identity = self._identity(came)
        context = Context(self._platform, identity, address=came.address)
        try:
            operation = self._prepare(asked, came.scope["method"], context)
            charged = charge(operation, asked.variables, context)
            await _reached(asked.extensions, self._platform, came.whole)
        except InvalidDocument as failure:
            return _failed(formatted(failure.errors, context.request_id), kind, context)
        except ApiError as error:
            return _charged_too_much(error, kind, context)
        way = self._way(headers, context)
        began = perf_counter()
        answer = await self._engine.answer(
            operation, asked.variables, context, stock=way == STOCK_WAY
        )
        name = self._engine.documents.name_of(operation)
        took_s = perf_counter() - began
        OPERATIONS.seconds[name, operation.said].add(took_s)
        if answer.code is not None:
            OPERATIONS.refused[answer.code] += 1
        cost = charged.settle(answer.spent) if charged is not None else None
        if way is not None:
            return _answer(answer, kind, context, cost, ((WAY, way),))
        if came.whole is not None and answer.key is not None:
            self._note(came, asked, operation, context, took_s)
        if came.scope["method"] == "GET" and answer.key is not None:
            return _conditional(answer, headers, kind, context, cost)
        return _answer(answer, kind, context, cost)

    def _way(self, headers: Headers, context: Context) -> bytes | None:
        """Return which way an answer is made, said with it, for whoever asks for one; else None."""
        if headers.get(WAY) is None:
            return None
        heard = self._platform.stock_for_all or context.actor.role in STOCK
        return STOCK_WAY if heard and headers[WAY] == STOCK_WAY else USUAL_WAY

    def _note(
        self, came: Came, asked: Asked, operation: Operation, context: Context, took_s: float
    ) -> None:
        """Take note of a request that may come again, the same to the byte."""
        given, request = came.headers.get(b"authorization"), came.whole
        if (
            given is None
            or request is None
            or not may_be_known(operation, context.identity, asked.extensions)
        ):
            return
        self._hot.note(
            request, took_s,
            lambda: Known(
                operation, asked.variables, context.identity, given.decode("latin-1"),
                _TYPES[came.media_type], operation.cost.asked(asked.variables),
            ),
        )  # fmt: skip

    def _identity(self, came: Came) -> Identity:
        """Return who asks. A cookie speaks only for a page of our own (`same_origin`)."""
        headers, tokens = came.headers, self._platform.tokens
        given = headers.get(b"authorization")
        if given is None and b"cookie" in headers and not same_origin(headers):
            return ANONYMOUS
        try:
            if came.token is not None:
                return tokens.read(came.token)
            return caller_of(tokens, came.scope, headers)
        except InvalidToken as error:
            code, words, more = refusal(self._platform.tokens, error)
            raise Refused(HTTPStatus.UNAUTHORIZED, words, code, more) from None

    def _prepare(self, asked: Asked, method: str, context: Context) -> Operation:
        limited = self._platform.registered_only and registered_only(context.actor)
        if not limited:
            charge_text(asked.query, self._engine.documents, context)
        operation = self._engine.documents.operation(
            asked.query, asked.document_id, asked.operation, registered_only=limited
        )
        if operation.kind is OperationType.SUBSCRIPTION:
            raise invalid("subscriptions go over a WebSocket: graphql-transport-ws", "BAD_REQUEST")
        if method == "GET" and operation.kind is not OperationType.QUERY:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "a mutation is a POST")
        return operation


def _answer(
    answer: Answer,
    kind: str,
    context: Context,
    cost: bytes | None,
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> Reply:
    status = HTTPStatus.OK
    if kind == NEWER and answer.code is not None:
        status = STATUS.get(answer.code, HTTPStatus.BAD_REQUEST)
    headers = ((b"x-request-id", context.request_id.encode()), *more)
    return Reply(status, answer.whole(cost), kind, headers)


def _conditional(
    answer: Answer, headers: Headers, kind: str, context: Context, cost: bytes | None
) -> Reply:
    """Return the answer under its tag, or only the word that the caller has it already."""
    etag = answer.etag
    assert etag is not None
    more = (
        (b"etag", etag),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"accept, authorization"),
    )
    if etag in headers.get(b"if-none-match", b"").split(b", "):
        return Reply(HTTPStatus.NOT_MODIFIED, b"", kind, more)
    return _answer(answer, kind, context, cost, more)


def _failed(errors: Any, kind: str, context: Context) -> Reply:
    code = errors[0]["extensions"]["code"]
    OPERATIONS.refused[code] += 1
    body = orjson.dumps({"errors": errors})[:-1]
    return _answer(Answer(body, None, 1, code), kind, context, None)


def _charged_too_much(error: ApiError, kind: str, context: Context) -> Reply:
    wrapped = GraphQLError(str(error), original_error=error)
    reply = _failed(formatted([wrapped], context.request_id), kind, context)
    if not isinstance(error, TooMuch):
        return reply
    wait = str(ceil(error.retry_after_s)).encode()
    return msgspec.structs.replace(
        reply,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers=(*reply.headers, (b"retry-after", wait)),
    )


async def _reached(
    extensions: Mapping[str, Any], platform: Platform, request: bytes | None
) -> None:
    """Wait until the read models show what the caller has written: `minPosition`.

    Raises Unavailable when they do not within `timeoutMs`, BadInput for what is neither.
    """
    if "minPosition" not in extensions:
        return
    timeout_ms = extensions.get("timeoutMs", PATIENCE_MS)
    try:
        position = parse_position(extensions["minPosition"])
    except GraphQLError as error:
        raise BadInput(f"minPosition: {error}") from None
    if not isinstance(timeout_ms, int) or not 0 <= timeout_ms <= PATIENCE_MS:
        raise BadInput(f"timeoutMs is 0 to {PATIENCE_MS}")
    if platform.applied() >= position:
        return
    with LOAD.stepping_aside(request):
        reached = await platform.reached(position, timeout_ms / 1_000)
    if not reached:
        raise Unavailable(f"position {position} is not read yet; try again")


def _sorry(error: Exception) -> Reply:
    return _refused(error) if isinstance(error, Refused) else _masked(error)


def _refused(refused: Refused) -> Reply:
    OPERATIONS.refused[refused.code] += 1
    error = {"message": str(refused), "extensions": {"code": refused.code}}
    allow = refused.status is HTTPStatus.METHOD_NOT_ALLOWED
    more = {"allow": "POST"} if allow else refused.more
    headers = tuple((name.encode(), value.encode()) for name, value in more.items())
    return Reply(refused.status, orjson.dumps({"errors": [error]}), headers=headers)


def _masked(unforeseen: Exception) -> Reply:
    request_id = uuid4().hex
    LOG.error("unforeseen", request_id=request_id, exc_info=unforeseen)
    error = {"message": MASKED, "extensions": {"code": "INTERNAL", "requestId": request_id}}
    headers = ((b"x-request-id", request_id.encode()),)
    return Reply(
        HTTPStatus.INTERNAL_SERVER_ERROR, orjson.dumps({"errors": [error]}), headers=headers
    )
