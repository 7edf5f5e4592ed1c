"""All of it together: an external database, our own server, or another process's.

`run` must own its data directory. Every other command takes what it finds: where a
platform runs it attaches through the socket, else it starts the server for as long as
it needs it.
"""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass

import anyio
import asyncpg

from api.database import ownership, pidfile
from api.database.account import Account, require_entry, server_account
from api.database.binaries import Binaries, find_binaries, readable_for
from api.database.cluster import ensure_cluster
from api.database.errors import DatabaseError, DataDirectoryOwned
from api.database.layout import DATABASE, Layout
from api.database.ownership import Owner, Ownership
from api.database.server import DURABLE, Server
from api.settings import Settings

WAIT_S = 30.0
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: its connection string, and whose server it is.

    `server` and `ownership` are ours to use only when this process owns the server.
    """

    dsn: str
    binaries: Binaries | None = None
    server: Server | None = None
    ownership: Ownership | None = None


@asynccontextmanager
async def database(settings: Settings, command: str = "command") -> AsyncIterator[str]:
    """Open the database for one command and yield its connection string."""
    async with opened(settings, command) as found:
        yield found.dsn


@asynccontextmanager
async def opened(
    settings: Settings,
    command: str,
    *,
    exclusive: bool = False,
    extra: Mapping[str, str] = DURABLE,
) -> AsyncIterator[Database]:
    """Open the database: external, owned or (unless `exclusive`) another process's.

    Raises DataDirectoryOwned naming the owner, and the other DatabaseErrors.
    """
    if settings.external_dsn is not None:
        yield Database(settings.external_dsn)
        return
    layout = Layout(settings.data_dir)
    account = server_account(layout.data)
    make_data_dir(layout, account)
    async with AsyncExitStack() as stack:
        owned = await _take(layout, stack, exclusive)
        if owned is None:
            await _reachable(layout)
            yield Database(layout.dsn())
            return
        owned.declare(Owner(os.getpid(), command))
        server = await stack.enter_async_context(_serving(settings, layout, account, extra))
        yield Database(layout.dsn(), server.binaries, server, owned)
        if not exclusive:
            await _guests_gone(layout, stack)


@asynccontextmanager
async def _serving(
    settings: Settings, layout: Layout, account: Account, extra: Mapping[str, str]
) -> AsyncIterator[Server]:
    found = find_binaries(settings.pg_bin)
    server = Server(layout, readable_for(found, account, layout), account)
    await pidfile.clear(layout.cluster)
    ensure_cluster(layout, server.binaries, account, durable=extra.get("fsync") != "off")
    try:
        await server.start(extra)
        await _ensure_database(layout)
        yield server
    finally:
        await server.stop()


async def _take(layout: Layout, stack: AsyncExitStack, exclusive: bool) -> Ownership | None:
    """Take the data directory; None when another has it and we are now its guest.

    An owner that came for one command is about to leave: `run` waits for it.
    """
    began = time.monotonic()
    while (taken := ownership.try_own(layout.lock)) is None:
        if not exclusive and _become_guest(layout, stack):
            return None
        owner = ownership.owner_of(layout.lock)
        leaving = not exclusive or (owner is not None and owner.command != "run")
        if not leaving or time.monotonic() - began > WAIT_S:
            raise DataDirectoryOwned(
                f"{layout.data} is in use by {owner or 'another process'}. "
                "Stop it, or choose another directory with --data."
            )
        await anyio.sleep(POLL_S)
    stack.callback(taken.close)
    return taken


def _become_guest(layout: Layout, stack: AsyncExitStack) -> bool:
    """Keep an owner that came for one command from leaving; False when it is leaving."""
    with ExitStack() as attempt:
        if attempt.enter_context(ownership.held(layout.guests, shared=True)):
            stack.push(attempt.pop_all().__exit__)
            return True
    return False


async def _guests_gone(layout: Layout, stack: AsyncExitStack) -> None:
    """Wait until nobody else uses our server, and let nobody new in while it stops."""
    began = time.monotonic()
    while time.monotonic() - began < WAIT_S:
        with ExitStack() as attempt:
            if attempt.enter_context(ownership.held(layout.guests, shared=False)):
                stack.push(attempt.pop_all().__exit__)
                return
        await anyio.sleep(POLL_S)


async def _reachable(layout: Layout) -> None:
    """Wait for the owner's server to answer; it may just be starting."""
    began = time.monotonic()
    while True:
        try:
            connection = await asyncpg.connect(layout.dsn(), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            if time.monotonic() - began > WAIT_S:
                owner = ownership.owner_of(layout.lock)
                raise DatabaseError(f"{owner} has {layout.data}, but: {error}") from error
            await anyio.sleep(POLL_S)
        else:
            await connection.close()
            return


async def _ensure_database(layout: Layout) -> None:
    connection = await asyncpg.connect(layout.dsn("postgres"), timeout=30)
    try:
        there = await connection.fetchval(
            "select true from pg_database where datname = $1", DATABASE
        )
        if not there:
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()


def make_data_dir(layout: Layout, account: Account) -> None:
    """Make the data directory; the server's account may pass through it, not look into it.

    Raises DataDirectoryClosed, before anything is made, when the account can't get there.
    """
    data = layout.data
    if data.exists() and not data.is_dir():
        raise DatabaseError(f"{data} is not a directory")
    there = next(layer for layer in (data, *data.parents) if layer.exists())
    require_entry(account, there, data)
    if there == data:
        return
    for layer in (*reversed(data.parents), data):
        if not layer.exists():
            layer.mkdir(mode=0o711 if account.lent else 0o700)
