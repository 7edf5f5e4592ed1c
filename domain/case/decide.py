"""The way in: a command meets the rules, and events or a refusal come out.

Order of checks, always the same: state, role, scope, guards (`table.py`); then the
decision itself, which cannot refuse. Pure: time, numbers and ids come in as facts.
"""

from domain.case.facts import CaseFacts
from domain.case.state import CaseState
from domain.event import Command, DomainEvent


def decide(state: CaseState, command: Command, facts: CaseFacts) -> list[DomainEvent]:
    """Return what happens to this case when the rules allow the command.

    Raises Rejected with a RefusalCode and the facts the rule looked at.
    """
    raise AssertionError("published first, filled within the hour")


def decide_many(
    state: CaseState, command: Command, facts: CaseFacts
) -> dict[str, list[DomainEvent]]:
    """Return what happens to every case the command touches, by stream id, this one first.

    Needed for the commands in `table.MULTI` (merge, unmerge, split); right for all.
    """
    raise AssertionError("published first, filled within the hour")
