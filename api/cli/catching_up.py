"""Wait, with a progress bar, until the read models stand at the head of the log."""

from typing import Final

from api.cli.failure import Failed
from api.cli.progress import Progress
from api.wiring import App
from projections.rebuild import BuildRunning, build_missing
from projections.registry import READ_MODELS

PATIENCE_S: Final = 900.0


async def built(app: App) -> None:
    """Build the read models that have no tables yet: a first start, or a new release.

    The runner would do the same; here it can be watched. Raises Failed when another
    process is at it.
    """
    progress = Progress("building the read models")
    try:
        await build_missing(app.dsn, READ_MODELS, progress)
    except BuildRunning as error:
        raise Failed(str(error)) from error
    progress.close()


async def caught_up(app: App) -> None:
    """Wait for the read models. Raises Failed when they do not get there in time."""
    progress = Progress("projecting")
    if not await app.caught_up(PATIENCE_S, progress):
        raise Failed(
            f"the read models did not reach the head of the log within {PATIENCE_S:g} s; "
            "quanke quarantine list shows what holds them"
        )
    progress.close()
