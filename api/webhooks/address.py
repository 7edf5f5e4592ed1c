"""Where a webhook may point: never into the network that we ourselves stand in (SSRF).

The name is resolved once, every address it has is judged, and the connection goes to the
address that was judged: a name that answers differently a moment later gains nothing.
Redirects are not followed, because they would be a second name.
"""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

import anyio

TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Where a gateway turns IPv6 into the IPv4 address of the last 32 bits (RFC 6052, RFC 8215)."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class AddressRefused(Exception):
    """We do not post there."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was judged, and the names that the request keeps."""

    url: str
    host: str
    server_name: str


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name. Raises OSError."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def judged(url: str, *, private: bool, resolve: Resolve = resolved) -> Target:
    """Return where to connect for a URL. Raises AddressRefused.

    `private` allows addresses of our own network and plain HTTP.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not private:
        raise AddressRefused("only https")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await resolve(host, port)
    except (OSError, ValueError) as error:
        raise AddressRefused(f"{host} has no address") from error
    if not addresses or (not private and not all(_public(one) for one in addresses)):
        raise AddressRefused(f"{host} is not a public address")
    literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    return Target(f"{parts.scheme}://{literal}:{port}{path}{query}", parts.netloc, host)


def _public(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    judged_one = _within(address) if isinstance(address, IPv6Address) else address
    return judged_one.is_global and not judged_one.is_multicast


def _within(address: IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one leads to, itself where it leads to none."""
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
