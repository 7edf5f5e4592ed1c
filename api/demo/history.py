"""A year of the district, told as commands at simulated instants.

The history passes the same dispatcher, rules and clocks as today's commands; only the
instants lie in the past, and the basis says `simulated`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from api.demo.arrivals import CASES_A_YEAR, Matter, days, matters, somewhere_in
from api.demo.chance import DAY, HOUR, MINUTE, chance
from api.demo.clockwork import Cases, Clockwork, Tally, stream_id
from api.demo.walk import Walk
from domain.case.values import Channel

SEED: Final = 371602
YEAR_DAYS: Final = 365
WINDOW: Final = 2 * DAY
LAST_WINDOW: Final = HOUR
"""The last days run hour by hour, so that the end of the log is in order of time."""
LAST_DAYS: Final = 2
ECHO: Final = 0.035
"""Share of matters that a second person reports before the first report is worked off."""


async def tell(
    cases: Cases,
    now: int,
    *,
    seed: int = SEED,
    days_back: int = YEAR_DAYS,
    a_year: int = CASES_A_YEAR,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tally:
    """Let `days_back` days pass that end now, and return what happened.

    Cases that are not finished by now stay open. Raises the platform's errors.
    """
    start = now - days_back * DAY
    clockwork = Clockwork(cases)
    arriving = _arrivals(seed, start, now, a_year)
    upcoming = next(arriving, None)
    for until in _windows(start, now):
        while upcoming is not None and upcoming.at < until:
            clockwork.enter(strand(seed, upcoming))
            upcoming = next(arriving, None)
        await clockwork.run(until)
        progress((until - start) // MINUTE, (now - start) // MINUTE)
    return clockwork.tally


def strand(seed: int, matter: Matter) -> list[Walk]:
    """Return the walk of a matter, and of its second report where there is one."""
    first = walk_of(seed, matter)
    dice = first.dice
    if not dice.yes(ECHO) or matter.kind.publicity == "sensitive":
        return [first]
    again = replace(
        matter,
        at=matter.at + dice.lasting(35 * MINUTE),
        channel=dice.choice((Channel.RESIDENT, Channel.HOTLINE)),
        point=somewhere_in(matter.grid, dice),
    )
    second = walk_of(seed, again, echo=True)
    second.echo_of = first.stream
    return [first, second]


def walk_of(seed: int, matter: Matter, *, echo: bool = False) -> Walk:
    """Return the walk of a matter, at its beginning."""
    dice = chance(seed, "echoed case" if echo else "case", matter.number)
    stream = stream_id(matter.at, dice)
    return Walk(seed=seed, matter=matter, stream=stream, dice=dice, now=matter.at, kind=matter.kind)


def _arrivals(seed: int, start: int, now: int, a_year: int) -> Iterator[Matter]:
    number = 0
    for day in days(start, now):
        for matter in matters(seed, day, number, a_year):
            number += 1
            if start <= matter.at < now:
                yield matter


def _windows(start: int, now: int) -> Iterator[int]:
    """Yield the ends of the windows, wide ones first, the last one now."""
    at, narrow = start, now - LAST_DAYS * DAY
    while at < narrow:
        at = min(at + WINDOW, narrow)
        yield at
    while at < now:
        at = min(at + LAST_WINDOW, now)
        yield at
