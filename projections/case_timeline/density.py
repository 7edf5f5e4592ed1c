"""How many events happened when: what a scrubber draws under its handle.

Whole hours of a whole district are summed from a few thousand rows; anything else is
counted event by event along an index, so narrow buckets and small areas are exact too.
"""

from pathlib import Path
from typing import Final

from domain.actor import scope_range
from domain.event import Microseconds
from projections.case_timeline.queries import NAME, VERSION
from projections.named import Queries, live_schema
from projections.port import Reads

SQL: Final = Queries(Path(__file__).with_name("density.sql"), live_schema(NAME, VERSION))
SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND


def district(scope: str) -> str:
    """Return the scope of the district that a scope lies in; empty for the empty one."""
    return scope[: scope.find(".") + 1]


async def extent(reads: Reads) -> tuple[Microseconds, Microseconds] | None:
    """Return the effective times of the first and the last event of any case; None for none."""
    row = await reads.fetchrow(SQL["extent"])
    return None if row["first"] is None else (row["first"], row["last"])


def buckets_over(start: Microseconds, end: Microseconds, most: int) -> tuple[int, int, int]:
    """Return the first edge, the width and the number of at most so many equal buckets.

    Widths are whole seconds; from an hour on whole hours, edges on the hour. They cover
    [start, end) and may reach a little further on both sides.
    """
    unit = HOUR if end - start > most * HOUR else SECOND
    first = start // unit * unit
    width = max(unit, -(-(end - first) // (most * unit)) * unit)
    return first, width, max(1, -(-(end - first) // width))


async def density(
    reads: Reads, scope: str, start: Microseconds, width: int, buckets: int
) -> list[int]:
    """Return how many events happened in each bucket of effective time, the first from `start`.

    An event counts where its case lay just after it. `width` in microseconds.
    """
    end = start + width * buckets
    if scope == district(scope) and start % HOUR == 0 and width % HOUR == 0:
        rows = await reads.fetch(SQL["by_hour"], start, width, end, scope)
    else:
        rows = await reads.fetch(SQL["by_event"], start, width, end, *scope_range(scope))
    counts = [0] * buckets
    for row in rows:
        counts[row["bucket"]] = row["events"]
    return counts
