"""From a command to the facts its rules need, and to the rules themselves.

One judge per capability. The case needs the reference (category, grid, department,
calendar), sometimes the state of other cases, and a number; the reference
capabilities need only their own stream and the fold of the district in memory.
"""

from collections.abc import Mapping
from typing import Any

from api.numbering import Numbers
from api.reference import DECIDERS, Reference, facts_of
from api.request import Decided, Held, Judge, Request, Streams
from domain.decider import Decider
from domain.event import By, Command


class ReferenceJudge:
    """Judges commands on areas, grids, departments, workers, policy and calendars."""

    def __init__(self, decider: Decider[Any, Any], reference: Reference) -> None:
        self.decider = decider
        self._reference = reference

    async def judge(self, request: Request, held: Held, by: By, _streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        facts = facts_of(self._reference, request.command, by)
        return Decided({request.stream: self.decider.decide(held.state, request.command, facts)})


def judges(reference: Reference, numbers: Numbers) -> Mapping[type[Command], Judge]:
    """Return the judge of every command there is."""
    made = {decider.name: ReferenceJudge(decider, reference) for decider in DECIDERS.values()}
    return {command: made[decider.name] for command, decider in DECIDERS.items()}
