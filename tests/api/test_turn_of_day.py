"""At midnight every wall begins its day anew: spread, few at a time, and none forgotten."""

import asyncio
import random
import time
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import pytest

from api.graphql.live import source
from api.graphql.live.cursor import Cursor
from api.graphql.live.messages import Resync
from api.graphql.live.source import Kind, Taken, follow
from api.platform import ANEW
from projections.hub import Hub
from projections.reading import Standing
from tests.api.client import PATIENCE_S

GROUPS = 40
SPREAD_S = 0.4
HOUR_US = 3_600_000_000


class Clock:
    """A clock on which it is midnight when it is told so; it knows who reads."""

    def __init__(self) -> None:
        self._ahead = self.reading = self.most = 0
        self.midnight = self.now() + HOUR_US
        self.struck = 0.0

    def now(self) -> int:
        return time.time_ns() // 1_000 + self._ahead

    def strike(self) -> None:
        self.struck = self.struck or asyncio.get_running_loop().time()
        self._ahead = HOUR_US


class Day:
    """A source whose snapshots say whether they are of the new day; its readings are counted."""

    interval_s = 0.0
    scope_key = "a place"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def snapshot(self) -> Taken:
        clock, over = self._clock, self._clock.now() >= self._clock.midnight
        clock.reading += 1
        clock.most = max(clock.most, clock.reading) if over else 0
        await asyncio.sleep(0.005)
        clock.reading -= 1
        until = None if over else clock.midnight
        return Taken(Kind.SNAPSHOT, Cursor("1", f"v@{over}", 0), over, until)

    async def delta(self, _changes: Any, _cursor: Cursor) -> None:
        return None


async def where() -> Standing:
    return Standing(position=0, head=0, clock=0, oldest_unapplied_at=None, view="v", held=0)


async def test_groups_read_their_new_day_spread_and_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "TURN_S", SPREAD_S)
    late, drawn = list[float](), random.uniform

    def draw(least: float, most: float) -> float:
        late.append(drawn(least, most))
        return late[-1]

    monkeypatch.setattr(random, "uniform", draw)
    clock, told, begun = Clock(), dict[int, list[Kind]](), dict[int, float]()
    platform: Any = SimpleNamespace(hub=Hub(), clock=clock.now, anew=asyncio.Semaphore(ANEW))

    async def one(group: int) -> None:
        kinds = told.setdefault(group, [])
        async with aclosing(follow(platform, Day(clock), where)) as messages:
            async for taken in messages:
                if taken.kind is not Kind.HEARTBEAT:
                    kinds.append(taken.kind)
                if taken.kind is Kind.RESYNC:
                    begun[group] = asyncio.get_running_loop().time() - clock.struck
                    assert isinstance(taken.payload, Resync)
                    assert taken.payload.reason == "day"
                if len(told) == GROUPS and all(told.values()):
                    clock.strike()
                if taken.payload is True:
                    return

    async with asyncio.timeout(PATIENCE_S):
        async with asyncio.TaskGroup() as tasks:
            for group in range(GROUPS):
                tasks.create_task(one(group))
    assert list(told.values()) == [[Kind.SNAPSHOT, Kind.RESYNC, Kind.SNAPSHOT]] * GROUPS
    assert 1 <= clock.most <= ANEW
    assert all(begun[group] >= late[group] - 1e-6 for group in range(GROUPS))
    assert len(late) == GROUPS
    assert SPREAD_S / 4 < max(late) - min(late) < SPREAD_S
