"""A live collection: things by their key, kept equal to what the server has."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .progress import Message, Progress, Step

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """How a subscription's messages are read: the same questions to a snapshot and to a delta.

    `stays` is false for a thing that is told because it no longer belongs.
    """

    key: Callable[[T], str]
    items: Callable[[Message], Sequence[T]]
    gone: Callable[[Message], Sequence[str]] = lambda _message: ()
    stays: Callable[[T], bool] = lambda _item: True


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What a message did; `anew`: everything was replaced."""

    anew: bool
    changed: Sequence[T] = ()
    gone: Sequence[str] = ()


class LiveCollection(Generic[T]):
    """The items, and where they stand. `async for change in collection` follows them.

    `problem` is why there is no connection just now; None while there is one.
    """

    def __init__(self, reading: Reading[T]) -> None:
        self.items: dict[str, T] = {}
        self.progress = Progress()
        self.problem: str | None = None
        self._reading = reading
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[Change[T]], None]] = []

    def subscribe(self, listener: Callable[[Change[T]], None]) -> None:
        """Have each change told, after it was made."""
        self._listeners.append(listener)

    def apply(self, message: Message) -> None:
        """Take a message of the subscription, in whatever way it came."""
        step = self.progress.take(message)
        if step in {Step.REPLACE, Step.ADVANCE}:
            self._put(message, anew=step is Step.REPLACE)
        elif step is Step.REACH:
            self._tell(Change(anew=False))

    def _put(self, message: Message, anew: bool) -> None:
        reading = self._reading
        told = reading.items(message)
        changed = [item for item in told if reading.stays(item)]
        gone = [reading.key(item) for item in told if not reading.stays(item)]
        if anew:
            self.items.clear()
        else:
            gone = [*reading.gone(message), *gone]
        for key in gone:
            self.items.pop(key, None)
        self.items.update((reading.key(item), item) for item in changed)
        self._tell(Change(anew, changed, gone))

    def _tell(self, change: Change[T]) -> None:
        self._changed.set()
        for listener in self._listeners:
            listener(change)

    async def __aiter__(self) -> AsyncIterator[dict[str, T]]:
        """Yield the items whenever they have changed; changes in between are told together."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            yield self.items
