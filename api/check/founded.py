"""A platform of a check's or bench's own: the demo's district in a database that is thrown away."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from api.database import opened
from api.demo.seeding import found, seed
from api.settings import Settings
from api.wiring import App

BUSY_YEAR: Final = 40_000
"""Cases a year where a bench needs a thousand of them within a fortnight."""


@asynccontextmanager
async def founded(
    name: str, days: int = 0, a_year: int = BUSY_YEAR, **settings: Any
) -> AsyncIterator[tuple[App, str, Path]]:
    """Open an App that does not work yet, its database's address and its data directory.

    With `days`, it has as many days of a district behind it with so many cases a year. Fsync is on.
    """
    home = Path(tempfile.mkdtemp(prefix=f"quanke-{name}-", dir="/tmp"))
    home.chmod(0o711)
    chosen = Settings(data=home / "data", database_url=None, **settings)
    try:
        async with (
            opened(chosen, name, exclusive=True) as database,
            App.open(chosen, database.dsn) as app,
        ):
            parts = app.platform
            now = parts.clock()
            if days:
                told = parts.dispatcher, parts.log, parts.reference, now
                await seed(*told, days_back=days, a_year=a_year)
            else:
                await found(parts.dispatcher, parts.log, parts.reference, now, lambda _a, _b: None)
            yield app, database.dsn, home / "data"
    finally:
        shutil.rmtree(home, ignore_errors=True)
