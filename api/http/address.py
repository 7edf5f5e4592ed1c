"""Where a request comes from, for whatever is counted by address.

Whoever has one IPv6 address has 2^64 of them, so their network counts as one; IPv4 in IPv6's
clothes counts as itself. Behind a proxy the server has put in whom the proxy names
(`QUANKE_PROXIES`), or else everybody would be one.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network
from typing import Any, Final

PREFIX: Final = 64
"""Bits of what one household or office is given."""


def address_of(scope: Mapping[str, Any]) -> str:
    """Return where a connection comes from; empty where nobody knows."""
    client = scope.get("client")
    host: str = client[0] if client else ""
    return _network(host) if ":" in host else host


def _network(host: str) -> str:
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), PREFIX), strict=False))
