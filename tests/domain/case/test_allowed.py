"""What is offered is what can be done: the table asked before there is a command."""

from uuid import UUID

from domain.actor import Role
from domain.case import commands as c
from domain.case.allowed import STANDING, allowed
from domain.case.table import ROWS
from domain.case.values import Status
from tests.domain.case.attempts import ATTEMPTS, all_states
from tests.domain.case.test_triples import NAMES, history, said, send
from tests.domain.case.world import HISTORIES, by, fold

CASE = UUID(int=1)
BEFORE_WORDS = {"NO_SUCH_CASE", "CASE_EXISTS", "WRONG_STATE", "ROLE_NOT_ALLOWED", "OUT_OF_SCOPE"}


def test_whatever_is_done_was_offered_and_nothing_of_another_state_or_role() -> None:
    for role in Role:
        for state in all_states():
            for name in NAMES:
                attempt = ATTEMPTS[role][name]
                case, outcome = send(attempt, history(name, state, stated=False), role)
                offered = allowed(case.state, by(role, **attempt.who), CASE)
                is_offered = type(attempt.command) in offered
                if said(outcome) == "accepted" and state is not None:
                    assert is_offered, (name, state, role)
                if said(outcome) in BEFORE_WORDS:
                    assert not is_offered, (name, state, role)


def test_a_dispatcher_is_offered_what_a_filed_case_needs() -> None:
    offered = allowed(fold(HISTORIES[Status.FILED]), by(Role.DISPATCHER), CASE)
    assert c.DispatchCase in offered
    assert c.UpholdReturn not in offered  # nothing was returned
    assert c.CloseCase not in offered
    assert c.ReturnCaseDown not in offered  # there is no tier below


def test_every_standing_guard_stands_in_the_table() -> None:
    assert {guard for row in ROWS for guard in row.guards} >= STANDING
