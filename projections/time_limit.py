"""A time limit that costs its entrants next to nothing: one timer for all who have the same.

`asyncio.timeout` begins a timer and cancels it again, for every request; a timer of the loop is an
object with a context, closed a turn later, and dearer than some of the work it watches. All who
enter here have as long as each other, so whoever entered first is late first: a queue, and one
timer for its head.
"""

import asyncio
from collections import deque
from types import TracebackType


class TimeLimit:
    """So many seconds for whoever enters: `with limit.begun(): …`, in a task."""

    __slots__ = ("_entered", "_loop", "_timer", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._entered: deque[Entered] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begun(self) -> "Entered":
        """Return what watches one block, which must be left before another is entered by it."""
        return Entered(self)

    def watch(self, one: "Entered", loop: asyncio.AbstractEventLoop) -> None:
        """Put one into the queue."""
        if loop is not self._loop:  # the one before has ended, with all who waited there
            self._entered.clear()
            self._loop, self._timer = loop, None
        self._entered.append(one)
        if self._timer is None:
            self._timer = loop.call_at(one.until, self._look)

    def left(self) -> None:
        """Let go of those at the queue's head who have left."""
        entered = self._entered
        while entered and entered[0].task is None:
            entered.popleft()

    def _look(self) -> None:
        """Cancel who is late, and look again when the next one would be."""
        assert self._loop is not None
        self._timer, now = None, self._loop.time()
        self.left()
        while self._entered and self._entered[0].until <= now:
            self._entered.popleft().expire()
            self.left()
        if self._entered:
            self._timer = self._loop.call_at(self._entered[0].until, self._look)


class Entered:
    """One block under a limit. Raises TimeoutError in its place when it is late."""

    __slots__ = ("_cancelling", "_late", "_limit", "task", "until")

    def __init__(self, limit: TimeLimit) -> None:
        self._limit = limit
        self._late = False
        self.task: asyncio.Task[object] | None = None
        self.until = 0.0

    def __enter__(self) -> None:
        """Begin to count."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None, "only a task can be told to stop"
        self.task, self._cancelling = task, task.cancelling()
        self.until = loop.time() + self._limit.seconds
        self._limit.watch(self, loop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop counting. Raises TimeoutError for a block that was stopped for being late."""
        task, self.task = self.task, None
        self._limit.left()
        if not self._late:
            return
        assert task is not None
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """Stop whoever is in the block."""
        assert self.task is not None
        self._late = True
        self.task.cancel()
