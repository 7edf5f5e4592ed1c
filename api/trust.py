"""Whose certificates are believed where we ask others: read once a process.

Reading all authorities takes 20 ms in which the loop does nothing else, and httpx reads them
anew for every client.
"""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Return the authorities that every client of this process believes."""
    return httpx.create_ssl_context(trust_env=False)
