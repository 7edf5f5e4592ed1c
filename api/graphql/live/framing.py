"""One message as WebSocket frames for many receivers, written without anything in between.

The payload is encoded once; what differs is the operation's id in front of it, and with it
the length. Whoever chose the same id as the one before gets the very same bytes. The loop
touches nothing of a receiver but its way to write: at a thousand receivers each object
more is a miss of the processor's cache, and a miss costs more than the code.

While nothing of a connection is unsent, the kernel is asked directly: an event loop's
transport notes what is to be written and comes back to it, a third of the whole cost at
five thousand. What the kernel does not take goes the transport's way, and so does all that
follows until that is sent.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

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


def tell(receivers: Sequence[Straight], payload: bytes) -> None:
    """Write one message to each of them."""
    tail = payload + AFTER
    length = len(tail)
    said, frame = b"", b""
    for descriptor, unsent, write, before in receivers:
        if before != said:
            whole = length + len(before)
            said = before
            frame = b"".join((_HEADERS.get(whole) or header(whole), before, tail))
        if descriptor == THROUGH or unsent():
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
