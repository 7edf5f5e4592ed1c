"""`quanke rebuild NAME|--all`: read models built anew beside the live ones, then swapped."""

import sys
import time

from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.cli.progress import Progress
from api.database import database
from api.settings import Settings
from migrations import migrate
from projections.port import ReadModel
from projections.rebuild import BuildRunning, Rebuilt, UnknownReadModel, named
from projections.rebuild import rebuild as build_anew


def rebuild(*names: str, all: bool = False, data: Data = None) -> None:  # noqa: A002
    """Build read models anew from the log and swap them in; the platform may run meanwhile.

    Parameters
    ----------
    names
        Which read models.
    all
        All of them.
    """
    if all == bool(names):
        raise Failed(f"name read models or say --all; there are: {', '.join(known())}")
    try:
        models = named(names)
    except UnknownReadModel as error:
        raise Failed(str(error)) from error
    for one in wait_for(_rebuild(read_settings(data), models)):
        print(f"{one.read_model} v{one.version} rebuild {one.rebuild} at position {one.position}")
        if one.held:
            print(f"  {one.held} streams in quarantine: quanke quarantine list", file=sys.stderr)


def known() -> list[str]:
    """Return the names of all read models."""
    return [model.name for model in named([])]


async def _rebuild(settings: Settings, models: list[ReadModel]) -> list[Rebuilt]:
    progress = Progress("rebuilding")
    began = time.monotonic()
    async with database(settings, "rebuild") as dsn:
        await migrate(dsn)
        try:
            done = await build_anew(dsn, models, progress)
        except BuildRunning as error:
            raise Failed(str(error)) from error
    progress.close()
    print(f"{len(done)} rebuilt in {time.monotonic() - began:.1f} s", file=sys.stderr)
    return done
