"""Two tellers: every matter told once, the same as by one, and neither far ahead."""

import asyncio
import json
from pathlib import Path
from typing import Any

from api.demo.history import tell
from api.demo.pace import Share, in_step, lay_out
from api.demo.seeding import DispatchedCases, found
from eventlog.record import Position, Recorded
from tests.demo.retold import NOW, Place, empty, retell
from tests.demo.test_history import plain

DAYS, A_YEAR, SEED = 8, 4_000, 5


async def told_by_two(folder: Path) -> list[Recorded]:
    """Return a short history that two dispatchers have told into one log."""
    place = empty()
    await found(place.dispatcher, place.log, place.reference, NOW, lambda _done, _total: None)
    head = await place.log.head()
    lay_out(folder / "pace", 2)
    async with asyncio.TaskGroup() as tasks:
        for rest in (0, 1):
            tasks.create_task(_tell(place, folder / "pace", Share(rest, 2)))
    return await place.log.read_all(Position(head), 1_000_000)


async def _tell(place: Place, path: Path, share: Share) -> None:
    with in_step(path, share) as pace:
        cases = DispatchedCases(place.dispatcher)
        await tell(cases, NOW, seed=SEED, days_back=DAYS, a_year=A_YEAR, share=share, pace=pace)


def story(recorded: list[Recorded]) -> list[Any]:
    """Return what happened to each case, without the numbers, which go by order of arrival."""
    return sorted(
        (json.dumps(plain(one), sort_keys=True) for one in map(_unnumbered, recorded)),
    )


def _unnumbered(one: Recorded) -> Recorded:
    state = json.loads(one.state)
    state.pop("number", None)
    return Recorded(
        one.position, one.stream, one.version, one.topic, one.schema, one.recorded_at,
        one.command_id, one.command_index, one.actor, one.meta, json.dumps(state).encode(),
    )  # fmt: skip


async def test_two_tell_what_one_tells(tmp_path: Path) -> None:
    alone = await retell(DAYS, A_YEAR, seed=SEED)
    together = await told_by_two(tmp_path)
    assert len(together) > 500
    assert story(together) == story(alone.recorded)


async def test_who_leads_waits_for_the_slowest(tmp_path: Path) -> None:
    lay_out(tmp_path / "pace", 2)
    order: list[str] = []
    with (
        in_step(tmp_path / "pace", Share(0, 2)) as fast,
        in_step(tmp_path / "pace", Share(1, 2)) as slow,
    ):
        slow.reach(100)
        await fast.keep(150, lead=50)

        async def run_ahead() -> None:
            await fast.keep(151, lead=50)
            order.append("fast goes on")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_ahead())
            await asyncio.sleep(0.02)
            order.append("slow moves")
            slow.reach(101)
    assert order == ["slow moves", "fast goes on"]


async def test_who_leaves_holds_nobody_back(tmp_path: Path) -> None:
    lay_out(tmp_path / "pace", 2)
    with in_step(tmp_path / "pace", Share(1, 2)):
        pass
    with in_step(tmp_path / "pace", Share(0, 2)) as alone:
        async with asyncio.timeout(30):
            await alone.keep(NOW, lead=0)


async def test_the_year_begins_when_its_end_is_known(tmp_path: Path) -> None:
    lay_out(tmp_path / "pace", 2)
    with (
        in_step(tmp_path / "pace", Share(0, 2)) as first,
        in_step(tmp_path / "pace", Share(1, 2)) as second,
    ):
        first.set_year_end(NOW)
        assert await second.year_end() == NOW
