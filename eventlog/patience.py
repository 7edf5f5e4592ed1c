"""A moment's patience where it is worth it: when this process has much to do.

A call to the database costs this process and the other more than a command does. Where turns
of the loop are long, other commands are on their way, and their company is worth a few
milliseconds; where a turn is short there is nothing else to do, and nobody waits. Nor does
anybody go on waiting for company that does not come: perhaps all there is waits already.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

SHORT_TURN_S: Final = 0.0001
"""A turn of the loop that took no longer had nothing else to do."""
LONG_TURNS: Final = 3
"""So many long ones in a row, and it is no mere burst."""
AT_MOST_S: Final = 0.006
LOOK_S: Final = 0.002


async def while_busy(company: Callable[[], int | None]) -> None:
    """Return when more is not wanted, nobody comes, the loop is idle, or the moment is over.

    `company` tells how many have come together, None when no more are wanted.
    """
    now = time.monotonic()
    until = now + AT_MOST_S
    for _ in range(LONG_TURNS):
        turn = now
        if company() is None:
            return
        await asyncio.sleep(0)
        now = time.monotonic()
        if now - turn < SHORT_TURN_S:
            return
    come = company()
    while now < until and come is not None:
        await asyncio.sleep(min(until - now, LOOK_S))
        now, before, come = time.monotonic(), come, company()
        if come == before:
            return
