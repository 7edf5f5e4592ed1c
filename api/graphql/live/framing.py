"""One message as WebSocket frames for many receivers, written without anything in between.

The payload is encoded once; what differs is the operation's id in front of it, and with it
the length. Whoever chose the same id as the one before gets the very same bytes. The loop
touches nothing of a receiver but its way to write: at a thousand receivers each object
more is a miss of the processor's cache, and a miss costs more than the code.

While nothing of a connection is unsent, the kernel is asked directly: an event loop's
transport notes what is to be written and comes back to it, a third of the whole cost at
five thousand. What the kernel does not take goes the transport's way, and so does all that
follows until that is sent. Where the kernel takes many sends in one call (`sends.py`), a turn
is one call.
"""

import os
from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

from api.graphql.live.sends import Sends, fits, sends

TEXT: Final = 0x81
"""FIN, opcode 1."""
HEADERS_KEPT: Final = 4_096
AFTER: Final = b"}"
"""What closes the message that a prefix has opened."""

THROUGH: Final = -1
"""No descriptor: all is written through the transport."""
Straight = tuple[int, Callable[[], int], Callable[[bytes], Any], bytes]
"""A receiver with little unsent: the descriptor of its connection or THROUGH, what says how
much the transport holds unsent, what writes through it, and the operation's prefix."""


class Lost(Exception):
    """Nobody knows who has a message: its receivers have to come anew, with their cursors."""


class Kernel:
    """How frames get into the kernel: one call for many where it takes them so."""

    def __init__(self) -> None:
        self.sends: Sends | None = None

    def ask_once(self) -> None:
        """Ask once for many from now on, if it can be."""
        self.sends = self.sends or sends()


KERNEL: Final = Kernel()


class Turn:
    """Receivers that are told together, laid out so that a message touches little of each.

    Columns instead of a look at one receiver after another: their frames are joined in one go.
    """

    __slots__ = ("_apart", "_befores", "_descriptors", "_lengths", "_unsent", "ways")

    def __init__(self, ways: Sequence[Straight]) -> None:
        self.ways = ways
        self._descriptors = array("i", [way[0] for way in ways])
        self._unsent = [way[1] for way in ways]
        self._befores = [way[3] for way in ways]
        self._lengths = list(map(len, self._befores))
        known = set(self._descriptors)
        self._apart = len(ways) >= FEW and len(known) == len(ways) and THROUGH not in known

    def tell(self, payload: bytes) -> None:
        """Write one message to each. Raises Lost, once: from then on each is written to."""
        tail, many = payload + AFTER, KERNEL.sends
        if many is None or not self._apart:
            _one_by_one(self.ways, tail)
            return
        if not fits(len(self.ways), self._size(tail)):
            self._by_halves(payload)
            return
        full = [unsent() for unsent in self._unsent]
        if any(full):
            pairs = tuple(zip(self.ways, full, strict=True))
            _one_by_one([way for way, unsent in pairs if unsent], tail)
            Turn([way for way, unsent in pairs if not unsent]).tell(payload)
            return
        frames, lengths = self._frames(tail)
        try:
            short = many.send(self._descriptors, frames, lengths)
        except OSError as error:
            KERNEL.sends = None
            raise Lost("how far the kernel came with a message for many is not known") from error
        for place, taken in short.items():
            way = self.ways[place]
            way[2](frame(way[3], tail)[max(0, taken) :])

    def _by_halves(self, payload: bytes) -> None:
        """Tell a message that is too large for all at once; in the end it is one by one."""
        middle = len(self.ways) // 2
        for half in (self.ways[:middle], self.ways[middle:]):
            Turn(half).tell(payload)

    def _size(self, tail: bytes) -> int:
        """Return how many bytes their frames have at most."""
        return sum(self._lengths) + len(self.ways) * (len(tail) + LONGEST_HEADER)

    def _frames(self, tail: bytes) -> tuple[bytes, "array[int]"]:
        """Return all frames in one piece, and how long each is."""
        length, before = len(tail), self._lengths
        headers = [_HEADERS.get(one + length) or header(one + length) for one in before]
        parts = [tail] * (3 * len(headers))
        parts[0::3], parts[1::3] = headers, self._befores
        together = zip(map(len, headers), before, strict=True)
        return b"".join(parts), array("i", [head + one + length for head, one in together])


FEW: Final = 4
"""Up to here a call for each is as cheap as one for all."""


def frame(before: bytes, tail: bytes) -> bytes:
    """Return a whole frame."""
    return b"".join((header(len(before) + len(tail)), before, tail))


def _one_by_one(ways: Sequence[Straight], tail: bytes) -> None:
    """Write to each by itself; what comes second on a connection sees what came first."""
    said, made = b"", b""
    for descriptor, unsent, write, before in ways:
        if before != said:
            said, made = before, frame(before, tail)
        if descriptor == THROUGH or unsent():
            write(made)
            continue
        try:
            taken = os.write(descriptor, made)
        except OSError:  # full, or broken: the transport finds out and says which
            taken = 0
        if taken < len(made):
            write(made[taken:])


LONGEST_HEADER: Final = 10
_HEADERS: Final[dict[int, bytes]] = {}
"""Headers of the lengths that occur: few, because all members get the same payload."""


def header(length: int) -> bytes:
    """Return the header of a text frame, kept for the next of this length."""
    found = _HEADERS.get(length)
    if found is None:
        if len(_HEADERS) > HEADERS_KEPT:
            _HEADERS.clear()
        found = _HEADERS[length] = frame_header(length)
    return found


def frame_header(length: int) -> bytes:
    """Return the header of an unmasked text frame (RFC 6455, 5.2)."""
    if length < 126:
        return bytes((TEXT, length))
    if length < 1 << 16:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")
