"""`quanke doctor`: what this installation would run with. Starts and changes nothing."""

import platform
import shutil

from api.cli.options import Data, read_settings
from api.database.account import server_account
from api.database.binaries import find_binaries
from api.database.errors import DatabaseError
from api.database.layout import Layout
from api.database.ownership import owner_of, try_own
from api.settings import REPOSITORY
from opscenter import DIST


def doctor(*, data: Data = None) -> int:
    """Print what the platform would run with; exit 1 when something is missing."""
    settings = read_settings(data)
    layout = Layout(settings.data_dir)
    print(f"checkout     {REPOSITORY}")
    print(f"python       {platform.python_version()}")
    print(f"data         {layout.data}")
    print(f"database     {settings.external_dsn or layout.socket}")
    print(f"owner        {_owner(layout)}")
    print(f"screens      {'built' if (DIST / 'wall.html').exists() else 'not built yet'}")
    print(f"chromium     {shutil.which('chromium') or 'none: browser tests are skipped'}")
    try:
        found = find_binaries(settings.pg_bin)
        print(f"postgres     {found.version} in {found.bin}")
        print(f"runs as      {server_account(layout.data).name}")
    except DatabaseError as error:
        print(f"postgres     {error}")
        return 1
    return 0


def _owner(layout: Layout) -> str:
    if not layout.lock.exists():
        return "nobody"
    held = try_own(layout.lock)
    if held is None:
        return str(owner_of(layout.lock) or "another process")
    held.close()
    return "nobody"
