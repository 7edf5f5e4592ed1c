"""The folded states of streams: kept in memory, mended from the log, seen by one decision.

A command is decided on what its streams came to, and folding a case from its first event for
each would cost more than deciding. So a process remembers the states used last. One may be
behind the log, as another process writes too: an append at the version of an old state
conflicts, a refusal looks again at what it rested on.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from api.dispatch.envelope import fold
from api.dispatch.request import Held
from domain.decider import Decider
from domain.event import By, DomainEvent
from eventlog.port import EventLog
from eventlog.record import Recorded

STREAM_PAGE = 10_000
After = dict[UUID, tuple[Held, Sequence[DomainEvent]]]
"""By stream: the state before, and the events that were appended to it."""


def nothing_yet(decider: Decider[Any, Any]) -> Held:
    """Return the state of a stream without events."""
    return Held(decider.initial(), 0, 0)


class States:
    """The states used last, `kept` of them at most. One per process."""

    def __init__(self, log: EventLog, kept: int) -> None:
        self._log = log
        self._kept = kept
        self._states: OrderedDict[UUID, Held] = OrderedDict()

    def __contains__(self, stream: UUID) -> bool:
        return stream in self._states

    async def load(self, stream: UUID, decider: Decider[Any, Any], at_least: int = 0) -> Held:
        """Return a stream's state, from memory or folded from the log.

        What is in memory is good enough from version `at_least` on.
        """
        held = self._states.get(stream)
        if held is not None and held.version >= at_least:
            self._states.move_to_end(stream)
            return held
        return await self.refreshed(stream, decider, held or nothing_yet(decider))

    async def load_all(
        self, streams: Sequence[UUID], decider: Decider[Any, Any]
    ) -> dict[UUID, Held]:
        """Return the states of several streams, read in one round trip and not kept."""
        found: dict[UUID, list[Recorded]] = {stream: [] for stream in streams}
        for one in await self._log.read_streams(streams):
            found[one.stream].append(one)
        start = nothing_yet(decider)
        return {stream: fold(decider, start, events) for stream, events in found.items()}

    async def refreshed(self, stream: UUID, decider: Decider[Any, Any], before: Held) -> Held:
        """Fold what the log holds after a state, and remember it."""
        held = before
        while page := await self._log.read_steps(stream, held.version, STREAM_PAGE):
            held = fold(decider, held, page)
            if len(page) < STREAM_PAGE:
                break
        if held.version:
            self._keep(stream, held)
        return held

    def advance(self, decider: Decider[Any, Any], after: After, by: By) -> None:
        """Fold own events, just appended, onto the states they were decided on."""
        for stream, (before, events) in after.items():
            at = max(before.effective_at, by.at)
            done = msgspec.structs.replace(by, at=at)
            state = before.state
            for event in events:
                state = decider.evolve(state, event, done)
            self._keep(stream, Held(state, before.version + len(events), at))

    def forget(self, *streams: UUID) -> None:
        """Drop states that are known to be behind."""
        for stream in streams:
            self._states.pop(stream, None)

    def _keep(self, stream: UUID, held: Held) -> None:
        states = self._states
        present = states.get(stream)
        if present is not None and present.version > held.version:
            return
        states[stream] = held
        states.move_to_end(stream)
        if len(states) > self._kept:
            states.popitem(last=False)


class Seen:
    """The states one decision rests on: written at these versions, checked on a refusal."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._loaded: dict[UUID, tuple[Decider[Any, Any], Held]] = {}

    async def load(self, stream: UUID, decider: Decider[Any, Any]) -> Held:
        """Return a stream's state and note that it was looked at."""
        held = await self._states.load(stream, decider)
        self._loaded[stream] = decider, held
        return held

    def new(self, stream: UUID, decider: Decider[Any, Any]) -> Held:
        """Return the state of a stream that does not exist yet."""
        held = nothing_yet(decider)
        self._loaded[stream] = decider, held
        return held

    def before(self, stream: UUID) -> Held:
        """Return a stream's state as the decision saw it; what was not seen is new."""
        if stream in self._loaded:
            return self._loaded[stream][1]
        decider = next(iter(self._loaded.values()))[0]
        return nothing_yet(decider)

    async def outdated(self) -> bool:
        """Tell whether somebody else has moved on one of the states; mend them."""
        moved = False
        for stream, (decider, held) in self._loaded.items():
            now = await self._states.refreshed(stream, decider, held)
            moved |= now.version > held.version
        return moved
