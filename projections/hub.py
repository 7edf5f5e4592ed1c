"""One publisher, many subscribers, all bounded, in one process.

The runner publishes after each commit and never waits: a subscriber whose queue is full
loses it and gets one `Resync` instead. A ring of the latest changes lets a reconnect
resume by position without touching the database.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from projections.delta import Change, Message, Resync

RING: Final = 1024
QUEUE: Final = 256


class Subscription:
    """One subscriber's bounded queue; iterate it to receive."""

    def __init__(self, limit: int) -> None:
        self._queue: deque[Message] = deque()
        self._limit = limit
        self._ready = asyncio.Event()

    def push(self, message: Message) -> None:
        """Queue a message, or collapse the queue into one Resync when it is full."""
        if isinstance(message, Resync) or len(self._queue) >= self._limit:
            reason = message.reason if isinstance(message, Resync) else "behind"
            self._queue.clear()
            message = Resync(reason, message.position)
        self._queue.append(message)
        self._ready.set()

    def __len__(self) -> int:
        return len(self._queue)

    async def receive(self) -> Message:
        """Return the next message, waiting for it (callers set the deadline)."""
        while not self._queue:
            self._ready.clear()
            await self._ready.wait()
        return self._queue.popleft()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            yield await self.receive()


class Hub:
    """Fan-out of changes by position.

    `view` counts the swaps of read models: a cursor from another view resyncs.
    """

    def __init__(self, ring: int = RING) -> None:
        self._ring: deque[Change] = deque(maxlen=ring)
        self._subscriptions: set[Subscription] = set()
        self.position = 0
        self.view = ""

    @contextmanager
    def subscribe(self, limit: int = QUEUE) -> Iterator[Subscription]:
        """Receive what is published from now on; subscribe first, take the snapshot second."""
        subscription = Subscription(limit)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    @property
    def subscribers(self) -> int:
        """How many are listening."""
        return len(self._subscriptions)

    @property
    def longest(self) -> int:
        """How many messages wait for the slowest of them."""
        return max(map(len, self._subscriptions), default=0)

    def since(self, position: int) -> list[Change] | None:
        """Return the changes just after a position, or None when the ring no longer holds them."""
        if position == self.position:
            return []
        if position > self.position or not self._ring or self._ring[0].first > position + 1:
            return None
        return [change for change in self._ring if change.position > position]

    def publish(self, change: Change) -> None:
        """Hand a committed change to every subscriber; never waits."""
        if self._ring and self._ring[-1].position + 1 != change.first:
            self._ring.clear()
        self._ring.append(change)
        self.position = change.position
        self._send(change)

    def resync(self, reason: str, position: int) -> None:
        """Tell every subscriber to take a fresh snapshot; the ring starts anew."""
        self._ring.clear()
        self.position = max(self.position, position)
        self._send(Resync(reason, position))

    def _send(self, message: Message) -> None:
        for subscription in self._subscriptions:
            subscription.push(message)
