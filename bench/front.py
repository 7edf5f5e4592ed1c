"""The front that is shipped (`docs/operations/haproxy.cfg`), started before a platform."""

import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio

from api.settings import REPOSITORY

SHIPPED: Final = REPOSITORY / "docs" / "operations" / "haproxy.cfg"
MISSING: Final = "haproxy is not installed: apt-get install haproxy"
BEGINS_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Front:
    """One that runs."""

    url: str
    pid: int


def found() -> str | None:
    """Return the program, None where there is none."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")


@asynccontextmanager
async def front(program: str, platform_at: str, configured: Path = SHIPPED) -> AsyncIterator[Front]:
    """Run a front of a platform's address at a free port for as long as the block runs."""
    url = f"127.0.0.1:{_free_port()}"
    process = await anyio.open_process(
        [program, "-db", "-f", str(configured)],
        env={"FRONT_AT": url, "PLATFORM_AT": platform_at},
        stdout=None,
        stderr=None,
    )
    try:
        with anyio.fail_after(BEGINS_S):
            await _listening(url)
        yield Front(url, process.pid)
    finally:
        process.terminate()
        with anyio.CancelScope(shield=True):
            await process.wait()


async def _listening(url: str) -> None:
    host, _, port = url.partition(":")
    while True:
        try:
            stream = await anyio.connect_tcp(host, int(port))
        except OSError:
            await anyio.sleep(0.02)
        else:
            await stream.aclose()
            return


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
