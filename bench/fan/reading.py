"""Read thousands of sockets for next to nothing: what the clients cost is not the server's.

Server and clients share the machine. A client's event loop takes as long for a message as
the server does, and what is measured is then the pair of them. Here one loop does nothing
but wait, read and note the instant; frames are parsed, and positions checked, afterwards.
Nor does it wait for every message: whoever sleeps in `epoll_wait` is woken by the server's
`write`, which then takes half as long again. It looks once a millisecond, and what it notes
is late by as much at the most.
"""

import asyncio
import os
import select
import sys
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

AT_ONCE = 512
LARGEST = 16_384
NAP_S = 0.001
M = TypeVar("M")


class Reader(Generic[M]):
    """Reads for the owners of transports, which are paused meanwhile."""

    def __init__(
        self, owners: Iterable[tuple[M, asyncio.Transport]], take: Callable[[M, int, bytes], None]
    ) -> None:
        """`take` gets owner, instant in microseconds of the machine's clock, and bytes."""
        self._take = take
        self._poll = select.epoll()
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)
        self._owners: dict[int, M] = {}
        self._transports: list[asyncio.Transport] = []
        for owner, transport in owners:
            transport.pause_reading()
            descriptor = transport.get_extra_info("socket").fileno()
            self._owners[descriptor] = owner
            self._transports.append(transport)
            self._poll.register(descriptor, select.EPOLLIN)

    def read(self, most_s: float = -1) -> None:
        """Read until the bench says something, or for so long; nothing else runs meanwhile."""
        ends = time.monotonic() + most_s if most_s >= 0 else float("inf")
        poll, owners, take, now = self._poll.poll, self._owners, self._take, time.monotonic_ns
        while (left := ends - time.monotonic()) > 0:
            for descriptor, _ in poll(-1 if most_s < 0 else left, AT_ONCE):
                if descriptor not in owners:
                    return
                data = os.read(descriptor, LARGEST)
                take(owners[descriptor], now() // 1_000, data)
                if not data:
                    self._poll.unregister(descriptor)
            time.sleep(NAP_S)

    def end(self) -> None:
        """Let the transports read on."""
        self._poll.close()
        for transport in self._transports:
            if not transport.is_closing():
                transport.resume_reading()
