"""Every deadline opens its arithmetic: its spans are gapless and count up to its limit."""

import random
from typing import Any
from uuid import uuid4

from api.graphql.deadline.trace import trace
from api.graphql.deadline.types import reckoning_of
from api.graphql.scalars import rfc3339
from api.reference import Reference
from api.wiring import App
from bench.histories import stories, story
from domain.calendar.clock import parse_limit
from domain.calendar.events import CalendarPublished
from eventlog.record import Position, Recorded
from projections.decoding import decode_page
from tests.api.client import Client
from tests.api.steps import acting, report
from tests.api.test_history import play

OF_CASE = """query($id: ID!) { case(id: $id) { deadlines { clock name limit calendar start due
    stoppedAt standingSince warned passed limitS countedS doubts { code }
    settings { position topic due } spans { start end kind nameEn countedS } } } }"""
LIST = """{ deadlines(first: 100) { nodes { clock due reckoning { clock due countedS limitS
    spans { start end } } } } }"""


TO_WORK: list[tuple[str, str, dict[str, Any]]] = [
    ("acceptor", "acceptCase", {}),
    ("leader", "fileCase", {}),
    ("dispatcher", "dispatchCase", {}),
    ("sanitation", "acknowledgeCase", {}),
]


def gapless(one: dict[str, Any]) -> None:
    edge = one["start"]
    for span in one["spans"]:
        assert span["start"] == edge
        assert span["end"] > edge
        edge = span["end"]
    assert edge == one["due"]


async def test_every_clock_of_a_case_tells_its_spans(app: App, client: Client) -> None:
    key = await play(app, client, "a")
    case = (await acting(client, "leader").ask(OF_CASE, id=key))["case"]
    clocks = {one["clock"]: one for one in case["deadlines"]}
    assert set(clocks) == {"dispatch", "total"}  # reopened: earlier stages are void
    for one in clocks.values():
        gapless(one)


async def test_a_pause_moves_the_due_and_is_a_span(app: App, client: Client) -> None:
    key = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]["id"]
    review = rfc3339(app.platform.clock() + 5 * 86_400_000_000)
    for who, mutation, given in TO_WORK:
        await acting(client, who).done(mutation, case=key, **given)
    before = await app.platform.log.head()
    suspended = {"reason": "season", "reviewAt": review}
    await acting(client, "leader").done("suspendCase", case=key, **suspended)
    assert await app.caught_up(30)
    case = (await acting(client, "leader").ask(OF_CASE, id=key))["case"]
    standing = {one["clock"] for one in case["deadlines"] if one["standingSince"]}
    assert standing == {"handle", "total"}
    await acting(client, "leader").done("resumeCase", case=key)
    assert await app.caught_up(30)
    case = (await acting(client, "leader").ask(OF_CASE, id=key))["case"]
    clocks = {one["clock"]: one for one in case["deadlines"]}
    assert list(clocks) == ["accept", "total", "file", "dispatch", "acknowledge", "handle"]
    for one in clocks.values():
        gapless(one)
        assert one["countedS"] == one["limitS"]
        assert one["calendar"] == "371602@2026.1"
        assert one["doubts"] == []
        assert one["standingSince"] is None
    assert [one["topic"] for one in clocks["total"]["settings"]] == [
        "case.reported", "case.resumed",
    ]  # fmt: skip
    assert "pause" in {span["kind"] for span in clocks["total"]["spans"]}
    assert "pause" not in {span["kind"] for span in clocks["accept"]["spans"]}
    moved = {one["due"] for one in clocks["total"]["settings"]}
    assert len(moved) == 2
    earlier = LIST.replace("first: 100", f'first: 100, asOf: {{position: "{before}"}}')
    for one in (await acting(client, "leader").ask(earlier))["deadlines"]["nodes"]:
        gapless(one["reckoning"] | {"start": one["reckoning"]["spans"][0]["start"]})
        assert (one["reckoning"]["due"], one["reckoning"]["countedS"]) == (
            one["due"], one["reckoning"]["limitS"],
        )  # fmt: skip
    ended = {name for name, one in clocks.items() if one["stoppedAt"] is not None}
    assert ended == {"accept", "file", "dispatch", "acknowledge"}


async def test_an_extension_moves_the_due_and_says_so(app: App, client: Client) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]["id"]
    for who, mutation, given in (
        *TO_WORK,
        ("sanitation", "requestExtension", {"reason": "weather", "until": "2030-01-01T00:00:00Z"}),
        ("leader", "grantExtension", {}),
    ):
        await acting(client, who).done(mutation, case=case, **given)
    assert await app.caught_up(30)
    found = (await acting(client, "leader").ask(OF_CASE, id=case))["case"]["deadlines"]
    (handle,) = [one for one in found if one["clock"] == "handle"]
    assert [one["topic"] for one in handle["settings"]] == [
        "case.dispatched", "case.extension_granted",
    ]  # fmt: skip
    assert handle["settings"][-1]["due"] == handle["due"] == "2030-01-01T00:00:00.000000Z"
    gapless(handle)
    assert (handle["limitS"], handle["countedS"] > 4 * 3_600) == (4 * 3_600.0, True)
    assert {span["kind"] for span in handle["spans"]} >= {"counted", "night", "break", "weekend"}


async def test_the_list_of_deadlines_opens_the_same(app: App, client: Client) -> None:
    for _ in range(3):
        await acting(client, "worker").done("reportCase", **report("x").given)
    assert await app.caught_up(30)
    found = (await acting(client, "leader").ask(LIST))["deadlines"]["nodes"]
    assert len(found) == 6
    for one in found:
        reckoning = one["reckoning"]
        assert (reckoning["clock"], reckoning["due"]) == (one["clock"], one["due"])
        assert reckoning["countedS"] == reckoning["limitS"]


def reference() -> Reference:
    """Return a district of which only the calendar is known."""
    made = Reference()
    hours = ((510, 720), (810, 1080))
    made.fold(
        CalendarPublished(
            calendar="c", version="1", timezone="Asia/Shanghai", first_year=2020, last_year=2035,
            hours=hours,
        )
    )  # fmt: skip
    return made


def test_a_reckoning_of_any_history_is_whole() -> None:
    streams: dict[Any, list[Recorded]] = {}
    for position, step in enumerate(stories(120), 1):
        new = step.new()
        streams.setdefault(step.stream, []).append(
            Recorded(
                Position(position), step.stream, step.version, new.topic, new.schema,
                step.meta.effective_at, uuid4(), 0, "x", new.meta, new.state,
            )
        )  # fmt: skip
    calendar, clocks, rng = reference(), 0, random.Random(1)
    for stream, recorded in streams.items():
        cut = rng.randint(1, len(recorded))
        found = trace(str(stream), decode_page(recorded[:cut])[0])
        for one in found.clocks.values():
            told = reckoning_of(found, one, calendar)
            if one.due.limit:
                edges = [span.start for span in told.spans] + [told.due]
                assert edges[0] == told.start
                assert all(a.end == b for a, b in zip(told.spans, edges[1:], strict=True))
                assert told.limit_s == parse_limit(told.limit).amount / 1_000_000
            assert told.settings[-1].due == told.due
            clocks += 1
    assert clocks > 200


def test_a_stated_target_has_no_arithmetic() -> None:
    told = story(3)
    assert told.basis == "source"
    recorded = [
        Recorded(
            Position(at), told.stream, one.version, one.event.TOPIC, 1, one.meta.effective_at,
            uuid4(), 0, "import:x", one.new().meta, one.new().state,
        )
        for at, one in enumerate(told.steps, 1)
    ]  # fmt: skip
    found = trace(str(told.stream), decode_page(recorded)[0])
    (one,) = (reckoning_of(found, one, reference()) for one in found.clocks.values())
    assert (one.clock, one.limit, one.limit_s, one.spans) == ("total", "", None, [])
    assert [setting.topic for setting in one.settings] == ["case.target_stated"]
