"""Connections to the database as the log wants them: exact clocks, pinned plans.

Timestamps pass as integer microseconds. Sequential and bitmap scans are off for the
log's own sessions: its reads are index ranges, and a plan made while the table was
empty must not outlive that.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, ParamSpec, Protocol, TypeAlias, TypeVar

import asyncpg
import structlog

from eventlog.errors import LogError, LogFull, LogUnavailable, LogUnsafe

P = ParamSpec("P")
T = TypeVar("T")

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Session: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | Connection"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

LOG: Final = structlog.get_logger("quanke.log")
PATIENCE_S: Final = 5.0
COMMAND_S: Final = 30.0
"""After so long without an answer a session is given up."""
AWAY: Final = (
    asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, asyncpg.InterfaceError,
    asyncpg.InternalClientError, ConnectionError, FileNotFoundError,
)  # fmt: skip
"""What a session says that was cut, or could not be opened: nothing is wrong with the question."""
OPERATING: Final = (asyncpg.PostgresError, *AWAY, OSError, TimeoutError)
"""All that a question meets which is no bug of whoever asks: the database refused, or is away."""
_PERMANENT: Final = (asyncpg.SyntaxOrAccessError, asyncpg.DataError, LogError)
_PG_EPOCH_US: Final = 946_684_800_000_000
SINCE_1970: Final = "interval '262968 hours'"
"""From 1970 to 2000, as SQL."""
_SETTINGS: Final = {
    "application_name": "quanke log",
    "default_transaction_isolation": "read committed",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
    "lock_timeout": "10s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "10s",
}


def options(name: str = "quanke log") -> dict[str, Any]:
    """Return the keyword arguments for a connection or pool of the log."""
    return {
        "server_settings": {**_SETTINGS, "application_name": name},
        "timeout": 5,
        "command_timeout": COMMAND_S,
    }


NOTHING_MORE: Final[Mapping[str, str]] = {}


async def microseconds(connection: Session) -> None:
    """Make a connection pass timestamptz as integer microseconds UTC."""
    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        format="tuple",
        encoder=lambda us: (us - _PG_EPOCH_US,),
        decoder=lambda parts: parts[0] + _PG_EPOCH_US,
    )


async def connect(dsn: str, name: str) -> Connection:
    """Open a session of the log."""
    connection: Connection = await asyncpg.connect(dsn, **options(name))
    await microseconds(connection)
    return connection


async def connect_reader(
    dsn: str, name: str, command_s: float | None = None, more: Mapping[str, str] = NOTHING_MORE
) -> Connection:
    """Open a session for `Readers`, or a sealer: what is read most is read with least ado.

    It sets no alarm for each command unless told to, and its instants are the bare numbers that
    the database sends, counted from 2000: whoever asks for them adds SINCE_1970. `more` are
    settings of the session beside ours.
    """
    given = {**options(name), "command_timeout": command_s}
    given["server_settings"] |= more
    connection: Connection = await asyncpg.connect(dsn, **given)
    await connection.set_builtin_type_codec(
        "timestamptz", schema="pg_catalog", codec_name="int8", format="binary"
    )
    return connection


async def untouched(_: object) -> None:
    """Leave a session as it is on release: `reset` of a pool whose users set nothing.

    The driver still rolls back what is open; only the round trip that resets settings,
    cursors and locks is spared, which costs as much as a small query.
    """


async def refuse_lossy(fetch: Callable[[str], Awaitable[list[asyncpg.Record]]]) -> None:
    """Raise LogUnsafe where commits are acknowledged before they are on disk."""
    ((setting,),) = await fetch("select current_setting('synchronous_commit')")
    if setting == "off":
        raise LogUnsafe("synchronous_commit is off: set it to on, local or remote_*")


class Closing(Protocol):
    """What may be at its end: a pool, or readers."""

    def is_closing(self) -> bool:
        """Tell whether the end has begun."""
        ...


async def patiently(
    pool: Closing, unit: Callable[P, Awaitable[T]], *given: P.args, **named: P.kwargs
) -> T:
    """Do something that may be done twice, again while the database is away.

    Raises LogUnavailable when it stays away for PATIENCE_S or the pool is closed, LogFull.
    """
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await unit(*given, **named)
        except _PERMANENT:
            raise
        except asyncpg.DiskFullError as error:
            raise LogFull(str(error)) from error
        except Exception as error:  # asyncpg raises almost anything on a cut connection
            if pool.is_closing() or time.monotonic() > give_up:
                raise LogUnavailable(f"the database does not answer: {error!r}") from error
            await asyncio.sleep(0.1)


async def waited_out(pool: Closing, unit: Callable[[], Awaitable[T]]) -> T:
    """Do something that may be done twice until the database is back, however long it is away.

    Or its disk is full. For what works in the background: there is nobody to tell but the log.
    Raises LogUnavailable for any other failure that lasts: that is a bug, and no time mends it.
    """
    while True:
        try:
            return await patiently(pool, unit)
        except LogUnavailable as error:
            if not isinstance(error, LogFull) and not isinstance(error.__cause__, AWAY):
                raise
            LOG.warning("waits for its database", error=str(error))
            await asyncio.sleep(PATIENCE_S)
