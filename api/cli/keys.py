"""`quanke keys rotate`: another key-encryption key, and the old one is gone."""

from typing import Final

from cyclopts import App

from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.dispatch.deciding import KEK_FILE
from api.settings import Settings
from eventlog.kek import FileKek
from eventlog.keytable import rotate as rewrap
from migrations import migrate

app: Final = App(
    name="keys",
    help="Replace the key-encryption key.",
    result_action="return_value",
)


@app.command
def rotate(*, data: Data = None) -> None:
    """Wrap every data key under a new key-encryption key and destroy the old one.

    A running platform goes on. Older backups of the keys, and what old disk pages still hold
    of the key table, can be opened by nobody afterwards: make a new backup of the keys.
    """
    print(wait_for(_rotate(read_settings(data))))


async def _rotate(settings: Settings) -> str:
    async with database(settings, "keys") as dsn:
        await migrate(dsn)
        driver = FileKek(settings.keys_dir / KEK_FILE)
        count = await rewrap(dsn, driver)
    return f"{count:,} keys wrapped anew under {driver.current().fingerprint[:12]}"
