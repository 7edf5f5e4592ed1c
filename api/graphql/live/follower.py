"""One member of a group, and what becomes of it when its connection does not keep up.

While little is unsent it gets what the group says. With 64 KB unsent it lags: nothing
more is written or kept for it, because the group's ring, or a fresh snapshot, can say it
all later. Once its connection has drained it joins again after the last message it got;
when nothing at all moves for ten seconds it is closed and told where to go on.
"""

import asyncio
from typing import Final, Protocol

from api.graphql.errors import ApiError
from api.graphql.live.cursor import Cursor
from api.graphql.live.framing import Straight
from api.graphql.live.group import Group, Kept
from api.graphql.live.source import Kind

UNSENT_BYTES: Final = 64 * 1024
"""From here on a connection lags."""
STALLED_S: Final = 10.0


class Wire(Protocol):
    """One subscription's way out through its connection; nothing here ever waits but `drained`."""

    @property
    def unsent(self) -> int:
        """Bytes of the connection that the kernel has not taken yet."""
        ...

    def offer(self, kept: Kept) -> bool:
        """Send one message, or say False: too much is unsent to add to it."""
        ...

    def straight(self) -> Straight | None:
        """Return how the group may write by itself; it says `halted` when that ends."""
        ...

    async def drained(self) -> None:
        """Return once little is unsent."""
        ...

    def stalled(self, reached: Cursor | None) -> None:
        """Close: the other side does not read. It may go on after `reached`."""
        ...

    def drop(self, reason: str) -> None:
        """Close: there is nothing to follow any more."""
        ...


class Follower:
    """A member of one group over one wire."""

    __slots__ = ("_group", "_recovering", "_tasks", "_wire", "reached")

    def __init__(self, wire: Wire, tasks: asyncio.TaskGroup) -> None:
        self._wire = wire
        self._tasks = tasks
        self._group: Group | None = None
        self._recovering: asyncio.Task[None] | None = None
        self.reached: Cursor | None = None

    async def join(self, group: Group, after: Cursor | None) -> None:
        """Follow a group from after a cursor. Raises Unavailable."""
        self._group, self.reached = group, after
        await group.join(self, after)

    def push(self, kept: Kept) -> bool:
        """Write one message unless the connection is clogged; then lag until it is not."""
        reached = self.reached
        if reached is not None and reached.position >= kept.cursor.position and self._knows(kept):
            return True
        if self._wire.offer(kept):
            self.reached = kept.cursor
            return True
        self._recovering = self._tasks.create_task(self._recover())
        return False

    def straight(self, told: Cursor) -> Straight | None:
        """Return how the group may write by itself; None for who is further on than it told."""
        if self.reached is None or self.reached.position > told.position:
            return None
        return self._wire.straight()

    def halted(self) -> None:
        """Note that the group may not write by itself any more, and how far it had come."""
        if self._group is not None:
            self.reached = self._group.halt(self) or self.reached

    def drop(self, reason: str) -> None:
        """End: nothing more will come."""
        self._wire.drop(reason)

    def leave(self) -> None:
        """Let go of the group."""
        if self._group is not None:
            self._group.leave(self)
        if self._recovering is not None:
            self._recovering.cancel()

    def _knows(self, kept: Kept) -> bool:
        """Tell whether a message says nothing new: this member came from further on."""
        if self.reached is None or kept.kind in (Kind.SNAPSHOT, Kind.RESYNC):
            return False
        ahead = self.reached.position - kept.cursor.position
        return ahead >= 0 if kept.kind is Kind.DELTA else ahead > 0

    async def _recover(self) -> None:
        """Wait for the connection to drain, then catch up from the ring or a snapshot."""
        assert self._group is not None
        while True:
            unsent = self._wire.unsent
            try:
                async with asyncio.timeout(STALLED_S):
                    await self._wire.drained()
                    break
            except TimeoutError:
                if self._wire.unsent >= unsent:  # slow is not stalled: something must have moved
                    self._wire.stalled(self.reached)
                    return
        try:
            await self._group.join(self, self.reached)
        except ApiError as error:
            self._wire.drop(str(error))
