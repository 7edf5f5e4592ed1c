"""Commands on alarms to their rules: they need nothing but the alarm's own stream."""

from api.request import Decided, Held, Request, Streams
from domain.alarm.decide import ALARM
from domain.alarm.facts import AlarmFacts
from domain.event import By


class AlarmJudge:
    """Judges commands on alarms."""

    decider = ALARM

    async def judge(self, request: Request, held: Held, by: By, _streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        events = ALARM.decide(held.state, request.command, AlarmFacts(by))
        return Decided({request.stream: events})
