"""What a request asks: its parameters, from a body or an address, or why it asks nothing."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import orjson
from starlette.types import Receive, Scope

from api.graphql.limits import MAX_BODY
from api.graphql.negotiation import JSON, Headers, is_json
from api.text import SAID, nul_in


class Refused(Exception):
    """The request is not GraphQL over HTTP; a status and a message for its author."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        code: str = "BAD_REQUEST",
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.more = more


class Gone(Exception):
    """The caller did not wait: there is nobody to answer."""


class Asked(msgspec.Struct, frozen=True):
    """The parameters of one request."""

    query: str | None
    document_id: str | None
    operation: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


async def asked_of(scope: Scope, headers: Headers, receive: Receive) -> Asked:
    """Return what a request asks. Raises Refused, Gone."""
    if scope["method"] == "GET":
        raw: Any = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        for name in ("variables", "extensions"):
            if name in raw:
                raw[name] = _loads(raw[name].encode())
    else:
        if not is_json(headers.get(b"content-type", b"").decode("latin-1")):
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON}")
        raw = _loads(await _body(receive))
    return _shaped(raw)


def asked_in(body: bytes) -> Asked:
    """Return what the body of a POST asks. Raises Refused."""
    return _shaped(_loads(body))


def _shaped(raw: Any) -> Asked:
    if not isinstance(raw, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "send one object with query and variables")
    text, identity = raw.get("query"), raw.get("documentId")
    variables = raw.get("variables")
    if len(raw) == 2 and text.__class__ is str and variables.__class__ is dict:
        return Asked(text, None, None, variables, {})  # nearly every request
    if text is None and identity is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "query is missing, and so is documentId")
    for name, kind in _SHAPES:
        if not isinstance(raw.get(name), kind):
            raise Refused(HTTPStatus.BAD_REQUEST, f"{name} is of the wrong type")
    return Asked(
        text,
        identity,
        raw.get("operationName"),
        variables or {},
        raw.get("extensions") or {},
    )


_SHAPES: Final = tuple(
    (name, (kind, type(None)))
    for name, kind in (
        ("query", str), ("documentId", str), ("variables", dict), ("operationName", str),
        ("extensions", dict),
    )
)  # fmt: skip


def _loads(raw: bytes) -> Any:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(HTTPStatus.BAD_REQUEST, "this is not JSON") from None
    if nul_in(raw):
        raise Refused(HTTPStatus.BAD_REQUEST, SAID, "BAD_INPUT")
    return found


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {MAX_BODY} bytes"
            )
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
