"""PostgreSQL as a direct child that cannot outlive us.

The kernel sends it SIGINT (fast shutdown) when we end, in whatever way (`offspring.py`).
It has its own session, so that Ctrl-C in a terminal reaches the platform alone, which
then stops things in order.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import anyio
import asyncpg

from api.database import pidfile
from api.database.account import Account
from api.database.binaries import Binaries
from api.database.cluster import CLEAN_ENV
from api.database.errors import ServerFailed
from api.database.layout import PG_PORT, Layout
from api.offspring import ending_with_us

POLL_S: Final = 0.01
FALSE_START_S: Final = 10.0
"""For so long a start that fails at once is tried again: the last children of a killed
server may still hold its shared memory."""
READY_S: Final = 3600.0
"""Crash recovery may take long; the child is alive meanwhile."""
STOP_S: Final = 60.0
LOG_LIMIT_BYTES: Final = 20_000_000

DURABLE: Final[Mapping[str, str]] = MappingProxyType(
    {"wal_level": "logical", "max_slot_wal_keep_size": "8GB"}
)
LOSSY: Final[Mapping[str, str]] = MappingProxyType(
    {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    | {"wal_buffers": "256MB"}
)
"""For the control of the kill check: what is acknowledged may be lost, and will be."""
PASSING: Final[Mapping[str, str]] = MappingProxyType(
    {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal"}
    | {"max_wal_senders": "0", "max_connections": "200", "shared_buffers": "256MB"}
)
"""For tests: the data is thrown away."""


def settings(layout: Layout, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the server's settings; `extra` wins."""
    return {
        "listen_addresses": "",
        "port": str(PG_PORT),
        "unix_socket_directories": str(layout.socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": f"{_shared_buffers_mb()}MB",
        "min_wal_size": "512MB",
        "max_wal_size": "4GB",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "track_io_timing": "on",
        "shared_preload_libraries": "pg_stat_statements",
        "cluster_name": "quanke",
    } | dict(extra)


class Server:
    """One running server: `start`, then `stop`; `died` while it runs."""

    def __init__(self, layout: Layout, binaries: Binaries, account: Account) -> None:
        self.layout = layout
        self.binaries = binaries
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    async def start(self, extra: Mapping[str, str] = DURABLE) -> None:
        """Start and wait until it answers.

        Raises ServerFailed with the end of its log.
        """
        _make_socket_dir(self.layout.socket_dir, self._account)
        began = time.monotonic()
        while not await self._try_start(extra):
            if time.monotonic() - began > FALSE_START_S:
                raise ServerFailed(f"PostgreSQL did not start:\n{_tail(self.layout.log)}")
            await pidfile.clear(self.layout.cluster)
            await anyio.sleep(0.2)

    def stopped(self) -> int | None:
        """Return the exit code when the server is gone, None while it runs."""
        assert self._process is not None, "the server was not started"
        return self._process.poll()

    async def died(self) -> None:
        """Return never while it runs; raise ServerFailed once it is gone."""
        while self.stopped() is None:
            await anyio.sleep(0.2)
        raise ServerFailed(f"PostgreSQL went away:\n{_tail(self.layout.log)}")

    async def stop(self) -> None:
        """Shut down fast: connections end, everything committed is safe. At most 60 s."""
        if self._process is None or self.stopped() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        with anyio.CancelScope(shield=True), anyio.move_on_after(STOP_S):
            while self.stopped() is None:
                await anyio.sleep(POLL_S)
        if self.stopped() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STOP_S)

    async def _try_start(self, extra: Mapping[str, str]) -> bool:
        self._process = self._spawn(extra)
        with anyio.fail_after(READY_S):
            while self.stopped() is None:
                if await _answers(self.layout):
                    return True
                await anyio.sleep(POLL_S)
        return False

    def _spawn(self, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
        _rotate(self.layout.log)
        options = [f"--{name}={value}" for name, value in settings(self.layout, extra).items()]
        account: Any = self._account.popen()
        with self.layout.log.open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # pyright: ignore[reportAssignmentType]
                [self.binaries.program("postgres"), "-D", str(self.layout.cluster), *options],
                cwd="/",
                env=CLEAN_ENV,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ending_with_us(signal.SIGINT),  # noqa: PLW1509
                **account,
            )
        return process


async def _answers(layout: Layout) -> bool:
    if not layout.socket.exists():
        return False
    try:
        connection = await asyncpg.connect(layout.dsn("postgres"), timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


def _make_socket_dir(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    account.give(path)
    found = path.lstat()
    if found.st_uid != account.uid or found.st_mode & 0o077:
        raise ServerFailed(f"{path} must belong to {account.name} alone (mode 0700)")


def _shared_buffers_mb() -> int:
    """A quarter of the memory, at most 2 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(memory // 4, 2_000_000_000) // 1_000_000


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path, lines: int = 12) -> str:
    if not log.exists():
        return "(it said nothing)"
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([*text, f"(all of it: {log})"])
