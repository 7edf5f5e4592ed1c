"""Which verbs somebody may try on a case now: the table, asked without a command.

State, role and relation count as always; of the guards, those that look only at the
case and at who asks (STANDING). What a guard says of a command's own words can't be
known before there is one: it is asked when the command comes.
"""

from typing import Final
from uuid import UUID

from domain.actor import Role
from domain.case.facts import CaseFacts
from domain.case.guards import checking, handling, links, triage
from domain.case.guards import dispatch as dispatching
from domain.case.state import CaseState
from domain.case.table import ROWS, Row, Rule
from domain.event import By, Command

STANDING: Final[frozenset[Rule]] = frozenset(
    {
        triage.village_tier, triage.self_handling_untried, triage.verifier_was_asked,
        triage.not_found_absent, links.not_too_deep,
        dispatching.tier_is_yours, dispatching.part_offered, dispatching.part_in_hand,
        dispatching.no_return_pending, dispatching.return_pending, dispatching.returns_left,
        dispatching.return_in_time, dispatching.ruling_is_yours, dispatching.joint_not_open,
        handling.assists_done, handling.handling_clock_runs, handling.before_due,
        handling.extensions_left, handling.no_extension_pending, handling.extension_pending,
        handling.clock_waits_for_review, handling.tier_can_fall, handling.no_supervision_open,
        handling.supervision_open,
        checking.checker_is_independent, checking.checker_was_asked,
        checking.check_passed_or_spared, checking.never_dispatched, checking.no_follow_up_yet,
        checking.follow_up_in_time, checking.follow_up_sent, checking.feedback_not_given,
        checking.feedback_in_time, checking.rater_did_not_handle, checking.reopen_in_time,
        checking.resident_is_unhappy, checking.evaluator_did_not_appeal,
    }
)  # fmt: skip
"""Guards that read neither the command nor any fact but `by`."""


def allowed(state: CaseState, by: By, case: UUID) -> tuple[type[Command], ...]:
    """Return the commands that nothing known beforehand refuses, in the table's order."""
    facts = CaseFacts(by=by, case=case)
    return tuple(row.command for row in ROWS if _may_try(row, state, facts))


def _may_try(row: Row, state: CaseState, facts: CaseFacts) -> bool:
    if state.status is None or state.status not in row.states:
        return False
    relation = row.who.get(Role(facts.by.role))
    if relation is None or relation(state, None, facts) is not None:
        return False
    standing = (guard for guard in row.guards if guard in STANDING)
    return all(guard(state, None, facts) is None for guard in standing)
