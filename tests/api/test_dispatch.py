"""Dispatch over the reference log: ids, versions, conflicts, several streams, sealing."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.dispatch.casefacts import CASE
from api.dispatch.dispatcher import Dispatched, Dispatcher
from api.dispatch.numbering import new_stream
from api.reference import Reference
from domain.actor import Actor, Role
from domain.case.commands import (
    AcceptCase,
    CancelCase,
    FileCase,
    MergeCase,
    ReportCase,
    SplitCase,
    UnmergeCase,
)
from domain.case.commands import Part as CasePart
from domain.case.values import Channel, Place, Point, Status
from domain.directory.commands import AppointWorker
from domain.errors import Rejected
from domain.event import Command
from domain.topics import decode, decode_meta
from eventlog.errors import VersionConflict
from eventlog.memory import MemoryLog
from eventlog.record import Position
from eventlog.vault import Vault
from tests.api.ground import ADMIN, COMMUNITY, DISTRICT, GRID, GRID_SCOPE, found

WORKER = Actor(id="acct:w1", role=Role.GRID_WORKER, scope=COMMUNITY)
ACCEPTOR = Actor(id="acct:a", role=Role.ACCEPTOR, scope=DISTRICT)
LEADER = Actor(id="acct:l", role=Role.DUTY_LEADER, scope=DISTRICT)
DISPATCHER = Actor(id="acct:d", role=Role.DISPATCHER, scope=DISTRICT)
POINT = Point(lon=118_005_000, lat=37_405_000)


class Desk:
    """A dispatcher over a log in memory, and what it needs."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self.log = MemoryLog()
        self.vault = Vault.in_memory()
        more: dict[str, Any] = {} if clock is None else {"clock": clock}
        self.dispatcher = Dispatcher(self.log, Reference(), self.vault, secret=b"s" * 32, **more)

    async def give(
        self, actor: Actor, command: Command, stream: UUID | None = None, **more: Any
    ) -> Dispatched:
        return await self.dispatcher.dispatch(
            command, actor=actor, stream=stream, command_id=more.pop("id", uuid4()), **more
        )

    async def status(self, stream: UUID) -> Status | None:
        status: Status | None = (await self.dispatcher.load(stream, CASE)).state.status
        return status


@pytest.fixture
async def desk() -> Desk:
    made = Desk()
    await found(made.dispatcher)
    return made


def reported(**given: Any) -> ReportCase:
    place = Place(scope=GRID_SCOPE, grid=GRID, point=POINT, address="学苑路")
    values: dict[str, Any] = {"channel": Channel.GRID_WORKER, "category": "06010"}
    values["place"] = place
    return ReportCase(**values | given)


async def test_a_report_gets_a_stream_a_number_and_sealed_words(desk: Desk) -> None:
    done = await desk.give(WORKER, reported(description="垃圾", contact="138"))
    (recorded,) = await desk.log.read_stream(done.stream)
    event: Any = decode(recorded.topic, recorded.schema, recorded.state)
    assert (done.stream.version, done.version, done.duplicate) == (7, 1, False)
    assert event.number[:6] == "371602"
    assert event.number[-5:] == "00001"
    assert event.place.point == POINT
    for value in (event.description, event.contact, event.place.address):
        assert value.ct
    assert "垃圾".encode() not in recorded.state
    (clear,) = done.events
    assert getattr(clear, "description", None) == "垃圾"


async def test_the_meta_says_who_and_when_and_keeps_effective_time_rising(desk: Desk) -> None:
    done = await desk.give(WORKER, reported(), occurred_at=2_000_000_000_000_000)
    await desk.give(ACCEPTOR, AcceptCase(), done.stream, occurred_at=1_000_000_000_000_000)
    first, second, *_ = [decode_meta(one.meta) for one in await desk.log.read_stream(done.stream)]
    assert (first.role, first.scope, first.basis) == ("grid_worker", COMMUNITY, "observed")
    assert second.occurred_at == 1_000_000_000_000_000
    assert second.effective_at == first.effective_at == 2_000_000_000_000_000
    assert first.input is not None
    assert first.input != second.input


async def test_a_digest_can_not_be_guessed_without_the_secret(desk: Desk) -> None:
    other = Desk()
    other.dispatcher = Dispatcher(other.log, Reference(), other.vault, secret=b"t" * 32)
    await found(other.dispatcher)
    stream, digests = new_stream(), set()
    for each in (desk, other):
        await each.give(WORKER, reported(), stream)
        (recorded,) = await each.log.read_stream(stream)
        digests.add(decode_meta(recorded.meta).input)
    assert len(digests) == 2


async def test_what_is_in_memory_equals_what_the_log_folds_to(desk: Desk) -> None:
    done = await desk.give(WORKER, reported(category="92003", description="求助"))
    await desk.give(ACCEPTOR, AcceptCase(), done.stream)
    held = await desk.dispatcher.load(done.stream, CASE)
    fresh = Dispatcher(desk.log, desk.dispatcher.reference, desk.vault, secret=b"s" * 32)
    assert await fresh.load(done.stream, CASE) == held
    assert (await fresh.load_all([done.stream], CASE))[done.stream] == held


async def test_two_at_once_are_decided_one_after_the_other(desk: Desk) -> None:
    done = await desk.give(WORKER, reported())

    async def accept() -> str:
        try:
            await desk.give(ACCEPTOR, AcceptCase(), done.stream)
        except Rejected as rejected:
            return rejected.code
        return "done"

    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(accept()) for _ in range(2)]
    assert sorted(task.result() for task in both) == ["WRONG_STATE", "done"]


async def test_a_stale_memory_is_mended_by_a_conflict(desk: Desk) -> None:
    done = await desk.give(WORKER, reported())
    elsewhere = Dispatcher(desk.log, desk.dispatcher.reference, desk.vault, secret=b"s" * 32)
    await elsewhere.dispatch(AcceptCase(), stream=done.stream, actor=ACCEPTOR, command_id=uuid4())
    filed = await desk.give(LEADER, FileCase(), done.stream)
    assert filed.version == 3
    assert await desk.status(done.stream) is Status.FILED


async def test_a_stale_memory_of_another_case_is_mended_too(desk: Desk) -> None:
    one = (await desk.give(WORKER, reported())).stream
    two = (await desk.give(WORKER, reported())).stream
    elsewhere = Dispatcher(desk.log, desk.dispatcher.reference, desk.vault, secret=b"s" * 32)
    await desk.give(ACCEPTOR, MergeCase(into=str(two)), one)
    await elsewhere.dispatch(UnmergeCase(), stream=one, actor=LEADER, command_id=uuid4())
    done = await desk.give(ACCEPTOR, MergeCase(into=str(one)), two)
    assert [type(event).__name__ for event in done.events] == ["CaseMerged"]
    assert await desk.status(one) is Status.REPORTED


async def test_an_expected_version_is_not_tried_again(desk: Desk) -> None:
    done = await desk.give(WORKER, reported())
    with pytest.raises(VersionConflict) as conflict:
        await desk.give(ACCEPTOR, AcceptCase(), done.stream, expected_version=5)
    assert (conflict.value.expected, conflict.value.actual) == (5, 1)
    with pytest.raises(VersionConflict):
        await desk.give(WORKER, reported(), done.stream, expected_version=0)
    assert len(await desk.log.read_stream(done.stream)) == 1


async def test_a_merge_writes_both_cases_or_neither(desk: Desk) -> None:
    one = (await desk.give(WORKER, reported())).stream
    two = (await desk.give(WORKER, reported())).stream
    done = await desk.give(ACCEPTOR, MergeCase(into=str(two)), one)
    assert done.last - done.first == 1
    assert (await desk.status(one), await desk.status(two)) == (Status.MERGED, Status.REPORTED)
    topics = [item.topic for item in await desk.log.read_all(Position(done.first - 1))]
    assert topics == ["case.merged", "case.absorbed"]
    await desk.give(LEADER, UnmergeCase(), one)
    assert await desk.status(one) is Status.REPORTED


async def test_a_merge_into_nothing_leaves_no_trace(desk: Desk) -> None:
    one = (await desk.give(WORKER, reported())).stream
    head = await desk.log.head()
    with pytest.raises(Rejected):
        await desk.give(ACCEPTOR, MergeCase(into=str(uuid4())), one)
    assert await desk.log.head() == head


async def test_a_split_makes_children_and_the_parent_waits_for_them(desk: Desk) -> None:
    parent = (await desk.give(WORKER, reported())).stream
    await desk.give(ACCEPTOR, AcceptCase(), parent)
    await desk.give(LEADER, FileCase(), parent)
    parts = (CasePart(category="06010"), CasePart(category="06036", description="另一半"))
    await desk.give(DISPATCHER, SplitCase(parts=parts), parent)
    children = (await desk.dispatcher.load(parent, CASE)).state.children
    assert len(children) == 2
    states = [(await desk.dispatcher.load(UUID(child), CASE)).state for child in children]
    assert {state.status for state in states} == {Status.FILED}
    assert len({state.number for state in states}) == 2
    with pytest.raises(Rejected) as rejected:
        await desk.give(LEADER, CancelCase(reason="test"), parent)
    assert rejected.value.code == "CHILDREN_OPEN"


async def test_a_worker_is_appointed_under_a_key_of_the_own(desk: Desk) -> None:
    done = await desk.give(ADMIN, AppointWorker(worker="w7", kind="full_time", scope=COMMUNITY,
                                                name="王五"))  # fmt: skip
    (recorded,) = await desk.log.read_stream(done.stream)
    assert "王五".encode() not in recorded.state
    assert await desk.vault.destroy("worker:w7") == 1


async def test_a_command_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    from domain.directory.commands import SetDuty

    head = await desk.log.head()
    done = await desk.give(ADMIN, SetDuty(department="sanitation", on_duty=True))
    assert (done.first, done.events) == (0, ())
    assert await desk.log.head() == head
