"""Whose turn it is: one message on its way through the members that are written to straight.

A round of thousands lets the rest of the process have a turn now and then, and meanwhile
members come, go and clog. Here is kept who has the message already, so that whoever drops
out knows exactly what it got last.
"""

import asyncio
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from api.graphql.live.cursor import Cursor
from api.graphql.live.framing import Straight, Turn

TURN: Final = 500
"""Members written to before others in the process have a turn: 500 sends take about 3 ms."""
NOWHERE: Final = Cursor("", "", 0)


M = TypeVar("M")


class Round(Generic[M]):
    """The members of one group that are written to straight, in the order of their turn."""

    def __init__(self) -> None:
        self._ways: dict[M, Straight] = {}
        self._order: list[M] = []
        self._turns: list[Turn] = []
        self._stale = False
        self._next = 0
        self._gone: set[M] = set()
        self._places: dict[M, int] = {}
        self._before = NOWHERE
        self.told = NOWHERE
        """Where the message of this round, or of the last one, brings its receivers."""

    def __iter__(self) -> Iterator[M]:
        """Return those who are written to straight, as of now."""
        return iter(tuple(self._ways))

    def add(self, member: M, way: Straight) -> None:
        """Take a member in, who has everything up to `told`; its turn is the next round."""
        self._ways[member] = way
        self._stale = True

    def drop(self, member: M) -> Cursor | None:
        """Let a member go and return where it has come; None for one that is not here."""
        if self._ways.pop(member, None) is None:
            return None
        self._stale = True
        if self._next >= len(self._order):
            return self.told
        if not self._places:
            self._places = {one: place for place, one in enumerate(self._order)}
        if self._places.get(member, -1) < self._next:
            return self.told
        self._gone.add(member)
        return self._before

    async def go(self, cursor: Cursor, body: bytes) -> None:
        """Write one message to everybody here."""
        self._begin(cursor)
        while self._next < len(self._order):
            if self._next:
                await asyncio.sleep(0)
            first, turn = self._next, self._turns[self._next // TURN]
            self._next += TURN  # before writing: what a write drops has got its message
            if self._gone:
                pairs = zip(self._order[first : self._next], turn.ways, strict=True)
                turn = Turn([way for member, way in pairs if member not in self._gone])
            turn.tell(body)

    def _begin(self, cursor: Cursor) -> None:
        if self._stale:
            self._order, ways = list(self._ways), list(self._ways.values())
            self._turns = [Turn(ways[one : one + TURN]) for one in range(0, len(ways), TURN)]
            self._stale = False
        self._gone.clear()
        self._places.clear()
        self._before, self.told, self._next = self.told, cursor, 0
