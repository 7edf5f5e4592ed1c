"""Merges, splits, and which other cases a command looks at."""

import msgspec

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.decide import decide, decide_many
from domain.case.facts import CategoryFact, related
from domain.case.values import (
    Channel,
    Clock,
    Place,
    Point,
    Severity,
    Status,
    Tier,
)
from domain.event import Command, Sealed
from tests.domain.case.attempts import (
    LEADER,
    PARTS,
)
from tests.domain.case.starts import starts
from tests.domain.case.world import (
    CASE,
    CHILDREN,
    DAY,
    FILED,
    GRID,
    GRID_CODE,
    HISTORIES,
    HOUR,
    OTHER,
    REPORTED,
    T0,
    at,
    by,
    due,
    facts,
    fold,
    reported,
)


def test_merging_writes_to_both_streams_and_unmerging_too() -> None:
    other = fold(REPORTED)
    state = fold(FILED)
    writes = decide_many(state, c.MergeCase(into=OTHER), facts(LEADER, other=other))
    assert writes == {
        str(CASE): [e.CaseMerged(into=OTHER, was="filed")],
        OTHER: [e.CaseAbsorbed(other=str(CASE))],
    }
    merged = fold([(event, LEADER) for event in writes[str(CASE)]], state)
    host = fold([(event, LEADER) for event in writes[OTHER]], other)
    assert (merged.status, merged.paused_at, host.absorbed) == (Status.MERGED, T0, (str(CASE),))
    later = by(Role.DUTY_LEADER, T0 + 2 * DAY)
    writes = decide_many(merged, c.UnmergeCase(), facts(later, other=host))
    total = due(Clock.TOTAL, at("2026-03-13 00:00") + 9 * HOUR)
    assert writes == {
        str(CASE): [e.CaseUnmerged(out_of=OTHER, status="filed", dues=(total,))],
        OTHER: [e.CaseReleased(other=str(CASE))],
    }
    back = fold([(event, later) for event in writes[str(CASE)]], merged)
    assert (back.status, back.merged_into, back.paused_at) == (Status.FILED, None, None)
    assert back.pauses == ((T0, T0 + 2 * DAY),)
    assert fold([(event, later) for event in writes[OTHER]], host).absorbed == ()


def test_a_suspended_case_comes_out_of_a_merge_suspended() -> None:
    suspended = fold(HISTORIES[Status.SUSPENDED])
    merged = fold([(e.CaseMerged(into=OTHER, was="suspended"), by(when=T0 + DAY))], suspended)
    assert merged.paused_at == T0
    later = by(Role.DUTY_LEADER, T0 + 2 * DAY)
    (event,) = decide(merged, c.UnmergeCase(), facts(later, other=fold(REPORTED)))
    assert event == e.CaseUnmerged(out_of=OTHER, status="suspended")
    back = fold([(event, later)], merged)
    assert (back.status, back.paused_at) == (Status.SUSPENDED, T0)
    assert back.clocks == suspended.clocks


def test_a_split_gives_children_that_are_filed() -> None:
    sealed = Sealed(key="k", nonce="n", ct="c")
    place = Place(scope=GRID, grid=GRID_CODE, point=sealed, address=sealed)
    state = fold((reported(place=place, severity=Severity.URGENT), *FILED[1:]))
    there = Place(scope="371602.003.", unlocated=True)
    parts = (
        c.Part(category="06010", description="left half"),
        c.Part(category="91001", place=there),
    )
    kinds = (CategoryFact(code="06010"), CategoryFact(code="91001", sensitive=True))
    who = by(Role.DISPATCHER, T0 + DAY)
    known = facts(who, child_ids=CHILDREN, numbers=("a", "b"), categories=kinds)
    writes = decide_many(state, c.SplitCase(parts=parts), known)
    assert list(writes) == [str(CASE), *CHILDREN]
    assert writes[str(CASE)] == [e.CaseSplit(children=CHILDREN)]
    (dispatch,) = starts(Clock.DISPATCH, when=T0 + DAY)
    (total,) = starts(Clock.TOTAL, when=T0)
    assert writes[CHILDREN[0]] == [
        e.CaseSplitOff(
            parent=str(CASE), depth=1, number="a", channel=Channel.RESIDENT, category="06010",
            place=Place(scope=GRID, grid=GRID_CODE), tier=Tier.VILLAGE, severity=Severity.URGENT,
            description="left half", reported_at=T0, policy="p1", dues=(dispatch, total),
        )
    ]  # fmt: skip
    (second,) = writes[CHILDREN[1]]
    assert isinstance(second, e.CaseSplitOff)
    assert (second.place, second.sensitive, second.number) == (there, True, "b")
    child = fold([(writes[CHILDREN[0]][0], who)])
    assert (child.status, child.parent, child.depth) == (Status.FILED, str(CASE), 1)
    assert (child.reported_at, child.last_at, child.reporter) == (T0, T0 + DAY, None)
    parent = fold([(writes[str(CASE)][0], who)], state)
    assert parent.children == CHILDREN


def test_a_plain_point_goes_with_the_parts_of_a_split() -> None:
    point = Point(lon=1, lat=2)
    state = fold((reported(place=Place(scope=GRID, point=point)), *FILED[1:]))
    known = facts(
        LEADER, child_ids=CHILDREN, numbers=("a", "b"), categories=(CategoryFact(code="06010"),) * 2
    )
    writes = decide_many(state, c.SplitCase(parts=PARTS), known)
    (child,) = writes[CHILDREN[0]]
    assert isinstance(child, e.CaseSplitOff)
    assert child.place.point == point
    assert not child.sensitive


def test_single_stream_commands_are_right_in_decide_many_too() -> None:
    assert decide_many(fold(REPORTED), c.UrgeCase(), facts(LEADER)) == {str(CASE): [e.CaseUrged()]}


def test_which_other_cases_a_command_looks_at() -> None:
    alone, family = fold(FILED), fold((*FILED, (e.CaseSplit(children=CHILDREN), LEADER)))
    child = msgspec.structs.replace(alone, parent=OTHER)
    merged = fold(HISTORIES[Status.MERGED])
    looks = related(family, c.MergeCase(into=OTHER))
    assert (looks.other, looks.parent, looks.children) == (OTHER, None, CHILDREN)
    assert related(merged, c.UnmergeCase()).other == OTHER
    assert related(child, c.ReopenCase(reason="x")).parent == OTHER
    assert related(alone, c.ReopenCase(reason="x")) == related(alone, c.UrgeCase())
    ending: tuple[Command, ...] = (
        c.CloseCase(), c.ForceCloseCase(reason="x"), c.CancelCase(reason="x"),
    )  # fmt: skip
    for command in ending:
        assert related(family, command).children == CHILDREN
        assert related(alone, command).children == ()
    assert related(family, c.UrgeCase()).children == ()
