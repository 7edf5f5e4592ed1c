"""Wait, with a progress bar, until the read models stand at the head of the log."""

from typing import Final

from api.cli.failure import Failed
from api.cli.progress import Progress
from api.wiring import App

PATIENCE_S: Final = 900.0


async def caught_up(app: App) -> None:
    """Wait for the read models. Raises Failed when they do not get there in time."""
    progress = Progress("projecting")
    if not await app.caught_up(PATIENCE_S, progress):
        raise Failed(
            f"the read models did not reach the head of the log within {PATIENCE_S:g} s; "
            "quanke quarantine list shows what holds them"
        )
    progress.close()
