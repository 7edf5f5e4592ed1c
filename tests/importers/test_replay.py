"""A replay says what an import says, in the city's order and at its pace."""

import pytest

from api.importers.load import Summary
from api.replay import Pace, replay_file
from domain.topics import decode_meta
from tests.importers.forms import TITLES
from tests.importers.ground import MemoryGround


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Stopped(Exception):
    pass


async def replay(ground: MemoryGround, clock: Clock) -> Summary:
    return await replay_file(
        ground, TITLES["nyc-311"], "nyc-311", 60.0, clock=clock, sleep=clock.sleep
    )


async def test_it_takes_the_files_time_divided_by_the_speed() -> None:
    ground, clock = MemoryGround(), Clock()
    summary = await replay(ground, clock)
    assert (summary.read, summary.cases, summary.rejected) == (6, 6, 0)
    assert sum(clock.slept) == pytest.approx((7 * 60 + 46 - 3) / 60)


async def test_steps_come_in_the_order_of_the_citys_time() -> None:
    ground, clock = MemoryGround(), Clock()
    await replay(ground, clock)
    metas = [decode_meta(one.meta) for one in await ground.all() if one.topic.startswith("case.")]
    assert [meta.effective_at for meta in metas] == sorted(meta.effective_at for meta in metas)
    assert len({meta.effective_at for meta in metas}) == 7


async def test_an_import_after_a_replay_has_nothing_left_to_do() -> None:
    ground = MemoryGround()
    replayed = await replay(ground, Clock())
    imported = await ground.take("nyc_titles.csv", "nyc-311")
    assert (imported.events, imported.unchanged, imported.head) == (0, 6, replayed.head)


async def test_a_stopped_replay_goes_on_where_it_was() -> None:
    ground, clock, whole = MemoryGround(), Clock(), MemoryGround()
    await whole.take("nyc_titles.csv", "nyc-311")
    real = clock.sleep

    async def stops(seconds: float) -> None:
        if len(clock.slept) == 3:
            raise Stopped
        await real(seconds)

    clock.sleep = stops  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        await replay(ground, clock)
    begun = await ground.log.head()
    clock.sleep = real  # type: ignore[method-assign]
    rest = await replay(ground, clock)
    assert 0 < begun < rest.head
    assert rest.events == rest.head - begun
    assert await ground.counted() == await whole.counted()
    assert (await replay(ground, Clock())).events == 0


async def test_a_moment_that_is_past_does_not_wait() -> None:
    clock = Clock()
    pace = Pace(1_000_000, 2.0, clock, clock.sleep)
    await pace.reach(3_000_000)
    clock.now += 10
    await pace.reach(5_000_000)
    assert clock.slept == [1.0]
