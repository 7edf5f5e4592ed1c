"""Answers to requests that are known by their bytes, given before anything is read.

Who keeps them says so here (`api/graphql/hot.py`), as there is one server in a process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WHOLE: Final = "quanke.request"
"""In the state of a request's scope: its bytes, where it came as one piece and its connection
goes on."""

Answering = Callable[[bytes], tuple[bytes, bytes] | None]
"""From a request's bytes to the lines of a head and a body; None: it has to be read."""


def _none(_request: bytes) -> None:
    return None


@dataclass(slots=True)
class Answers:
    """Where the server asks."""

    find: Answering = _none


ANSWERS: Final = Answers()
