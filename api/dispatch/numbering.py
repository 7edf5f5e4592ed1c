"""Case numbers for people: county (6) + local day (8) + daily sequence (5).

The stream key stays a UUIDv7; this number is what is read over the telephone.
Blocks are taken from one small table, so that a burst of reports costs one round
trip, and two processes never give the same number. A crash may leave a hole.
"""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Protocol
from uuid import UUID

import asyncpg

from eventlog.ids import ordered_id

LARGEST_BLOCK = 256
DAYS_KEPT = 512
QUARTER_US = 900_000_000
"""A quarter of an hour: no zone's midnight lies inside one."""
_TAKE = """
insert into quanke_case_number (county, day, last) values ($1, $2, $3)
on conflict (county, day) do update set last = quanke_case_number.last + $3
returning last
"""


class Numbers(Protocol):
    """Gives the next case number of a county and day."""

    async def next(self, county: str, day: str) -> str:
        """Return a number never given before. `day` is yyyymmdd, local."""
        ...


def new_stream() -> UUID:
    """Return the id of a new stream, a UUIDv7."""
    return ordered_id()


def local_day(instant: int, zone: tzinfo) -> str:
    """Return the yyyymmdd of an instant (microseconds UTC) as the clock on the wall says it."""
    return _day_of(instant // QUARTER_US, zone)


@lru_cache(maxsize=4_096)
def _day_of(quarter: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(quarter * QUARTER_US / 1_000_000, UTC)
    return at.astimezone(zone).strftime("%Y%m%d")


def _text(county: str, day: str, sequence: int) -> str:
    return f"{county}{day}{sequence:05d}"


class MemoryNumbers:
    """Numbers for tests and for a log in memory."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}

    async def next(self, county: str, day: str) -> str:
        """Return the next number."""
        sequence = self._last.get((county, day), 0) + 1
        self._last[county, day] = sequence
        return _text(county, day, sequence)


class _Block:
    """What is left of one block, and how big the next one will be."""

    __slots__ = ("end", "lock", "sequence", "size")

    def __init__(self) -> None:
        self.sequence = 0
        self.end = 0
        self.size = 1
        self.lock = asyncio.Lock()


class TableNumbers:
    """Numbers from `quanke_case_number`; blocks double up to 256 while a day is busy."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._blocks: OrderedDict[tuple[str, str], _Block] = OrderedDict()

    async def next(self, county: str, day: str) -> str:
        """Return the next number. Raises asyncpg errors when the table can't be reached."""
        block = self._block((county, day))
        if block.sequence < block.end:
            block.sequence += 1
            return _text(county, day, block.sequence)
        async with block.lock:
            if block.sequence >= block.end:
                await self._take(block, county, day)
            block.sequence += 1
            return _text(county, day, block.sequence)

    def _block(self, key: tuple[str, str]) -> _Block:
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = _Block()
            if len(self._blocks) > DAYS_KEPT:
                self._blocks.popitem(last=False)
        return block

    async def _take(self, block: _Block, county: str, day: str) -> None:
        last = await self._pool.fetchval(_TAKE, county, day, block.size)
        block.sequence, block.end = last - block.size, last
        block.size = min(block.size * 2, LARGEST_BLOCK)
