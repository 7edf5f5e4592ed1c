"""From a command to the facts its rules need, and to the rules themselves.

One judge per capability. The reference capabilities need only their own stream and
the fold of the district in memory; the case is in `casefacts.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from api.auth.logins import learn_logins
from api.dispatch.alarmfacts import AlarmJudge
from api.dispatch.casefacts import CaseJudge
from api.dispatch.numbering import Numbers
from api.dispatch.request import Decided, Held, Judge, Request, Streams
from api.privacy.judging import privacy_judges
from api.reference import DECIDERS, Reference, facts_of
from domain.account.commands import EndSessions, LinkIdentity
from domain.alarm.commands import COMMANDS as ALARM_COMMANDS
from domain.case.commands import COMMANDS as CASE_COMMANDS
from domain.decider import Decider
from domain.event import By, Command, Microseconds
from eventlog.port import EventLog
from eventlog.vault import Vault


class ReferenceJudge:
    """Judges commands on areas, grids, departments, workers, policy and calendars."""

    def __init__(
        self,
        decider: Decider[Any, Any],
        reference: Reference,
        vault: Vault,
        clock: Callable[[], Microseconds],
    ) -> None:
        self.decider = decider
        self._reference = reference
        self._vault = vault
        self._clock = clock

    async def judge(self, request: Request, held: Held, by: By, _streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        if isinstance(request.command, LinkIdentity):
            await learn_logins(self._reference, self._vault)
        if isinstance(request.command, EndSessions):  # by our clock, whatever a device claims
            by = msgspec.structs.replace(by, at=max(by.at, self._clock()))
        facts = facts_of(self._reference, request.command, by)
        return Decided({request.stream: self.decider.decide(held.state, request.command, facts)})


def judges(
    reference: Reference,
    numbers: Numbers,
    vault: Vault,
    log: EventLog,
    clock: Callable[[], Microseconds],
) -> Mapping[type[Command], Judge]:
    """Return the judge of every command there is."""
    made: dict[str, Judge] = {
        decider.name: ReferenceJudge(decider, reference, vault, clock)
        for decider in DECIDERS.values()
    }
    case: Judge = CaseJudge(reference, numbers)
    alarm: Judge = AlarmJudge()
    return {
        **{command: made[decider.name] for command, decider in DECIDERS.items()},
        **dict.fromkeys(CASE_COMMANDS, case),
        **dict.fromkeys(ALARM_COMMANDS, alarm),
        **privacy_judges(reference, vault, log),
    }
