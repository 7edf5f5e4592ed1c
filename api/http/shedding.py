"""Overload: what is too much is answered at once, cheaply, with when to come back.

Counted are the GraphQL requests being answered. Reports (mutations) come before queries: they
are begun as they come, while of the queries a few are answered at a time, fewer while reports
crowd, and others stand in line (`line.py`) if their answer will be in time. A request that finds
no room costs a look at its bytes and one write, before it is parsed, so that ten times the load
leaves nearly all of the processor to those who are let in.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import Enum, StrEnum, auto
from itertools import cycle
from typing import Final

from api.http.line import Line

MAX_REPORTS: Final = 192
PLACES: Final = 16
"""So many queries are answered at a time: enough to keep processor and database busy, and no more
than a report can bear beside it, which waits a moment for each of them again and again."""
CROWDED: Final = 24
"""With so many reports at once, queries have a FEW places only."""
FEW: Final = 4
MAX_ASIDE: Final = 128
"""So many queries may wait for what they want to see."""
POST: Final = b"POST /graphql "
LENGTH: Final = b"content-length:"
LINE: Final = b"\r\n" + LENGTH
CODING: Final = b"transfer-encoding"
DIGITS: Final = 10
DOCUMENT: Final = b'"documentId":"'
ID_BYTES: Final = len("sha256:") + 64
BODY: Final = (
    b'{"errors":[{"message":"too much to do; try again in a moment",'
    b'"extensions":{"code":"OVERLOADED"}}]}'
)


def _reply(wait_s: int) -> bytes:
    head = (
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\n"
        f"retry-after: {wait_s}\r\ncontent-length: {len(BODY)}\r\n\r\n"
    )
    return head.encode() + BODY


REPLIES: Final = cycle([_reply(wait_s) for wait_s in (1, 2, 3, 4)])
"""Spread, so that those who are sent away do not come back together."""


class Kind(StrEnum):
    """What a request is, as far as its bytes tell."""

    REPORT = "report"
    QUERY = "query"


class Admission(Enum):
    """What becomes of a request that has come."""

    BEGINS = auto()
    STANDS = auto()
    AWAY = auto()


class Load:
    """How many requests of each kind are being answered, who waits, and what was sent away."""

    def __init__(self, mutations: Collection[bytes] = (), line: Line | None = None) -> None:
        self.now = {Kind.REPORT: 0, Kind.QUERY: 0}
        self.aside = 0
        self.line = Line() if line is None else line
        self.shed = {Kind.REPORT: 0, Kind.QUERY: 0}
        """Those who were sent away at once; plain numbers, as each takes part of a processor."""
        self.stood = 0
        """Queries that were sent away after having stood in line."""
        self.mutations = mutations
        """Ids of documents that are known to be mutations."""

    def kind(self, request: bytes) -> Kind:
        """Return the kind of a request, by its bytes."""
        if b"mutation" in request:
            return Kind.REPORT
        at = request.find(DOCUMENT)
        if at >= 0 and self.mutations:
            start = at + len(DOCUMENT)
            if request[start : start + ID_BYTES] in self.mutations:
                return Kind.REPORT
        return Kind.QUERY

    def admission(self, kind: Kind) -> Admission:
        """Tell what becomes of one more of a kind."""
        now = self.now[kind]
        if kind is Kind.REPORT:
            return Admission.BEGINS if now < MAX_REPORTS else Admission.AWAY
        if self.aside >= MAX_ASIDE:
            return Admission.AWAY
        if now < self._places() and not self.line:
            return Admission.BEGINS
        return Admission.STANDS if self.line.is_worth(now) else Admission.AWAY

    def begin(self, kind: Kind) -> None:
        """Count one that is let in."""
        self.now[kind] += 1

    def end(self, kind: Kind) -> None:
        """Count one that was answered, or whose caller has gone, and let in who is next."""
        self.now[kind] -= 1
        if kind is Kind.QUERY:
            self.line.moved()
        self._fill()

    @contextmanager
    def stepping_aside(self, request: bytes | None) -> Iterator[None]:
        """Give one's place away while one waits for something that is no work.

        For a request that has one, by its bytes; others have none to give.
        """
        if request is None or self.kind(request) is Kind.REPORT:
            yield
            return
        self._move_aside(1)
        try:
            yield
        finally:
            self._move_aside(-1)

    def _move_aside(self, count: int) -> None:
        self.aside += count
        self.now[Kind.QUERY] -= count
        self._fill()

    def _places(self) -> int:
        return PLACES if self.now[Kind.REPORT] < CROWDED else FEW

    def _fill(self) -> None:
        """Let in whom there is a place for."""
        while self.line and self.now[Kind.QUERY] < self._places():
            self.begin(Kind.QUERY)
            self.line.first().let_in()

    def refuse(self, kind: Kind) -> bytes:
        """Count one that is sent away as it comes, and return its answer."""
        self.shed[kind] += 1
        return next(REPLIES)

    def refuse_who_stood(self) -> bytes:
        """Count a query that has stood in vain, and return its answer."""
        self.stood += 1
        return next(REPLIES)


def is_whole(request: bytes) -> bool:
    """Tell whether these bytes are one whole GraphQL request and nothing else.

    Anything that could be read in two ways is left to the parser: a proxy's connection carries
    many people's requests, and a body that was taken for shorter would begin the next of them.
    """
    head = request.find(b"\r\n\r\n") if request.startswith(POST) else -1
    if head < 0:
        return False
    lines = request[:head].lower()
    at = lines.find(LINE)
    if at < 0 or lines.count(LENGTH) != 1 or CODING in lines:
        return False
    length = lines[at + len(LINE) :].partition(b"\r\n")[0].strip()
    return length.isdigit() and len(length) < DIGITS and len(request) == head + 4 + int(length)


LOAD: Final = Load(set())
"""The load of this process: one server, one loop."""
