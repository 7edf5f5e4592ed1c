"""What a process needs in order to take commands: the log, the vault, the facts, the rules.

Less than the platform: no web server, no read models. The wiring builds the platform on
it; a process that only writes (the second teller of the demo's year) stops here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg

from api.auth.signing import derived, signing_key
from api.database.layout import Layout
from api.dispatch.dispatcher import Dispatcher, now_us
from api.dispatch.numbering import TableNumbers
from api.dispatch.room import MEGABYTE, Require, Room, unlimited
from api.reactors.clockwatch import SteadyClock
from api.reference import Reference
from api.settings import Settings
from eventlog.connection import untouched
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from eventlog.vault import Vault
from projections.looking import Glances
from projections.sight import READER

READERS: Final = 16
GLANCES: Final = 4
"""Sessions of each kind of sight for questions of one statement."""
WORKERS: Final = 8
REFERENCE_PAGE: Final = 5_000
KEK_FILE: Final = "kek"
Reset = Callable[[object], Awaitable[None]]
SESSION: Final = {"jit": "off"}


@dataclass(frozen=True, slots=True)
class Deciding:
    """A dispatcher and what it stands on.

    `pool` is the platform's own; `reads` answers people and sees what each read's sight lets it;
    so do `glances`, for questions of one statement.
    """

    log: PostgresLog
    vault: Vault
    pool: "asyncpg.Pool[asyncpg.Record]"
    reads: "asyncpg.Pool[asyncpg.Record]"
    glances: Glances
    reference: Reference
    dispatcher: Dispatcher
    signing_key: bytes


@asynccontextmanager
async def deciding(
    settings: Settings, dsn: str, *, allow_lossy: bool = False
) -> AsyncIterator[Deciding]:
    """Open the log and the vault of a migrated database and fold the reference.

    `allow_lossy` is for the control of the kill check alone. Raises the log's errors.
    """
    key = signing_key(settings.keys_dir)
    async with (
        PostgresLog.open(dsn, allow_lossy=allow_lossy) as log,
        Vault.open(dsn, settings.keys_dir / KEK_FILE) as vault,
        _sessions(dsn, "platform", WORKERS, untouched) as pool,
        _sessions(dsn, "reads", READERS, role=READER) as reads,
        Glances.open(dsn, GLANCES, SESSION) as glances,
    ):
        reference = Reference()
        await catch_up(log, reference)
        dispatcher = Dispatcher(
            log, reference, vault,
            numbers=TableNumbers(pool), secret=derived(key, "commands"), room=_room(settings),
            clock=SteadyClock(now_us),
        )  # fmt: skip
        yield Deciding(log, vault, pool, reads, glances, reference, dispatcher, key)


async def catch_up(log: PostgresLog, reference: Reference) -> None:
    """Fold the reference up to where the log stands now."""
    head = await log.head()
    after = Position(0)
    while page := await log.read_reference(after, REFERENCE_PAGE):
        reference.apply_all(page)
        after = page[-1].position
    reference.position = max(reference.position, head)


@asynccontextmanager
async def _sessions(
    dsn: str, name: str, most: int, reset: Reset | None = None, **more: str
) -> "AsyncIterator[asyncpg.Pool[asyncpg.Record]]":
    """A pool of sessions under a name that `pg_stat_activity` shows.

    Those that answer people are reset in full between two of them.
    """
    async with asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=most,
        command_timeout=30,
        reset=reset,
        server_settings={"application_name": f"quanke {name}", **SESSION, **more},
    ) as pool:
        yield pool


def _room(settings: Settings) -> Require:
    """Keep room on the disk of our own database; an external one keeps its own."""
    if settings.external_dsn is not None or not settings.reserve_mb:
        return unlimited
    cluster = Layout(settings.data_dir).cluster
    folder = cluster if cluster.exists() else settings.data_dir
    return Room(folder, settings.reserve_mb * MEGABYTE)
