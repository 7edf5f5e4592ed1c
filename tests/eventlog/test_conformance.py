"""What a log promises, over the reference and over PostgreSQL alike."""

import asyncio
import time
from collections.abc import Coroutine
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from msgspec.structs import astuple

from eventlog.errors import VersionConflict
from eventlog.port import EventLog
from eventlog.record import Appended, NewEvent, Position, Recorded, Unchanged, Write
from tests.eventlog.samples import ACTOR, META, event, everything, put, take, write

T = TypeVar("T")


async def together(*work: Coroutine[Any, Any, T]) -> list[T | Exception]:
    """Run coroutines at once; an exception stands in the place of its result."""

    async def one(coroutine: Coroutine[Any, Any, T]) -> T | Exception:
        try:
            return await coroutine
        except Exception as error:
            return error

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(coroutine)) for coroutine in work]
    return [task.result() for task in tasks]


async def test_an_empty_log_has_nothing(log: EventLog) -> None:
    assert await log.head() == 0
    assert await everything(log) == []
    assert await log.read_stream(uuid4()) == []
    assert await log.read_streams([uuid4(), uuid4()]) == []


async def test_what_is_appended_is_read_back_whole(log: EventLog) -> None:
    stream, command = uuid4(), uuid4()
    before = time.time_ns() // 1_000 - 1_000_000
    events = (
        event("case.reported", 1),
        NewEvent("case.accepted", 3, b'{"by":"\xe6\x9d\x8e"}', META),
    )
    answer = await log.append(command, ACTOR, [Write(stream, 0, events)])
    assert (answer.first, answer.last, answer.duplicate) == (1, 2, False)
    assert before < answer.recorded_at < time.time_ns() // 1_000 + 1_000_000
    at = answer.recorded_at
    assert await everything(log) == [
        Recorded(
            Position(1), stream, 1, "case.reported", 1, at, command, 0, ACTOR, META, b'{"n":1}'
        ),
        Recorded(
            Position(2), stream, 2, "case.accepted", 3, at, command, 1, ACTOR, META,
            b'{"by":"\xe6\x9d\x8e"}',
        ),
    ]  # fmt: skip
    assert await log.head() == 2


async def test_bytes_are_kept_as_they_are(log: EventLog) -> None:
    odd = b'{ "b" : 1.0, "a" : 1e2,\n"b":2 }'
    await log.append(uuid4(), ACTOR, [Write(uuid4(), 0, (NewEvent("t", 1, odd, odd),))])
    (stored,) = await everything(log)
    assert (stored.state, stored.meta) == (odd, odd)


async def test_one_command_may_write_to_several_streams(log: EventLog) -> None:
    one, two = uuid4(), uuid4()
    await put(log, one)
    answer = await log.append(uuid4(), ACTOR, [write(two, 0, 5, 6), write(one, 1, 7)])
    assert (answer.first, answer.last) == (2, 4)
    stored = (await everything(log))[1:]
    assert [(r.stream, r.version, r.command_index) for r in stored] == [
        (two, 1, 0),
        (two, 2, 1),
        (one, 2, 2),
    ]


@pytest.mark.parametrize(("expected", "actual"), [(0, 2), (1, 2), (3, 2), (7, 2)])
async def test_a_wrong_version_is_refused(log: EventLog, expected: int, actual: int) -> None:
    stream = uuid4()
    await put(log, stream, count=2)
    with pytest.raises(VersionConflict) as conflict:
        await put(log, stream, expected)
    assert (conflict.value.stream, conflict.value.expected, conflict.value.actual) == (
        stream,
        expected,
        actual,
    )
    assert await log.head() == 2


async def test_one_wrong_stream_refuses_all(log: EventLog) -> None:
    good, bad = uuid4(), uuid4()
    with pytest.raises(VersionConflict) as conflict:
        await log.append(uuid4(), ACTOR, [write(good, 0, 1), write(bad, 4, 2)])
    assert (conflict.value.stream, conflict.value.actual) == (bad, 0)
    assert await everything(log) == []


async def test_a_refused_command_id_may_come_again(log: EventLog) -> None:
    stream, command = uuid4(), uuid4()
    await put(log, stream)
    with pytest.raises(VersionConflict):
        await log.append(command, ACTOR, [write(stream, 0, 1)])
    answer = await log.append(command, ACTOR, [write(stream, 1, 1)])
    assert (answer.first, answer.last, answer.duplicate) == (2, 2, False)


async def test_streams_that_must_not_move(log: EventLog) -> None:
    parent, child, absent = uuid4(), uuid4(), uuid4()
    await put(log, parent, count=2)
    still = [Unchanged(parent, 2), Unchanged(absent, 0)]
    answer = await log.append(uuid4(), ACTOR, [write(child, 0, 1)], still)
    assert answer.first == 3
    with pytest.raises(VersionConflict) as conflict:
        await log.append(uuid4(), ACTOR, [write(child, 1, 2)], [Unchanged(parent, 1)])
    assert (conflict.value.stream, conflict.value.expected, conflict.value.actual) == (parent, 1, 2)
    assert await log.head() == 3


async def test_a_command_id_writes_once(log: EventLog) -> None:
    stream, command = uuid4(), uuid4()
    await put(log, uuid4())
    first = await log.append(command, ACTOR, [write(stream, 0, 1, 2, 3)])
    await put(log, stream, 3)
    for writes in ([write(stream, 0, 1, 2, 3)], [write(uuid4(), 0, 9)]):
        again = await log.append(command, ACTOR, writes)
        assert again == Appended(Position(2), Position(4), first.recorded_at, duplicate=True)
    assert await log.head() == 5


async def test_the_last_command_answers_its_own_positions_again(log: EventLog) -> None:
    command, stream = uuid4(), uuid4()
    await log.append(command, ACTOR, [write(stream, 0, 1, 2)])
    again = await log.append(command, ACTOR, [write(stream, 0, 1, 2)])
    assert (again.first, again.last, again.duplicate) == (1, 2, True)


async def test_commands_that_build_on_each_other_in_one_batch(log: EventLog) -> None:
    stream = uuid4()
    answers = await together(*(put(log, stream, 2 * n, count=2) for n in range(20)))
    assert [(a.first, a.last) for a in answers if isinstance(a, Appended)] == [
        (2 * n + 1, 2 * n + 2) for n in range(20)
    ]
    assert [r.version for r in await log.read_stream(stream)] == list(range(1, 41))


async def test_commands_that_quarrel_in_one_batch(log: EventLog) -> None:
    stream, other = uuid4(), uuid4()
    answers = await together(*(put(log, s) for s in (stream, stream, other, stream)))
    assert [type(answer) for answer in answers] == [
        Appended,
        VersionConflict,
        Appended,
        VersionConflict,
    ]
    assert [answer.actual for answer in answers if isinstance(answer, VersionConflict)] == [1, 1]
    assert sorted(r.stream for r in await everything(log)) == sorted([stream, other])


async def test_a_stranger_in_the_batch_does_not_spoil_it(log: EventLog) -> None:
    stream = uuid4()
    wrong = log.append(uuid4(), ACTOR, [write(uuid4(), 0, 1)], [Unchanged(stream, 9)])
    answers = await together(put(log, stream), wrong, put(log, stream, 1), put(log, uuid4()))
    assert [type(answer) for answer in answers] == [Appended, VersionConflict, Appended, Appended]
    assert [r.position for r in await everything(log)] == [1, 2, 3]


async def test_the_same_command_id_at_once_writes_once(log: EventLog) -> None:
    stream, command = uuid4(), uuid4()
    answers = await together(*(log.append(command, ACTOR, [write(stream, 0, 1)]) for _ in range(5)))
    assert sorted(a.duplicate for a in answers if isinstance(a, Appended)) == [False] + [True] * 4
    assert {(a.first, a.last) for a in answers if isinstance(a, Appended)} == {(1, 1)}
    assert await log.head() == 1


async def test_many_at_once_get_every_position_once(log: EventLog) -> None:
    answers = await together(*(put(log, uuid4(), count=1 + n % 3) for n in range(600)))
    ranges = sorted((a.first, a.last) for a in answers if isinstance(a, Appended))
    assert len(ranges) == 600
    assert ranges[0][0] == 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ranges))
    assert await log.head() == ranges[-1][1] == 1_200


async def test_one_command_may_be_larger_than_a_batch(log: EventLog) -> None:
    stream = uuid4()
    small, large = await together(put(log, uuid4()), put(log, stream, count=2_500))
    assert isinstance(small, Appended)
    assert isinstance(large, Appended)
    # Which of the two is first, the lanes settle between them.
    assert {(small.first, small.last), (large.first, large.last)} in (
        {(1, 1), (2, 2_501)}, {(1, 2_500), (2_501, 2_501)},
    )  # fmt: skip
    assert [r.version for r in await log.read_stream(stream)] == list(range(1, 2_501))


def _nothing(stream: UUID) -> list[Write]:
    return [Write(stream, 0, ())]


def _twice(stream: UUID) -> list[Write]:
    return [write(stream, 0, 1), write(stream, 1, 2)]


def _bad_topic(stream: UUID) -> list[Write]:
    return [Write(stream, 0, (NewEvent("case\x00", 1, b"{}", META),))]


def _bad_schema(stream: UUID) -> list[Write]:
    return [Write(stream, 0, (NewEvent("case.reported", 0, b"{}", META),))]


@pytest.mark.parametrize("made", [_nothing, _twice, _bad_topic, _bad_schema])
async def test_what_cannot_be_stored_is_refused_at_the_door(log: EventLog, made: Any) -> None:
    with pytest.raises(ValueError):
        await log.append(uuid4(), ACTOR, made(uuid4()))
    assert await log.head() == 0


async def test_two_versions_of_one_stream_contradict(log: EventLog) -> None:
    stream = uuid4()
    await put(log, stream)
    with pytest.raises(ValueError, match="two versions"):
        await log.append(uuid4(), ACTOR, [write(stream, 1, 1)], [Unchanged(stream, 0)])
    assert await log.head() == 1


async def test_recorded_at_never_decreases(log: EventLog) -> None:
    for _ in range(20):
        await put(log, uuid4())
    times = [r.recorded_at for r in await everything(log)]
    assert times == sorted(times)


async def test_a_stream_is_read_from_a_version_on(log: EventLog) -> None:
    stream = uuid4()
    await put(log, uuid4())
    await put(log, stream, count=6)
    assert [r.version for r in await log.read_stream(stream, 2)] == [3, 4, 5, 6]
    assert [r.version for r in await log.read_stream(stream, 2, limit=2)] == [3, 4]
    assert await log.read_stream(stream, 6) == []


async def test_the_steps_of_a_stream_are_its_events_without_their_place(log: EventLog) -> None:
    stream = uuid4()
    for version in range(3):
        await log.append(uuid4(), ACTOR, [Write(stream, version, (event(number=version),))])
    await put(log, uuid4())
    whole = await log.read_stream(stream)
    told = [(one.version, one.topic, one.schema, one.actor, one.meta, one.state) for one in whole]
    assert [astuple(one) for one in await log.read_steps(stream)] == told
    assert [one.version for one in await log.read_steps(stream, 1)] == [2, 3]
    assert [one.version for one in await log.read_steps(stream, 1, limit=1)] == [2]
    assert await log.read_steps(stream, 3) == await log.read_steps(uuid4()) == []


async def test_several_streams_are_read_at_once(log: EventLog) -> None:
    low, high = sorted((uuid4(), uuid4()))
    await put(log, high, count=2)
    await put(log, low)
    await put(log, uuid4())
    read = await log.read_streams([high, low, uuid4()])
    assert [(r.stream, r.version) for r in read] == [(low, 1), (high, 1), (high, 2)]


async def test_the_log_is_read_page_by_page(log: EventLog) -> None:
    for _ in range(7):
        await put(log, uuid4())
    assert [r.position for r in await log.read_all(Position(0), 3)] == [1, 2, 3]
    assert [r.position for r in await log.read_all(Position(3), 3)] == [4, 5, 6]
    assert [r.position for r in await log.read_all(Position(6), 3)] == [7]
    assert await log.read_all(Position(7), 3) == []


async def test_following_catches_up_and_then_lives(log: EventLog) -> None:
    for _ in range(5):
        await put(log, uuid4())

    async def later() -> None:
        for _ in range(5):
            await put(log, uuid4())

    async with asyncio.TaskGroup() as group:
        followers = [group.create_task(take(log.follow(Position(p), 2), 10 - p)) for p in (0, 3)]
        group.create_task(later())
    assert [[r.position for r in f.result()] for f in followers] == [
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        [4, 5, 6, 7, 8, 9, 10],
    ]


async def test_a_follower_at_the_head_wakes_soon(log: EventLog) -> None:
    await put(log, uuid4())
    pages = log.follow(Position(1))
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(take(pages, 1))
        await asyncio.sleep(0)
        await put(log, uuid4())
    assert [r.position for r in waiting.result()] == [2]
