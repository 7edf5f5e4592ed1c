"""Make a cluster, all or nothing: initdb works beside and the result is renamed."""

import os
import shutil
import subprocess

from api.database.account import Account
from api.database.binaries import Binaries
from api.database.errors import ServerFailed, WrongMajor
from api.database.layout import SUPERUSER, Layout

INITDB_TIMEOUT_S = 120
FIRST_WITH_BUILTIN_LOCALE = 17
CLEAN_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def ensure_cluster(
    layout: Layout, binaries: Binaries, account: Account, *, durable: bool = True
) -> bool:
    """Make the cluster unless it is there; tell whether it was made now.

    `durable` writes it through to the disk, which only a test can do without.
    Raises WrongMajor for a cluster of another major version, ServerFailed.
    """
    if (layout.cluster / "PG_VERSION").exists():
        _require_major(layout, binaries)
        return False
    shutil.rmtree(layout.unfinished, ignore_errors=True)
    layout.unfinished.mkdir(mode=0o700)
    account.give(layout.unfinished)
    _initdb(layout, binaries, account, durable)
    os.rename(layout.unfinished, layout.cluster)
    return True


def _initdb(layout: Layout, binaries: Binaries, account: Account, durable: bool) -> None:
    arguments = _arguments(binaries) + ([] if durable else ["--no-sync"])
    done = subprocess.run(
        [binaries.program("initdb"), "-D", str(layout.unfinished), *arguments],
        cwd="/",
        env=CLEAN_ENV,
        capture_output=True,
        text=True,
        timeout=INITDB_TIMEOUT_S,
        check=False,
        **account.popen(),
    )
    if done.returncode != 0:
        raise ServerFailed(f"initdb in {layout.unfinished} failed:\n{done.stderr.strip()}")


def _arguments(binaries: Binaries) -> list[str]:
    """Locale of the server itself: the host's says nothing about the order of names."""
    arguments = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--data-checksums"]
    if binaries.major >= FIRST_WITH_BUILTIN_LOCALE:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [*arguments, *locale]
    return [*arguments, "--locale=C.UTF-8"]


def _require_major(layout: Layout, binaries: Binaries) -> None:
    made_by = int((layout.cluster / "PG_VERSION").read_text("ascii"))
    if made_by == binaries.major:
        return
    raise WrongMajor(
        f"{layout.cluster} was made by PostgreSQL {made_by}, but {binaries.bin} is "
        f"{binaries.version}. Set QUANKE_PG_BIN to the bin directory of a PostgreSQL {made_by}, "
        "dump with its pg_dump and load into a new data directory."
    )
