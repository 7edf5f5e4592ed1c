"""Case numbers, ids, and the clock that must be believed before a deadline is sent."""

import asyncio
from zoneinfo import ZoneInfo

import asyncpg

from api.dispatch.numbering import MemoryNumbers, TableNumbers, local_day, new_stream
from api.reactors.clockwatch import ClockWatch


async def test_numbers_never_repeat_between_two_processes(database: str) -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        both = TableNumbers(pool), TableNumbers(pool)
        async with asyncio.TaskGroup() as tasks:
            given = [
                tasks.create_task(both[turn % 2].next("371602", "20261123")) for turn in range(500)
            ]
        numbers = {task.result() for task in given}
        assert len(numbers) == 500
        assert all(len(number) == 19 for number in numbers)
        assert min(numbers) == "3716022026112300001"
        assert await both[0].next("371602", "20261124") == "3716022026112400001"


async def test_numbers_in_memory_count_by_county_and_day() -> None:
    numbers = MemoryNumbers()
    asked = [("1", "d"), ("1", "d"), ("2", "d"), ("1", "e")]
    assert [(await numbers.next(*one))[-5:] for one in asked] == [
        "00001", "00002", "00001", "00001",
    ]  # fmt: skip


def test_the_day_is_the_one_on_the_wall() -> None:
    late = 1_795_363_200_000_000  # 2026-11-22 16:00 UTC
    assert local_day(late, ZoneInfo("Asia/Shanghai")) == "20261123"
    assert local_day(late, ZoneInfo("America/New_York")) == "20261122"


def test_streams_are_uuid7_and_rise_with_time() -> None:
    streams = [new_stream() for _ in range(2_000)]
    assert {stream.version for stream in streams} == {7}
    assert len(set(streams)) == 2_000
    stamps = [stream.int >> 80 for stream in streams]
    assert stamps == sorted(stamps)


class Clocks:
    """A wall clock and a monotonic one that a test can move apart."""

    def __init__(self) -> None:
        self.wall_us, self.monotonic_s = 1_000_000_000, 50.0

    def passes(self, seconds: float, stepped: float = 0.0) -> None:
        self.monotonic_s += seconds
        self.wall_us += round((seconds + stepped) * 1_000_000)


def test_a_stepped_clock_is_not_believed_until_it_has_held_for_a_minute() -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall_us, lambda: clocks.monotonic_s)
    clocks.passes(10)
    assert watch.agrees()
    clocks.passes(1, stepped=4.9)
    assert watch.agrees()
    clocks.passes(1, stepped=3_600)
    assert not watch.agrees()
    clocks.passes(59)
    assert not watch.agrees()
    clocks.passes(2)
    assert watch.agrees()


def test_a_clock_that_is_put_right_again_is_believed_at_once() -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall_us, lambda: clocks.monotonic_s)
    clocks.passes(1, stepped=-600)
    assert not watch.agrees()
    clocks.passes(1, stepped=600)
    assert watch.agrees()
