"""`quanke run`: the platform. One task group owns everything, the web server is one child.

If any part crashes, all of it ends with an exit code other than 0, so that whoever
started it can start it again: no part is ever silently missing.
"""

import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import anyio
import httpx
from anyio.abc import TaskGroup

from api.attest import attest_nightly
from api.cli.catching_up import built, caught_up
from api.cli.demonstration import found_demo, live_demo
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.cli.screens import screens_built
from api.cli.serving import free_socket, serving
from api.companion import keep
from api.database import Database, opened
from api.database.errors import ServerFailed
from api.database.ownership import Owner
from api.database.server import DURABLE, LOSSY, Server
from api.http.screens import PAGES, Screens
from api.reactors.canary import Canary
from api.settings import Settings
from api.telemetry import log_as_json
from api.tracing import traced
from api.trust import authorities
from api.wiring import App

DOORS: Final = {
    "GraphQL": "/graphql",
    "health": "/ready",
    "metrics": "/metrics",
}
WIDTH: Final = 15
"""Columns before an address."""
READY_S: Final = 30.0
COLLECT_AFTER: Final = (20_000, 20, 50)
"""Allocations and generations between collections: a request makes thousands of objects."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the platform listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address to open."""
        everywhere = self.host in ("0.0.0.0", "::", "localhost", "")  # noqa: S104
        host = "127.0.0.1" if everywhere else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def run(
    *, port: int | None = None, host: str | None = None, demo: bool | None = None, data: Data = None
) -> None:
    """Start the platform; Ctrl-C stops it.

    Parameters
    ----------
    port
        The port, or the next free one (8000 when left out; 0: any).
    host
        The address to listen at; only this machine can reach the default, 127.0.0.1.
    demo
        Found the demo district and let it live; --no-demo starts empty.
    """
    settings = read_settings(data, port=port, host=host, demo=demo)
    log_as_json(settings.log_level)
    with traced():
        wait_for(_run(settings))


async def _run(settings: Settings) -> None:
    durability = LOSSY if settings.lossy else DURABLE
    async with opened(settings, "run", exclusive=True, extra=durability) as database:
        listening = free_socket(settings.host, settings.port)
        address = Address(settings.host, listening.getsockname()[1])
        if database.ownership is not None:
            database.ownership.declare(Owner(os.getpid(), "run", address.port))
        async with (
            App.open(settings, database.dsn, allow_lossy=settings.lossy) as app,
            anyio.create_task_group() as tasks,
        ):
            if database.server is not None:
                tasks.start_soon(_end_with, database.server)
            stop = anyio.Event()
            tasks.start_soon(_stop_on_signal, stop)
            async with serving(app.asgi, listening, settings.proxies):
                await _until(stop, lambda: _live(app, database, address, tasks))
                await app.doors.depart()
            tasks.cancel_scope.cancel()


async def _end_with(server: Server) -> None:
    """End at once when the database is gone: there is nothing left to drain or to save."""
    try:
        await server.died()
    except ServerFailed as error:
        print(f"quanke: {error}", file=sys.stderr, flush=True)
        os._exit(1)


async def _until(stop: anyio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work until it ends or the stop comes, whichever is first."""
    async with anyio.create_task_group() as both:

        async def wait() -> None:
            await stop.wait()
            both.cancel_scope.cancel()

        both.start_soon(wait)
        await work()
        both.cancel_scope.cancel()


async def _live(app: App, database: Database, address: Address, tasks: TaskGroup) -> None:
    """Found the demo, say ready, and let the demo live until we are stopped.

    The platform's own work goes on in `tasks` until the last request is answered.
    """
    if app.settings.demo:
        await found_demo(app)
    await built(app)
    tasks.start_soon(app.work)
    await caught_up(app)
    await screens_built()
    app.doors.know_screens()
    settle_collector()
    app.gate.open()
    await _answers(address)
    _announce(app, database, address)
    if app.settings.sealer:
        tasks.start_soon(keep, "sealer", _same_data(app.settings))
    tasks.start_soon(attest_nightly, app.dsn, app.log)
    if app.settings.sends_canaries:
        tasks.start_soon(Canary(app.platform, address.url).run)
    if app.settings.demo:
        await live_demo(app, address.url)
    await anyio.sleep_forever()


def _same_data(settings: Settings) -> list[str]:
    """Return the arguments by which a companion finds our database; the rest it inherits."""
    return [] if settings.external_dsn else ["--data", str(settings.data_dir)]


def settle_collector() -> None:
    """Keep the cycle collector off what lives as long as the process: schema, district, rules."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def _answers(address: Address) -> None:
    """Ask /ready as anybody would. Raises Failed when it does not say yes."""
    async with httpx.AsyncClient(trust_env=False, timeout=READY_S, verify=authorities()) as client:
        answer = await client.get(f"{address.url}/ready")
    if answer.status_code != httpx.codes.OK:
        raise Failed(f"{address.url}/ready answers {answer.status_code}: {answer.text}")


def _announce(app: App, database: Database, address: Address) -> None:
    """Print where everything is. The first line is a promise to scripts: do not change it."""
    where = database.binaries.bin if database.binaries else "(external)"
    lines = [
        f"ready {address.url}",
        *(f"  {_screen(name)} {address.url}/{name}" for name in Screens().pages()),
        *(f"  {name:<{WIDTH}} {address.url}{path}" for name, path in DOORS.items()),
        f"  {'data':<{WIDTH}} {app.settings.data_dir}",
        f"  {'database':<{WIDTH}} {where}",
        f"  {'stop':<{WIDTH}} Ctrl-C, or kill {os.getpid()}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _screen(name: str) -> str:
    """Return a screen's name in both languages; a Chinese character is two columns wide."""
    return f"{name:<8}{PAGES[name]}{' ' * (WIDTH - 8 - 2 * len(PAGES[name]))}"


async def _stop_on_signal(stop: anyio.Event) -> None:
    """The first signal drains and stops; the second ends at once."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            if stop.is_set():
                os._exit(1)
            stop.set()
