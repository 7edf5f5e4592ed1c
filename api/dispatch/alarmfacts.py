"""Commands on alarms to their rules: the alarm's own stream, and where its case lies today."""

from uuid import UUID

from api.dispatch.casefacts import CASE
from api.dispatch.request import Decided, Held, Request, Streams
from domain.actor import Role
from domain.alarm.decide import ALARM
from domain.alarm.facts import AlarmFacts
from domain.alarm.state import AlarmState
from domain.event import By


class AlarmJudge:
    """Judges commands on alarms."""

    decider = ALARM

    async def judge(self, request: Request, held: Held, by: By, streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        facts = AlarmFacts(by, await _case_scope(held.state, by, streams))
        return Decided({request.stream: ALARM.decide(held.state, request.command, facts)})


async def _case_scope(state: AlarmState, by: By, streams: Streams) -> str:
    """Return where the case lies; the clock, which is nowhere, needs no look at it."""
    if by.role == Role.CLOCK or not state.case:
        return state.scope
    case = await streams.load(UUID(state.case), CASE)
    scope: str = case.state.place.scope
    return scope
