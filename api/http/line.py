"""The line of queries: a few are answered at a time, others stand for as long as it is worth it.

How long a line may be is a time, not a number: a hundred queries are a tenth of a second on one
machine and three on another, or on the same while something else runs on it. So the line learns
how fast it moves. While somebody stands in it every place is taken, and the time from one answer
to the next is what each of those ahead will take, whatever it is that takes it.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Protocol

WORTH_S: Final = 0.4
"""Who would be answered later than this is sent away at once."""
STANDS_S: Final = 0.5
"""Who has stood for so long after all, for the line has become slower, is sent away too."""
PACE_S: Final = 0.002
"""From one answer to the next, until it is known."""
BELIEVED_S: Final = 5.0
"""For so long it is believed that a line moves as the last one did: a halt is over some time."""
WEIGHT: Final = 1 / 32
"""Of the last answer in what is believed of the next."""
LEAST, MOST = 4, 512
"""So many may stand however slow it is, or nothing would be learned; and no more however fast."""


class Standing(Protocol):
    """Who stands in line."""

    def let_in(self) -> None:
        """Have one's place; it is counted already."""
        ...


class Line:
    """Who waits for a place, the first first, and how fast it goes."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.pace_s = PACE_S
        self._clock_s = clock_s
        self._standing: OrderedDict[Standing, None] = OrderedDict()
        self._moved_at: float | None = None
        """When somebody was answered while others stood, if that is how it was."""
        self._learned_at = clock_s()

    def __len__(self) -> int:
        return len(self._standing)

    def is_worth(self, answering: int) -> bool:
        """Tell whether one more may stand behind these, and so many that are being answered."""
        standing = len(self._standing)
        if standing < LEAST:
            return True
        return standing < MOST and (standing + answering) * self.pace_s <= WORTH_S

    def join(self, one: Standing) -> None:
        """Stand behind all others; the first believes nothing that was long ago."""
        if not self._standing and self._clock_s() - self._learned_at > BELIEVED_S:
            self.pace_s = PACE_S
        self._standing[one] = None

    def leave(self, one: Standing) -> None:
        """Stand no longer; nothing where one does not."""
        self._standing.pop(one, None)

    def first(self) -> Standing:
        """Take the first out of the line. Raises KeyError where nobody stands."""
        return self._standing.popitem(last=False)[0]

    def moved(self) -> None:
        """Note that somebody was answered, before the first takes the place."""
        now_s = self._clock_s()
        if self._moved_at is not None:
            self.pace_s += (now_s - self._moved_at - self.pace_s) * WEIGHT
            self._learned_at = now_s
        self._moved_at = now_s if self._standing else None
