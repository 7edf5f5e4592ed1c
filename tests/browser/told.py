"""Three small townships of the demo and some days of theirs, told by the demo's own teller.

The whole district takes a minute to found; these 68 grids and their cases take two seconds, and
they have what a day of the demo has: reports at all hours, returns, late ones, closed ones.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid4

from api.demo.arrivals import matters
from api.demo.chance import DAY
from api.demo.clockwork import Clockwork
from api.demo.founding import stages
from api.demo.history import SEED, strand
from api.demo.seeding import DispatchedCases
from api.demo.staff import FOUNDER
from api.demo.walk import Walk
from api.reference import stream_of
from domain.directory.commands import AppointWorker, NameArea, PostWorker
from domain.event import Command
from domain.grid.commands import DrawGrid
from tests.browser.cell import Cell

NOW_US: Final = 1_795_485_600_000_000
"""2026-11-24 10:00 in Shanghai, a Tuesday at work: where the telling ends."""
TODAY: Final = NOW_US // DAY
"""The local day, since 1970-01-01."""
MIDNIGHT_US: Final = NOW_US - 10 * 3_600_000_000
TOWNS: Final = ("371602007", "371602013", "371602203")
A_YEAR: Final = 160_000
"""Matters of the whole district: some twenty a day come up in these townships."""
WIDTH: Final = 16


def _wanted(command: Command) -> bool:
    match command:
        case AppointWorker() | PostWorker():
            return False
        case NameArea(level="community") | DrawGrid():
            return command.code.startswith(TOWNS)
        case _:
            return True


async def found(cell: Cell) -> None:
    """Found the townships twelve days ago, with the policy and the departments of the district."""
    cases = DispatchedCases(cell.app.platform.dispatcher)
    for stage in stages():
        streams: dict[UUID, list[Command]] = defaultdict(list)
        for command in filter(_wanted, stage):
            streams[stream_of(command)].append(command)

        async def each(stream: UUID, commands: list[Command]) -> None:
            for command in commands:
                await cases.give(
                    command, stream=stream, actor=FOUNDER, command_id=uuid4(), at=NOW_US - 12 * DAY
                )

        async with asyncio.TaskGroup() as tasks:
            for stream, some in streams.items():
                tasks.create_task(each(stream, some))
        assert await cell.app.caught_up(60)


def _arrivals(days: int) -> Iterator[list[Walk]]:
    number = 0
    for day in range(TODAY - days, TODAY + 1):
        for matter in matters(SEED, day, number, A_YEAR):
            number += 1
            if matter.grid.code.startswith(TOWNS) and matter.at < NOW_US:
                yield strand(SEED, matter)


async def tell(cell: Cell, days: int = 6) -> None:
    """Found, and let so many days and this morning pass; the platform must not act by itself."""
    await found(cell)
    cases = DispatchedCases(cell.app.platform.dispatcher)
    await Clockwork(cases, _arrivals(days)).run(NOW_US, WIDTH)
    assert await cell.app.caught_up(60)
