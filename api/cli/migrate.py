"""`quanke migrate`: bring the database up to date. `run` does it by itself."""

from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.settings import Settings
from migrations import migrate as bring_up_to_date


def migrate(*, data: Data = None) -> None:
    """Apply the numbered migrations that are missing, and print their names."""
    for name in wait_for(_migrate(read_settings(data))):
        print(name)


async def _migrate(settings: Settings) -> list[str]:
    async with database(settings, "migrate") as dsn:
        return await bring_up_to_date(dsn)
