"""The simulated year: through the rules, out of behaviour, the same for the same seed."""

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from api.demo.arrivals import matters
from api.demo.chance import DAY
from api.demo.texts import MARK
from domain.case.events import CaseDeadlinePassed
from domain.case.values import OPEN, Status
from domain.event import Command
from domain.topics import decode, decode_meta
from eventlog.record import Recorded
from tests.demo.retold import NOW, Given, Retold, retell

DAYS, A_YEAR = 150, 2_000


@cache
def _kept() -> dict[str, Retold]:
    return {}


@pytest.fixture
async def history() -> Retold:
    """About a thousand cases over five months, told once."""
    if "it" not in _kept():
        _kept()["it"] = await retell(DAYS, A_YEAR)
    return _kept()["it"]


def plain(recorded: Recorded) -> tuple[str, str, int, str, Any, Any]:
    """Return an event without what differs from run to run: keys, seals, recorded_at."""
    meta = json.loads(recorded.meta)
    meta.pop("input")
    return (
        str(recorded.stream), recorded.topic, recorded.version, recorded.actor,
        meta, _unsealed(json.loads(recorded.state)),
    )  # fmt: skip


def _unsealed(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("sealed") == 1:
            return "sealed"
        return {name: _unsealed(inner) for name, inner in value.items()}
    return [_unsealed(inner) for inner in value] if isinstance(value, list) else value


async def test_the_same_seed_tells_the_same_story() -> None:
    one, two = await retell(8, 4_000, seed=5), await retell(8, 4_000, seed=5)
    assert len(one.recorded) > 500
    assert [plain(event) for event in one.recorded] == [plain(event) for event in two.recorded]
    assert one.tally == two.tally
    day = NOW // DAY
    assert matters(5, day, 0) == matters(5, day, 0) != matters(6, day, 0)


async def test_most_cases_are_closed_and_some_are_late_and_some_are_open(history: Retold) -> None:
    states = Counter(state.status for state in history.states.values())
    cases = states.total()
    assert 600 <= cases <= 1_100
    assert states[Status.CLOSED] / cases >= 0.9
    still_open = sum(states[status] for status in OPEN)
    assert 3 <= still_open <= cases * 0.06
    late = {e.stream for e in history.recorded if e.topic == "case.deadline_passed"}
    assert 0.03 <= len(late) / cases <= 0.3


async def test_every_branch_of_the_loop_is_taken(history: Retold) -> None:
    topics = Counter(event.topic for event in history.recorded)
    for name in (
        "self_handled", "verification_requested", "verified", "declined", "filed", "dispatched",
        "returned", "return_upheld", "return_refused", "classified", "merged", "absorbed",
        "extension_requested", "extension_granted", "suspended", "resumed", "urged",
        "supervision_ordered", "supervision_replied", "escalated", "check_failed",
        "rework_ordered", "joint_handling_opened", "assist_done", "deadline_warned",
        "deadline_passed", "follow_up_sent", "feedback_received", "reopened", "cancelled",
        "progress_noted", "closed",
    ):  # fmt: skip
        assert topics[f"case.{name}"], name


async def test_every_event_came_of_a_command_that_the_rules_allowed(history: Retold) -> None:
    allowed = {one.command_id for one in history.given if one.refused is None}
    assert {event.command_id for event in history.recorded} == allowed
    assert len(history.given) == history.tally.commands
    refused = [one.refused for one in history.given if one.refused]
    assert sum(history.tally.refused.values()) == len(refused)
    assert len(refused) / len(history.given) < 0.01


async def test_it_lies_in_the_past_and_says_that_it_is_simulated(history: Retold) -> None:
    latest: dict[Any, int] = {}
    for event in history.recorded:
        meta = decode_meta(event.meta)
        assert meta.basis == "simulated"
        assert NOW - DAYS * DAY <= meta.occurred_at < NOW
        assert meta.effective_at == meta.occurred_at >= latest.get(event.stream, 0)
        latest[event.stream] = meta.effective_at


async def test_a_passed_deadline_stands_at_its_due_instant(history: Retold) -> None:
    passed = [event for event in history.recorded if event.topic == "case.deadline_passed"]
    for event in passed:
        what = decode(event.topic, event.schema, event.state)
        assert isinstance(what, CaseDeadlinePassed)
        assert decode_meta(event.meta).occurred_at == what.due
        assert event.actor == "system:clock"


async def test_nobody_checks_own_work_and_departments_stay_with_their_duties(
    history: Retold,
) -> None:
    competent = history.place.reference.departments
    handled: dict[Any, set[str]] = {}
    for event in history.recorded:
        if event.topic in ("case.handled", "case.self_handled"):
            handled.setdefault(event.stream, set()).add(event.actor)
        if event.topic in ("case.check_passed", "case.check_failed"):
            assert event.actor not in handled[event.stream]
    for state in history.states.values():
        if state.lead is not None:
            assert competent[state.lead.department].competent(state.category)


async def test_all_text_says_that_it_is_made_up(history: Retold) -> None:
    texts = [text for one in history.given for text in _texts(one)]
    assert len(texts) > 1_000
    assert all(text.startswith(MARK) and "(synthetic)" in text for text in texts)


def _texts(one: Given) -> list[str]:
    names = ("description", "conclusion", "note", "reply", "contact", "comment")
    found = [getattr(one.command, name, None) for name in names]
    address = getattr(getattr(one.command, "place", None), "address", None)
    return [text for text in (*found, address) if text is not None]


async def test_personal_text_is_sealed_in_the_log(history: Retold) -> None:
    assert not any("模拟".encode() in event.state for event in history.recorded if _free(event))


def _free(event: Recorded) -> bool:
    return bool(type(decode(event.topic, event.schema, event.state)).PERSONAL)


async def test_every_command_kind_that_people_give_is_data(history: Retold) -> None:
    kinds = {type(one.command) for one in history.given}
    assert all(issubclass(kind, Command) for kind in kinds)
    assert len(kinds) >= 30
