"""Random legal and illegal commands over a handful of cases, and what must always hold.

The machine keeps every case's events; a command is decided over the states it looks
at and its events are folded, as dispatch does. Roles and states are drawn mostly from
the table, so that runs get deep, and sometimes not, so that refusals are met.
"""

from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.actor import Role
from domain.case import events as e
from domain.case.commands import (
    COMMANDS,
    ExpediteCase,
    GrantExtension,
    MergeCase,
    OrderSupervision,
    RequestExtension,
    SplitCase,
    SuspendCase,
)
from domain.case.decide import decide_many
from domain.case.evolve import evolve
from domain.case.facts import CaseFacts, CategoryFact, DepartmentFact, StandardFact, related
from domain.case.react import clock_commands, next_instant
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState, initial
from domain.case.table import TABLE
from domain.case.values import OPEN, SILENT, AssignmentStatus, Clock, Severity, Status
from domain.errors import Rejected
from domain.event import By, Command, DomainEvent
from domain.topics import EVENT_TYPES, decode, encode
from tests.domain.case.attempts import ATTEMPTS
from tests.domain.case.world import DAY, DISTRICT, HELP, HOUR, LEAD, OTHER_UNIT, T0, facts

UNITS = (LEAD, HELP, OTHER_UNIT)
STANDARDS = (StandardFact(id="S1"), StandardFact(id="S2", automatic=True))
STAFF = ("a", "b", "c")
MOVES_LATER = (e.CaseExtensionGranted, e.CaseResumed, e.CaseUnmerged)
MOVES = (*MOVES_LATER, e.CaseExpedited, e.CaseRedispatched)
LOOP = [command for command in COMMANDS if Role.IMPORT not in TABLE[command].who]
Clocks = dict[Clock, int]


def due_instants(state: CaseState) -> Clocks:
    """Return the running clocks' due instants."""
    return {running.due.clock: running.due.due for running in state.clocks}


class Loop(RuleBasedStateMachine):
    """A few cases, worked on by everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.made = 0
        self.states: dict[str, CaseState] = {}
        self.events: dict[str, list[tuple[DomainEvent, By]]] = {}

    def new(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))

    @initialize()
    def two_reports(self) -> None:
        for _ in range(2):
            self.report()

    @rule()
    def report(self) -> None:
        if len(self.states) < 6:
            self.send(self.new(), ATTEMPTS[Role.ACCEPTOR]["case.report"].command, Role.ACCEPTOR)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(data=st.data())
    def likely(self, data: st.DataObject) -> None:
        """A command that the table has for the state, by a role that it names."""
        case = data.draw(st.sampled_from(sorted(self.states)))
        status = self.states[case].status
        rows = [TABLE[command] for command in LOOP if status in TABLE[command].states]
        row = data.draw(st.sampled_from(rows))
        role = data.draw(st.sampled_from(sorted(row.who)))
        self.attempt(data, case, row.command.NAME, role)

    @rule(data=st.data())
    def forward(self, data: st.DataObject) -> None:
        """A command that moves the case on."""
        case = data.draw(st.sampled_from(sorted(self.states)))
        status = self.states[case].status
        rows = [
            TABLE[command]
            for command in LOOP
            if status in TABLE[command].states and set(TABLE[command].to) - {status}
        ]
        if rows:
            row = data.draw(st.sampled_from(rows))
            self.attempt(data, case, row.command.NAME, data.draw(st.sampled_from(sorted(row.who))))

    @rule(data=st.data(), command=st.sampled_from(LOOP), role=st.sampled_from(Role))
    def anything(self, data: st.DataObject, command: type[Command], role: Role) -> None:
        case = data.draw(st.sampled_from(sorted(self.states)))
        self.attempt(data, case, command.NAME, role)

    @rule()
    def the_clock_ticks(self) -> None:
        """Everything the clock wants to do is allowed."""
        for case in sorted(self.states):
            for command in clock_commands(self.states[case], self.now):
                assert self.send(case, command, Role.CLOCK) is None
            after = next_instant(self.states[case])
            assert after is None or after > self.now

    def attempt(self, data: st.DataObject, case: str, name: str, role: str) -> None:
        known = ATTEMPTS[role][name]
        command = self.retold(data, case, known.command)
        unit = data.draw(st.sampled_from(UNITS)) if role == Role.HANDLER else None
        department = getattr(command, "department", None) or data.draw(st.sampled_from(UNITS))
        more: dict[str, Any] = {
            "department": DepartmentFact(id=department, scope=DISTRICT),
            "standard": data.draw(st.sampled_from(STANDARDS)),
            "sampled": data.draw(st.booleans()),
            "category": CategoryFact(code=getattr(command, "category", "06010") or "06010"),
        }
        actor = "reporter" if role == Role.RESIDENT else data.draw(st.sampled_from(STAFF))
        self.send(case, command, role, actor=actor, unit=unit, **more)

    def retold(self, data: st.DataObject, case: str, command: Command) -> Command:
        """Put the machine's own cases, instants and open things into a command."""
        state, later = self.states[case], self.now + data.draw(st.integers(1, 30)) * DAY
        if isinstance(command, MergeCase):
            return MergeCase(into=data.draw(st.sampled_from(sorted(self.states))))
        if isinstance(command, RequestExtension):
            return msgspec.structs.replace(command, until=later)
        if isinstance(command, GrantExtension):
            return GrantExtension(until=data.draw(st.sampled_from([None, later])))
        if isinstance(command, SuspendCase):
            return msgspec.structs.replace(command, review_at=later)
        if isinstance(command, OrderSupervision):
            return msgspec.structs.replace(command, reply_due=later)
        if isinstance(command, ExpediteCase):
            limit = data.draw(st.sampled_from([None, "1U", "8H"]))
            severity = data.draw(st.sampled_from(Severity))
            return ExpediteCase(severity=severity, limit=limit)
        if hasattr(command, "worker"):
            return msgspec.structs.replace(command, worker=data.draw(st.sampled_from(STAFF)))
        if hasattr(command, "appeal") and state.appeals:
            return msgspec.structs.replace(command, appeal=state.appeals[0])
        if hasattr(command, "clock") and state.clocks:
            due = state.clocks[0].due
            return msgspec.structs.replace(command, clock=due.clock, due=due.due)
        return command

    def send(
        self, case: str, command: Command, role: str, actor: str = "a", unit: str | None = None,
        **more: Any,
    ) -> str | None:  # fmt: skip
        """Decide and fold; return the refusal's code."""
        state = self.states.get(case, initial())
        at = max(self.now, state.last_at)
        who = By(actor=actor, role=role, scope=DISTRICT, unit=unit, at=at)
        known = self.facts_for(case, state, command, who, more)
        try:
            writes = decide_many(state, command, known)
        except Rejected as refused:
            return RefusalCode(refused.code)
        for stream, events in writes.items():
            for event in events:
                self.append(stream, event, who)
        return None

    def facts_for(
        self, case: str, state: CaseState, command: Command, who: By, more: dict[str, Any]
    ) -> CaseFacts:
        links = related(state, command)
        if isinstance(command, SplitCase):
            count = len(command.parts)
            more |= {
                "child_ids": tuple(self.new() for _ in range(count)),
                "numbers": ("n",) * count,
                "categories": (CategoryFact(code="06010"),) * count,
            }
        return facts(
            who, case=UUID(case), other=self.states.get(links.other or ""),
            parent=self.states.get(links.parent or ""),
            children=tuple(self.states[child] for child in links.children), **more,
        )  # fmt: skip

    def append(self, stream: str, event: DomainEvent, who: By) -> None:
        before = self.states.get(stream, initial())
        who = msgspec.structs.replace(who, at=max(who.at, before.last_at))
        if before.status in SILENT:
            assert isinstance(event, (e.CaseAppealFiled, e.CaseAppealDecided)), event
        after = evolve(before, event, who)
        self.due_instants_move_rightly(before, after, event)
        self.states[stream] = after
        self.events.setdefault(stream, []).append((event, who))

    def due_instants_move_rightly(
        self, before: CaseState, after: CaseState, event: DomainEvent
    ) -> None:
        was, now = due_instants(before), due_instants(after)
        for clock in was.keys() & now.keys():
            if was[clock] == now[clock]:
                continue
            assert isinstance(event, MOVES), event
            if isinstance(event, MOVES_LATER):
                assert now[clock] > was[clock], event
            if isinstance(event, e.CaseExpedited):
                assert now[clock] < was[clock], event

    @invariant()
    def one_open_lead_at_most(self) -> None:
        for state in self.states.values():
            leads = [
                part
                for part in state.assignments
                if part.lead and part.status is not AssignmentStatus.RETURNED
            ]
            assert len(leads) <= 1
            needs_lead = (Status.DISPATCHED, Status.IN_PROGRESS, Status.SUSPENDED)
            assert leads or state.status not in needs_lead

    @invariant()
    def a_closed_parent_has_no_open_child(self) -> None:
        for state in self.states.values():
            if state.status not in OPEN and state.status is not None:
                assert not any(self.states[child].status in OPEN for child in state.children)

    @invariant()
    def a_case_that_ended_or_was_merged_accrues_no_clock(self) -> None:
        for state in self.states.values():
            if state.status not in OPEN:
                assert next_instant(state) is None
                assert clock_commands(state, self.now + 999 * DAY) == []
            if state.status in OPEN and state.status is not Status.SUSPENDED:
                assert state.paused_at is None

    @invariant()
    def a_merge_is_known_on_both_sides(self) -> None:
        for case, state in self.states.items():
            if state.merged_into:
                assert state.status is Status.MERGED
                assert case in self.states[state.merged_into].absorbed

    @invariant()
    def replay_gives_the_live_state_and_twice_the_same_bytes(self) -> None:
        for case, live in self.states.items():
            once, twice = self.replayed(case), self.replayed(case)
            assert once == live
            assert encoded(once) == encoded(twice) == encoded(live)

    def replayed(self, case: str) -> CaseState:
        """Fold the events as the log would hold them: through their bytes."""
        state = initial()
        for event, who in self.events[case]:
            stored = decode(event.TOPIC, event.SCHEMA, encode(event))
            assert type(stored) is EVENT_TYPES[event.TOPIC]
            state = evolve(state, stored, who)
        return state


def encoded(state: CaseState) -> bytes:
    """Return the canonical bytes of a state."""
    return msgspec.json.encode(state, order="sorted")


Loop.TestCase.settings = settings(
    max_examples=40, stateful_step_count=50, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
TestLoop = Loop.TestCase
