"""A subscription for one receiver: it has an end and a pace of its own, so nobody shares it.

Messages are made when the receiver has room for them, one at a time: nothing is queued, and
who reads slowly is told less often.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Final

from api.graphql.context import Context
from api.graphql.errors import Unavailable
from api.graphql.executor import Executor
from api.graphql.live.telling import Telling
from domain.actor import Role
from eventlog.connection import OPERATING

FIELDS: Final = frozenset({"replay", "replayCases"})
"""The subscriptions that are told to one receiver each."""
A_CONNECTION: Final = 2
"""How many of them one connection may have at a time."""
AT_ONCE: Final = 32
PUBLIC: Final = 8
"""How many run in this process, and how many of those for nobody in particular."""


class Alone:
    """What the resolver of such a subscription returns."""

    def __init__(self, messages: Callable[[], AsyncGenerator[object, None]]) -> None:
        self.messages = messages

    def __aiter__(self) -> AsyncIterator[object]:
        return self.messages()


class Seats:
    """Counts those that run at a time, of one connection or of the process."""

    __slots__ = ("_most", "_most_public", "public", "taken")

    def __init__(self, most: int = AT_ONCE, public: int = PUBLIC) -> None:
        self._most = most
        self._most_public = public
        self.taken = 0
        self.public = 0

    @contextmanager
    def taking(self, context: Context) -> Iterator[None]:
        """Take a seat for as long as it is told. Raises Unavailable when there is none."""
        nobody = context.actor.role is Role.PUBLIC
        if self.taken >= self._most or (nobody and self.public >= self._most_public):
            raise Unavailable("too many replays are told at once; end one, or try again")
        self.taken += 1
        self.public += nobody
        try:
            yield
        finally:
            self.taken -= 1
            self.public -= nobody


async def tell(
    executor: Executor, stream: Alone, context: Context, seats: Seats
) -> AsyncGenerator[bytes, None]:
    """Yield the encoded responses of a subscription told alone. Raises Unavailable."""
    telling = Telling(executor, context)
    with seats.taking(context):
        async with aclosing(stream.messages()) as messages:
            try:
                async for payload in messages:
                    yield await telling.body(payload)
            except OPERATING as error:
                raise Unavailable("the read models do not answer; try again") from error
