"""Requests whose head has come before, the same to the byte: answered without being parsed again.

A client that asks again and again on its connections sends the same head each time, but for the
length of what follows. Parsing it, and the ways of the server below and above it, took a fifth of
the process's time for one case. So a head that the parser has read once is known by its bytes,
with its length taken out; nothing is believed for it that is not asked anew for each request, the
token least of all.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from api.auth.tokens import token_in

KNOWN: Final = 1_024
DIGITS: Final = 9
"""A length has so many at most."""
_LENGTH: Final = re.compile(rb"\r\n[Cc]ontent-[Ll]ength:[ \t]*(\d{1,%d})[ \t]*\r\n" % DIGITS)
_END: Final = b"\r\n\r\n"
UNUSUAL: Final = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"dpop"})
"""With one of these in it a head is always read by the parser; a proof is new each time."""


class Parts(NamedTuple):
    """A request in one piece: its head before the length and after it, and its body."""

    before: bytes
    after: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What the parser has made of a head, in full and by name; what it asks for, and from where."""

    scope: Mapping[str, Any]
    headers: Mapping[bytes, bytes]
    media_type: str
    address: str
    token: str | None
    """What its bearer shows; None for nobody, or for who comes otherwise."""


def parts(request: bytes) -> Parts | None:
    """Return the parts of bytes that are one whole request with a length, None for any other."""
    end = request.find(_END)
    found = _LENGTH.search(request, 0, end + 2) if end >= 0 else None
    if found is None or len(request) != end + len(_END) + int(found[1]):
        return None
    body = end + len(_END)
    return Parts(request[: found.start(1)], request[found.end(1) : body], request[body:])


class Last(NamedTuple):
    """The head that came last: mostly the next one is the same but for the length in it."""

    peer: str
    before: bytes
    after: bytes
    head: Head

    def body(self, request: bytes, peer: str) -> bytes | None:
        """Return the body of one whole request with this head, None for any other."""
        if peer != self.peer or not request.startswith(self.before):
            return None
        begin = len(self.before)
        end = request.find(b"\r", begin, begin + DIGITS + 1)
        if end < 0 or not request.startswith(self.after, end):
            return None
        length, body = request[begin:end], request[end + len(self.after) :]
        return body if length.isdigit() and int(length) == len(body) else None


@dataclass(slots=True)
class Heads:
    """The heads known to one door by their sender, the latest used.

    By their sender, as a proxy is believed about whom it names, and another is not.
    """

    _known: OrderedDict[tuple[str, bytes, bytes], Head] = field(default_factory=OrderedDict)
    _last: Last | None = None

    def find(self, request: bytes, peer: str) -> tuple[Head, bytes] | None:
        """Return what a request's head says, and its body; None where it has to be read."""
        last = self._last
        body = None if last is None else last.body(request, peer)
        if last is not None and body is not None:
            return last.head, body
        found = parts(request)
        if found is None:
            return None
        key = (peer, found.before, found.after)
        head = self._known.get(key)
        if head is None:
            return None
        self._known.move_to_end(key)
        self._last = Last(*key, head)
        return head, found.body

    def note(
        self, request: bytes, peer: str, scope: Mapping[str, Any], media_type: str, address: str
    ) -> None:
        """Take note of a head that the parser has read as this scope."""
        headers = scope["headers"]
        names = [name for name, _ in headers]
        found = parts(request)
        if found is None or names.count(b"content-length") != 1 or not UNUSUAL.isdisjoint(names):
            return
        said, by_name = {name: scope[name] for name in ("method", "path", "headers")}, dict(headers)
        token = token_in(by_name.get(b"authorization", b"").decode("latin-1"))
        self._known[peer, found.before, found.after] = Head(
            said, by_name, media_type, address, token
        )
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)
