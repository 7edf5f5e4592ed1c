"""Answers to requests that are known by their bytes, given before anything is read.

The application that is served says who keeps them (`api/graphql/hot.py`, `api/graphql/view.py`), as
its `answers`. One that is wrapped in another has none: what stands in between sees every request.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

import msgspec

WHOLE: Final = "quanke.request"
"""In the state of a request's scope: its bytes, where it came as one piece and its connection
goes on."""


class Said(msgspec.Struct, frozen=True):
    """An answer as it goes back: its status, the lines of its head, its body."""

    status: int
    head: bytes
    body: bytes


PEER: Final = "quanke.peer"
"""Beside it: the address at the other end of the connection, whomever a proxy there names."""

Answering = Callable[[bytes], tuple[bytes, bytes] | None]
"""From a request's bytes to the lines of a head and a body; None: it has to be read."""
Begun = Callable[[], Coroutine[Any, Any, Said]]
Beginning = Callable[[bytes, str], Begun | None]
"""From a request's bytes and its sender to what answers it, where its head is known: then it is
whole, as the one was that its head is known from."""


def _none(_request: bytes) -> None:
    return None


def _never(_request: bytes, _peer: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Answers:
    """Whom the server asks first."""

    find: Answering = _none
    begin: Beginning = _never


NOTHING_KNOWN: Final = Answers()
