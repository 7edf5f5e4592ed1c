"""Relay connections by keyset: no offsets, so a page costs the same wherever it starts.

A cursor is the sort key of its row and the row's own key, opaque to the caller. It
carries no right: scope is applied to every page anew.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import orjson
import strawberry

from api.graphql.errors import BadInput
from api.text import nul_in

MAX_PAGE: Final = 100
MAX_CASES: Final = 1_000
"""The largest page of cases: their rows are plain, and the cost of so many is counted."""
Keyset = tuple[Any, ...]
C = TypeVar("C")


@strawberry.type(description="Where a page stands between its neighbours (Relay).")
class PageInfo:
    """Relay's page info; pages go forward only."""

    has_next_page: bool = strawberry.field(description="Whether more follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page has an `after`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


def page_size(first: int, largest: int = MAX_PAGE) -> int:
    """Return a page's size. Raises BadInput outside 1 to the largest."""
    if not 1 <= first <= largest:
        raise BadInput(f"first is 1 to {largest}")
    return first


def encode_cursor(kind: str, key: Keyset) -> str:
    """Return the cursor of a row in a list of a kind (its order is part of the kind)."""
    return urlsafe_b64encode(orjson.dumps([kind, *key])).decode().rstrip("=")


def decode_cursor(kind: str, cursor: str | None) -> Keyset | None:
    """Return the key a cursor stands for, None for none. Raises BadInput."""
    if cursor is None:
        return None
    found, key = _opened(cursor)
    if found != kind:
        raise BadInput("after is a cursor of another list, another order or another moment")
    return key


def cursor_kind(cursor: str) -> str:
    """Return the kind of list a cursor belongs to. Raises BadInput."""
    return _opened(cursor)[0]


def _opened(cursor: str) -> tuple[str, Keyset]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = urlsafe_b64decode(padded.encode("ascii"))
        kind, *key = [] if nul_in(raw) else orjson.loads(raw)
    except (Base64Error, ValueError, TypeError):
        raise BadInput("after is not a cursor of this list") from None
    return str(kind), tuple(key)


class EdgeLike(Protocol):
    """An edge of any connection."""

    cursor: str
    node: Any


def connected(
    kind: Callable[..., C], edges: Sequence[EdgeLike], more: bool, after: str | None, **beside: Any
) -> C:
    """Return a connection over the edges of one page; `more`: whether others follow."""
    return kind(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], more, after),
        **beside,
    )


def page_info(cursors: list[str], has_next: bool, after: str | None) -> PageInfo:
    """Return the page info over the cursors of one page."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
