"""Answers of the small JSON doors: what was asked for, or what went wrong, never cached."""

from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.responses import Response

PRIVATE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
JSON: Final = "application/json"


def json_answer(told: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer for its asker alone."""
    return Response(orjson.dumps(told), status, headers=PRIVATE, media_type=JSON)


def problem(
    status: HTTPStatus, code: str, message: str, more: dict[str, str] | None = None
) -> Response:
    """Return an error in the form that GraphQL has: a code for programs, words for people."""
    told = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(orjson.dumps(told), status, headers=PRIVATE | (more or {}), media_type=JSON)
