"""Which commands share a batch."""

import asyncio
from collections import deque
from uuid import UUID, uuid4

from eventlog.batch import MAX_BYTES, MAX_EVENTS, MAX_HELD, Waiting, measure, rows, take
from eventlog.record import NewEvent, Unchanged, Write
from tests.eventlog.samples import ACTOR, META, write


def waiting(
    *writes: Write, unchanged: tuple[Unchanged, ...] = (), command: UUID | None = None
) -> Waiting:
    events, size = measure(ACTOR, writes, unchanged)
    answer = asyncio.get_running_loop().create_future()
    return Waiting(command or uuid4(), ACTOR, writes, unchanged, events, size, 0.0, answer)


async def test_strangers_go_together() -> None:
    commands = [waiting(write(uuid4(), n, 1)) for n in range(3)]
    batch = take(deque(commands))
    assert batch.together == commands
    assert batch.contested == []
    assert batch.expected_versions == [1, 2]  # of the new one the key of its first event tells


async def test_a_chain_expects_only_its_beginning() -> None:
    stream = uuid4()
    commands = [waiting(write(stream, 4, 1, 2)), waiting(write(stream, 6, 3))]
    batch = take(deque(commands))
    assert batch.together == commands
    assert (batch.expected_streams, batch.expected_versions) == ([stream], [4])
    assert [(version, index) for _, version, *_, index, _ in rows(commands)] == [
        (5, 0), (6, 1), (7, 0),
    ]  # fmt: skip


async def test_who_disagrees_with_the_batch_is_contested() -> None:
    stream, read = uuid4(), uuid4()
    fine = waiting(write(stream, 4, 1), unchanged=(Unchanged(read, 2),))
    stale = waiting(write(stream, 4, 2))
    other_view = waiting(write(uuid4(), 0, 3), unchanged=(Unchanged(read, 3),))
    same_view = waiting(write(read, 2, 4))
    moved = waiting(write(uuid4(), 0, 5), unchanged=(Unchanged(read, 2),))
    batch = take(deque([fine, stale, other_view, same_view, moved]))
    assert batch.together == [fine, same_view]
    assert batch.contested == [stale, other_view, moved]
    assert (batch.expected_streams, batch.expected_versions) == ([read, stream], [2, 4])
    named = [stream, read, *(one.writes[0].stream for one in (other_view, moved))]
    assert batch.streams == {one.int for one in named}


async def test_the_same_command_twice_is_contested() -> None:
    command = uuid4()
    first = waiting(write(uuid4(), 0, 1), command=command)
    second = waiting(write(uuid4(), 0, 1), command=command)
    batch = take(deque([first, second]))
    assert (batch.together, batch.contested) == ([first], [second])


async def test_who_has_gone_is_left_out() -> None:
    gone, here = waiting(write(uuid4(), 0, 1)), waiting(write(uuid4(), 0, 1))
    gone.answer.cancel()
    assert take(deque([gone, here])).together == [here]


async def test_a_batch_has_a_cap_in_events() -> None:
    queue = deque(waiting(write(uuid4(), 0, *range(300))) for _ in range(4))
    assert [c.events for c in take(queue).together] == [300, 300, 300]
    assert len(queue) == 1
    assert 3 * 300 <= MAX_EVENTS < 4 * 300


async def test_a_batch_has_a_cap_in_bytes() -> None:
    big = (NewEvent("t", 1, b"x" * (MAX_BYTES // 2), META),)
    queue = deque(waiting(Write(uuid4(), 0, big)) for _ in range(3))
    assert len(take(queue).together) == 1
    assert len(queue) == 2


async def test_one_command_over_the_cap_goes_alone() -> None:
    queue = deque([waiting(write(uuid4(), 0, *range(2_000))), waiting(write(uuid4(), 0, 1))])
    assert [c.events for c in take(queue).together] == [2_000]


async def test_a_stream_in_flight_holds_all_behind_it() -> None:
    busy, chained, free = uuid4(), uuid4(), uuid4()
    first = waiting(write(busy, 1, 1), write(chained, 0, 1))
    behind = waiting(write(chained, 1, 2))
    reader = waiting(write(uuid4(), 0, 3), unchanged=(Unchanged(busy, 1),))
    other = waiting(write(free, 0, 4))
    queue = deque([first, behind, reader, other])
    assert take(queue, busy={busy.int}).together == [other]
    assert list(queue) == [first, behind, reader]
    assert take(queue, max_commands=2).together == [first, behind]
    assert take(queue).together == [reader]


async def test_nothing_is_taken_when_all_is_held() -> None:
    stream = uuid4()
    queue = deque(waiting(write(stream, n, 1)) for n in range(MAX_HELD + 100))
    batch = take(queue, busy={stream.int})
    assert (batch.together, batch.streams) == ([], set())
    assert [one.writes[0].expected_version for one in queue] == list(range(MAX_HELD + 100))
