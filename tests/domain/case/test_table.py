"""The table as a graph: nobody is stuck, nobody comes back from the dead by accident."""

from collections.abc import Iterable

import pytest

from domain.actor import Role
from domain.case.commands import COMMANDS
from domain.case.decide import CASE, DECISIONS
from domain.case.events import EVENTS
from domain.case.evolve import FOLDS
from domain.case.facts import CaseFacts
from domain.case.table import MULTI, ROWS, TABLE, Row
from domain.case.values import OPEN, TERMINAL, Status

OUR_ROWS = [row for row in ROWS if set(row.who) != {Role.IMPORT}]


def reachable(start: Status, rows: Iterable[Row]) -> set[Status]:
    """Return every state that can follow, by graph search."""
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for row in rows:
            if here in row.states:
                todo.extend(set(row.to) - seen)
                seen.update(row.to)
    return seen


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_a_way_to_an_end(state: Status) -> None:
    assert reachable(state, OUR_ROWS) & TERMINAL


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_can_be_ended_without_its_department(state: Status) -> None:
    """A department that never answers, or a checker who never comes, blocks nothing."""
    rows = [row for row in OUR_ROWS if not set(row.who) <= {Role.HANDLER, Role.CHECKER}]
    ends = {row.to for row in rows if state in row.states and set(row.to) & TERMINAL}
    assert ends, state


@pytest.mark.parametrize("state", sorted(set(Status) - {Status.REPORTED}))
def test_every_state_is_reached_from_a_report(state: Status) -> None:
    assert state in reachable(Status.REPORTED, OUR_ROWS)


def test_only_a_merge_and_a_closing_can_be_taken_back() -> None:
    back = {
        row.command.NAME: row.states & TERMINAL
        for row in OUR_ROWS
        if row.states & TERMINAL and row.to and not set(row.to) <= TERMINAL
    }
    assert back == {"case.unmerge": {Status.MERGED}, "case.reopen": {Status.CLOSED}}


def test_declined_and_cancelled_cases_only_hear_appeals() -> None:
    for state in (Status.DECLINED, Status.CANCELLED):
        heard = {row.command.NAME for row in OUR_ROWS if state in row.states}
        assert heard == {"case.file_appeal", "case.decide_appeal"}


def test_the_import_has_rows_of_its_own_and_no_step_of_the_loop() -> None:
    stated = {row.command.NAME for row in ROWS if Role.IMPORT in row.who}
    assert stated == {
        "case.state_report", "case.state_assignment", "case.state_target", "case.state_status",
        "case.state_note", "case.state_close", "case.state_correction", "case.flag",
    }  # fmt: skip
    assert all(set(row.who) == {Role.IMPORT} for row in ROWS if Role.IMPORT in row.who)


def test_every_command_is_in_the_table_and_decided_and_every_event_folded() -> None:
    assert set(TABLE) == set(DECISIONS) == set(COMMANDS) == set(CASE.commands)
    assert set(FOLDS) == set(EVENTS) == set(CASE.events)
    assert {command.NAME for command in MULTI} == {"case.merge", "case.unmerge", "case.split"}


def test_what_a_row_needs_is_a_fact() -> None:
    known = set(CaseFacts.__struct_fields__)
    assert set().union(*(row.needs for row in ROWS)) <= known


def test_some_roles_only_look() -> None:
    acting = set().union(*(row.who for row in ROWS))
    assert set(Role) - acting == {
        Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.DISPLAY, Role.PUBLIC,
    }  # fmt: skip
