"""Read thousands of sockets for next to nothing: what the clients cost is not the server's.

Server and clients share the machine. A client's event loop takes as long for a message as
the server does, and what is measured is then the pair of them. Here one loop does nothing
but wait, read and note the instant; frames are parsed, and positions checked, afterwards.
Nor does it wait for every message: whoever sleeps in `epoll_wait` is woken by the server's
`write`, which then takes half as long again. It looks once a millisecond, and what it notes
is late by as much at the most.

The kernel acknowledges at once what comes after a silence, and on one machine it does so, and
takes the acknowledgement in, within the sender's own call: a quarter of a send would be the
subscribers' part. So they let it wait, as connections do that talk both ways: the option lasts
until the next acknowledgement and is set again while nothing comes. `prompt` leaves it as it is.
"""

import asyncio
import gc
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

AT_ONCE = 512
LARGEST = 16_384
NAP_S = 0.001
LONGEST_S = 60.0
SILENCE_S = 0.12
"""So long after the last message what waited to be acknowledged has been."""
M = TypeVar("M")


class Reader(Generic[M]):
    """Reads for the owners of transports, which are paused meanwhile."""

    def __init__(
        self,
        owners: Iterable[tuple[M, asyncio.Transport]],
        take: Callable[[M, int, bytes], None],
        *,
        prompt: bool = False,
    ) -> None:
        """`take` gets owner, instant in microseconds of the machine's clock, and bytes."""
        self._take = take
        self._poll = select.epoll()
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)
        self._owners: dict[int, M] = {}
        self._transports: list[asyncio.Transport] = []
        self._sockets: list[socket.socket] = []
        for owner, transport in owners:
            transport.pause_reading()
            descriptor = transport.get_extra_info("socket").fileno()
            self._owners[descriptor] = owner
            self._transports.append(transport)
            self._poll.register(descriptor, select.EPOLLIN | select.EPOLLET)
            if not prompt:
                self._sockets.append(socket.socket(fileno=descriptor))
        self._said = bool(self._sockets)
        gc.disable()  # what is put aside is looked at afterwards

    def read(self, most_s: float = -1) -> None:
        """Read until the bench says something, or for so long; nothing else runs meanwhile."""
        ends = time.monotonic() + most_s if most_s >= 0 else float("inf")
        steered = False
        while not steered and (left := ends - time.monotonic()) > 0:
            found = self._poll.poll(self._patience(left), AT_ONCE)
            for descriptor, _ in found:
                if descriptor in self._owners:
                    self._drain(descriptor)
                else:
                    steered = True
            if found:
                self._said = bool(self._sockets)
                time.sleep(NAP_S)
            elif self._said:
                self._let_wait()

    def _patience(self, left: float) -> float:
        return min(left, SILENCE_S) if self._said else min(left, LONGEST_S)

    def _drain(self, descriptor: int) -> None:
        """Take all there is: it is told of once."""
        owner, data = self._owners[descriptor], b""
        while True:
            try:
                data = os.read(descriptor, LARGEST)
            except BlockingIOError:
                return
            self._take(owner, time.monotonic_ns() // 1_000, data)
            if not data:
                self._poll.unregister(descriptor)
            if len(data) < LARGEST:
                return

    def _let_wait(self) -> None:
        """Have the next message's acknowledgement wait."""
        self._said = False
        for one in self._sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)

    def end(self) -> None:
        """Let the transports read on."""
        gc.enable()
        self._poll.close()
        for one in self._sockets:
            one.detach()
        for transport in self._transports:
            if not transport.is_closing():
                transport.resume_reading()
