"""The two forms of every answer. The interface's XML names what its JSON leaves unnamed.

A list in an answer is a `Listed`: its XML wraps each item in an element of its own name.
Nothing becomes null in JSON and an empty element in XML.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson
from starlette.responses import Response

FORMATS: Final = ("json", "xml")
TYPES: Final = {"json": "application/json", "xml": "text/xml"}
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 can't say, not even escaped."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Several items under the name of one."""

    item: str
    items: Sequence[Any]


def answer(root: str, value: Any, form: str, status: int = 200) -> Response:
    """Return a response in one of the two forms; `root` is the outermost XML element."""
    body = orjson.dumps(_plain(value)) if form == "json" else document(root, value)
    return Response(body, status, media_type=TYPES[form], headers={"cache-control": "no-cache"})


def failed(code: int, description: str, form: str) -> Response:
    """Return the interface's form of an error."""
    error = {"code": code, "description": description}
    return answer("errors", Listed("error", [error]), form, code)


def document(root: str, value: Any) -> bytes:
    """Return a value as an XML document."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, value)}\n'.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Listed):
        return [_plain(item) for item in value.items]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _element(name: str, value: Any) -> str:
    inner = _inner(value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _inner(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Listed():
            return "".join(_element(value.item, item) for item in value.items)
        case Mapping():
            return "".join(_element(name, item) for name, item in value.items())
        case _:
            return escape(FORBIDDEN.sub("", str(value)))
