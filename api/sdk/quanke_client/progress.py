"""Where a subscriber stands: what each message does to whatever is kept.

Deltas carry whole values, never differences, so the rule is short: a snapshot replaces, a
delta applies when its position is greater, and after a resync nothing applies until the
snapshot that follows. A heartbeat's position is reached when the next one comes: messages
keep their order, so by then everything up to it has been delivered.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

Message = Mapping[str, Any]


class Step(Enum):
    """What to do with a message."""

    REPLACE = "replace"
    ADVANCE = "advance"
    REACH = "reach"
    RESYNC = "resync"


class Place(NamedTuple):
    """A position of the log, and the cursor that goes on after it."""

    cursor: str | None
    position: int | None


class Progress:
    """The place of what is kept: both None before the first snapshot."""

    def __init__(self) -> None:
        self._place = Place(None, None)
        self._promised: Place | None = None

    @property
    def position(self) -> int | None:
        """Position of the log that what is kept is as of."""
        return self._place.position

    @property
    def cursor(self) -> str | None:
        """Where to go on; None asks for a snapshot."""
        return self._place.cursor

    def forget(self) -> None:
        """Ask for a snapshot next time; until it comes no delta applies."""
        self._place = Place(None, self._place.position)
        self._promised = None

    def take(self, message: Message) -> Step | None:
        """Return what to do with a message; None: it was seen already, or can't be applied."""
        kind: str = message["__typename"]
        if kind == "Resync":
            self.forget()
            return Step.RESYNC
        if "position" not in message:
            return None
        told = Place(message["cursor"], int(message["position"]))
        if kind.endswith("Snapshot"):
            self._place, self._promised = told, None
            return Step.REPLACE
        if kind.endswith("Delta"):
            return self._further(told, Step.ADVANCE)
        return self._beat(told) if kind == "Heartbeat" else None

    def _beat(self, told: Place) -> Step | None:
        reached, self._promised = self._promised, told
        return None if reached is None else self._further(reached, Step.REACH)

    def _further(self, told: Place, step: Step) -> Step | None:
        at = self._place
        if at.cursor is None or at.position is None or told.position is None:
            return None
        if told.position <= at.position:
            return None
        self._place = told
        return step
