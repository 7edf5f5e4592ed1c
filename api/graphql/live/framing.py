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


def tell(receivers: Sequence[Straight], payload: bytes) -> None:
    """Write one message to each of them. Raises Lost, once: from then on each is written to."""
    tail = payload + AFTER
    length = len(tail)
    said, frame = b"", b""
    descriptors: list[int] = []
    frames: list[bytes] = []
    ways: list[Straight] = []
    for way in receivers:
        descriptor, unsent, write, before = way
        if before != said:
            whole = length + len(before)
            said = before
            frame = b"".join((_HEADERS.get(whole) or header(whole), before, tail))
        if descriptor == THROUGH or unsent():
            write(frame)
        else:
            descriptors.append(descriptor)
            frames.append(frame)
            ways.append(way)
    many = KERNEL.sends
    if many is None or len(frames) < FEW or not fits(descriptors, frames):
        _one_by_one(ways, frames)
        return
    try:
        sent = many.send(descriptors, frames)
    except OSError as error:
        KERNEL.sends = None
        raise Lost("how far the kernel came with a message for many is not known") from error
    for taken, way, frame in zip(sent, ways, frames, strict=True):
        if taken < len(frame):
            way[2](frame[max(0, taken) :])


FEW: Final = 4
"""Up to here a call for each is as cheap as one for all."""


def _one_by_one(ways: Sequence[Straight], frames: Sequence[bytes]) -> None:
    """Write to each by itself; what comes second on a connection sees what came first."""
    for (descriptor, unsent, write, _), frame in zip(ways, frames, strict=True):
        if unsent():
            write(frame)
            continue
        try:
            taken = os.write(descriptor, frame)
        except OSError:  # full, or broken: the transport finds out and says which
            taken = 0
        if taken < len(frame):
            write(frame[taken:])


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
