"""The demo district beside the platform: its year told at the start, then its days lived.

The platform knows nothing of it: the year passes the same dispatcher as any command, and
the days come over HTTP from a process of their own, with a signed token.
"""

from api.cli.progress import Progress
from api.demo.seeding import DispatchedCases, found, founded_at, tell
from api.wiring import App


async def found_demo(app: App) -> None:
    """Found the demo district and tell its year, unless this log has it already."""
    parts = app.platform
    if await founded_at(parts.log) is not None:
        return
    now = parts.clock()
    founding, telling = Progress("founding the district"), Progress("telling its year")
    await found(parts.dispatcher, parts.log, parts.reference, now, founding)
    founding.close()
    await tell(DispatchedCases(parts.dispatcher), now, progress=telling)
    telling.close()


async def live_demo(app: App, url: str) -> None:
    """Let the demo live until cancelled."""
