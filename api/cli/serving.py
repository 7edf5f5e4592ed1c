"""The web server as a child of our own task group, and its socket."""

import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any, Final

import anyio
import uvicorn

from api.cli.failure import Failed
from api.graphql.limits import MAX_BODY
from api.http.frames import FrameProtocol
from api.http.joined import JoinedProtocol

NEXT_PORTS: Final = 100
GRACE_S: Final = 3
BACKLOG: Final = 4096
SEND_BUFFER: Final = 128 * 1024
"""What the kernel keeps unsent per connection; left alone it grows to megabytes and hides
for seconds that nobody reads."""


def free_socket(host: str, port: int) -> socket.socket:
    """Bind the port, or the next free one after it; 0 takes any.

    Raises Failed when there is none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port,) if port == 0 else range(port, min(port + NEXT_PORTS, 65_536)):
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # accepted ones inherit
        try:
            bound.bind((host, candidate))
            bound.listen(BACKLOG)
        except OSError as error:
            bound.close()
            if error.errno != errno.EADDRINUSE:
                raise Failed(f"cannot listen at {host}:{candidate}: {error.strerror}") from error
        else:
            return bound
    raise Failed(f"ports {port} to {port + NEXT_PORTS - 1} of {host} are all in use")


def networks(text: str) -> list[str]:
    """Return the addresses and networks of a list. Raises Failed: believing everybody is no way."""
    named = [one.strip() for one in text.split(",") if one.strip()]
    try:
        found = [ip_network(one) for one in named]
    except ValueError as error:
        raise Failed(f"QUANKE_PROXIES: {error}") from error
    if any(not one.prefixlen for one in found):
        raise Failed("QUANKE_PROXIES: not everybody is a proxy")
    return named


class WebServer(uvicorn.Server):
    """Uvicorn without its own ideas about signals: the platform stops it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the owner of the task group."""
        yield


@asynccontextmanager
async def serving(
    application: Any, listening: socket.socket, proxies: str | None = None
) -> AsyncIterator[None]:
    """Serve for as long as the block runs; open requests then get a few seconds to end.

    What `proxies` say of who asks and by which scheme is believed. Raises RuntimeError when the
    server ends by itself, Failed when they are no addresses.
    """
    server = WebServer(
        uvicorn.Config(
            application,
            http=JoinedProtocol,
            ws=FrameProtocol,
            backlog=BACKLOG,
            ws_per_message_deflate=False,
            ws_max_size=MAX_BODY,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=proxies is not None,
            forwarded_allow_ips=None if proxies is None else networks(proxies),
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_serve, server, listening)
        try:
            yield
        finally:
            server.should_exit = True


async def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    with anyio.CancelScope(shield=True):
        await server.serve([listening])
    if not server.should_exit:
        raise RuntimeError("the web server ended by itself")
