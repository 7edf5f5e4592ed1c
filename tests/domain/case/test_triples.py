"""Every (state, command, role): accepted, or the exact refusal code.

What is expected stands as text in `expectations.py`. Each triple is tried by someone
who stands rightly to the case, and where that is accepted, by a stranger of the same
role: another scope, another department, another resident. The count is printed.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from domain.actor import Role
from domain.case.commands import COMMANDS
from domain.case.table import TABLE
from domain.case.values import Status
from tests.domain.case.attempts import ATTEMPTS, Attempt, all_states, from_source
from tests.domain.case.expectations import (
    EXPECTED,
    STRANGE_UNIT,
    WITHOUT_UNIT,
)
from tests.domain.case.world import ELSEWHERE, HISTORIES, OTHER_UNIT, Given, Outcome, Step, by

ACCEPTED = "accepted"
NAMES = [command.NAME for command in COMMANDS]


def history(name: str, state: Status | None, *, stated: bool) -> tuple[Step, ...]:
    """Return a way into the state; the import's commands need a case from a source."""
    steps = HISTORIES[state]
    return from_source(steps) if stated and name != "case.state_report" else steps


def expected(name: str, state: Status | None, role: Role) -> str:
    """Say what someone who stands rightly to the case should hear."""
    line = EXPECTED[name]
    if state not in line.states:
        if state is None:
            return "NO_SUCH_CASE"
        return "CASE_EXISTS" if None in line.states else "WRONG_STATE"
    if role not in line.roles:
        return "ROLE_NOT_ALLOWED"
    if role is Role.HANDLER and name in WITHOUT_UNIT:
        states, code = WITHOUT_UNIT[name]
        if state in states:
            return code
    if name == "case.close" and state is Status.RESOLVED:
        return "CHECK_NOT_PASSED"
    return ACCEPTED


def expected_of_stranger(name: str, role: Role) -> str:
    """Say what the same role should hear when it stands wrongly to the case."""
    if role in (Role.CLOCK, Role.IMPORT):
        return ACCEPTED
    if role is Role.RESIDENT:
        return ACCEPTED if name == "case.report" else "NOT_YOUR_CASE"
    if role is Role.HANDLER:
        return STRANGE_UNIT.get(name, "NOT_YOUR_UNIT")
    return "OUT_OF_SCOPE"


def said(outcome: Outcome) -> str:
    """Return what the rules said."""
    return outcome.refused.code if outcome.refused else ACCEPTED


def send(
    attempt: Attempt, steps: tuple[Step, ...], role: Role, *, strange: bool = False
) -> tuple[Given, Outcome]:
    """Try it."""
    who = dict(attempt.who)
    if strange:
        who |= {"scope": ELSEWHERE, "unit": OTHER_UNIT, "actor": "stranger"}
    case = Given((*steps, *(attempt.before if steps else ())))
    return case, case.when(attempt.command, by(role, **who), **attempt.facts)


def triples() -> Iterator[tuple[Status | None, Role]]:
    """Yield the states and roles."""
    return ((state, role) for state in all_states() for role in Role)


def reached(name: str, case: Given, outcome: Outcome) -> None:
    """It went where the text says, which is where the table says it can go."""
    before, after, to = case.state.status, outcome.after.status, EXPECTED[name].to
    if to != "?":
        assert after == (before if to == "." else to), name
    row = next(row for row in TABLE.values() if name == row.command.NAME)
    assert after is not None
    assert after in (row.to or (before,)) or after == before, name


def tried(name: str, state: Status | None, role: Role, count: Counter[str]) -> str | None:
    """Try one triple; return what went wrong."""
    stated = EXPECTED[name].roles == {Role.IMPORT}
    steps, attempt = history(name, state, stated=stated), ATTEMPTS[role][name]
    case, outcome = send(attempt, steps, role)
    wanted = expected(name, state, role)
    count[wanted] += 1
    if said(outcome) != wanted:
        return f"{name} in {state} by {role}: {said(outcome)}, not {wanted}"
    if outcome.refused:
        return None if outcome.events == [] else f"{name} refused with events"
    reached(name, case, outcome)
    _, outcome = send(attempt, steps, role, strange=True)
    wanted = expected_of_stranger(name, role)
    count["by strangers"] += 1
    if said(outcome) != wanted:
        return f"{name} in {state} by a strange {role}: {said(outcome)}, not {wanted}"
    return None


def test_every_state_command_and_role(capsys: pytest.CaptureFixture[str]) -> None:
    count: Counter[str] = Counter()
    wrong = [tried(name, *triple, count) for name in NAMES for triple in triples()]
    assert [one for one in wrong if one] == []
    total = len(NAMES) * len(all_states()) * len(Role)
    assert total == 59 * 15 * 17
    assert sum(count.values()) - count["by strangers"] == total
    with capsys.disabled():
        print(f"\n(state, command, role) triples: {total}", dict(count.most_common()))


def test_nothing_is_stated_about_our_own_cases() -> None:
    names = [name for name in NAMES if EXPECTED[name].roles == {Role.IMPORT}]
    for name in names:
        for state in Status:
            _, outcome = send(ATTEMPTS[Role.IMPORT][name], HISTORIES[state], Role.IMPORT)
            wanted = "CASE_EXISTS" if name == "case.state_report" else "NOT_FROM_SOURCE"
            assert said(outcome) == wanted


def test_the_text_covers_every_command() -> None:
    assert sorted(EXPECTED) == sorted(NAMES)
