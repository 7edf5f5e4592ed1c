"""A year of the district, told as commands at simulated instants.

The history passes the same dispatcher, rules and clocks as today's commands; only the
instants lie in the past, and the basis says `simulated`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from api.demo.arrivals import CASES_A_YEAR, Matter, days, matters, somewhere_in
from api.demo.chance import DAY, HOUR, MINUTE, chance
from api.demo.clockwork import WIDTH, Cases, Clockwork, Tally, stream_id
from api.demo.pace import WHOLE, Pace, Share
from api.demo.walk import Walk
from domain.case.values import Channel

SEED: Final = 371602
YEAR_DAYS: Final = 365
LAST_HOURS: Final = 30
LAST_WIDTH: Final = 12
LAST_LEAD: Final = 5 * MINUTE
"""The last hours run with few cases at once, so that the end of the log is in order of time."""
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
    share: Share = WHOLE,
    pace: Pace | None = None,
) -> Tally:
    """Let `days_back` days pass that end now, and return what happened.

    Cases that are not finished by now stay open. With a `share`, others tell the rest and
    `pace` keeps all in step: what happens to a case is the same. Raises the platform's errors.
    """
    start = now - days_back * DAY
    span = (now - start) // MINUTE
    arrivals = (
        matter for matter in _arrivals(seed, start, now, a_year) if share.has(matter.number)
    )
    clockwork = Clockwork(cases, (strand(seed, matter) for matter in arrivals), pace)

    def report(at: int) -> None:
        progress((at - start) // MINUTE, span)

    last = now - LAST_HOURS * HOUR
    await clockwork.run(last, WIDTH // share.tellers, progress=report)
    await clockwork.run(now, LAST_WIDTH // share.tellers, LAST_LEAD, report)
    progress(span, span)
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
