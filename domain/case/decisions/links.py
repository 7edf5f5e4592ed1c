"""Duplicates, merges and splits: what is written to which of the streams."""

from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.clocks import resumed, resumed_assists, set_clocks
from domain.case.decisions.triage import placed
from domain.case.facts import CaseFacts
from domain.case.state import CaseState
from domain.case.values import SILENT, Clock, Place, Point, Status
from domain.event import DomainEvent


def suggest(_s: CaseState, command: c.SuggestDuplicate, _facts: CaseFacts) -> list[DomainEvent]:
    """A suggestion decides nothing."""
    return [
        e.CaseDuplicateSuggested(
            other=command.other, distance_m=command.distance_m, reason=command.reason
        )
    ]


def merge(state: CaseState, command: c.MergeCase, _facts: CaseFacts) -> list[DomainEvent]:
    """The side that ends."""
    assert state.status
    return [e.CaseMerged(into=command.into, was=state.status)]


def absorb(_state: CaseState, _command: c.MergeCase, facts: CaseFacts) -> list[DomainEvent]:
    """The side that goes on."""
    return [e.CaseAbsorbed(other=str(facts.case))]


def unmerge(state: CaseState, _command: c.UnmergeCase, facts: CaseFacts) -> list[DomainEvent]:
    """Back to where it was; a case that was suspended then still is, and its clocks stand."""
    assert state.merged_into
    assert state.merged_from
    running = state.merged_from is not Status.SUSPENDED
    return [
        e.CaseUnmerged(
            out_of=state.merged_into, status=state.merged_from,
            dues=resumed(state, facts) if running else (),
            assists=resumed_assists(state, facts) if running else (),
        )
    ]  # fmt: skip


def release(_state: CaseState, _command: c.UnmergeCase, facts: CaseFacts) -> list[DomainEvent]:
    """The other side of an unmerge; one that was declined or cancelled hears no more."""
    if facts.other and facts.other.status in SILENT:
        return []
    return [e.CaseReleased(other=str(facts.case))]


def split(_state: CaseState, _command: c.SplitCase, facts: CaseFacts) -> list[DomainEvent]:
    """The parent's side."""
    return [e.CaseSplit(children=facts.child_ids)]


def split_off(state: CaseState, command: c.SplitCase, facts: CaseFacts, index: int) -> DomainEvent:
    """One child: filed, to be dispatched now, its total clock started with the parent's."""
    part, category = command.parts[index], facts.categories[index]
    assert category
    return e.CaseSplitOff(
        parent=str(facts.case), depth=state.depth + 1, number=facts.numbers[index],
        channel=state.channel, category=category.code,
        place=placed(part.place, facts.part_grid(index)) if part.place else _copied(state.place),
        tier=category.tier, severity=state.severity,
        sensitive=state.sensitive or category.sensitive, description=part.description,
        exercise=state.exercise, reported_at=state.reported_at, policy=facts.policy,
        dues=(
            *set_clocks(facts, Clock.DISPATCH),
            *set_clocks(facts, Clock.TOTAL, start=state.reported_at),
        ),
    )  # fmt: skip


def _copied(place: Place) -> Place:
    """A sealed point or address opens only in the stream it was sealed for: left behind."""
    point = place.point if isinstance(place.point, Point) else None
    return Place(scope=place.scope, grid=place.grid, point=point, unlocated=place.unlocated)
