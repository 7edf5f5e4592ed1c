"""What a request's headers say: which media type to answer in, and where it comes from."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

JSON: Final = "application/json"
NEWER: Final = "application/graphql-response+json"
OURS: Final = (JSON, NEWER)
"""In the order in which we choose when a caller does not mind."""
Headers = Mapping[bytes, bytes]


@lru_cache(maxsize=256)
def media_type(accept: str) -> str | None:
    """Return the media type to answer in, None when a caller takes neither of ours.

    The best by the caller's own weights; at the same weight the one it names first, and
    JSON for a mere wildcard.
    """
    best: tuple[float, int, str] | None = None
    for place, part in enumerate(accept.split(",") if accept.strip() else ("*/*",)):
        named, *parameters = (one.strip().lower() for one in part.split(";"))
        for kind in OURS:
            if named in (kind, "*/*", "application/*"):
                found = (_weight(parameters), -place, kind)
                if found[0] > 0 and (best is None or found[:2] > best[:2]):
                    best = found
    return best[2] if best is not None else None


def _weight(parameters: list[str]) -> float:
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


@lru_cache(maxsize=64)
def is_json(content_type: str) -> bool:
    """Tell whether a body is declared to be JSON in UTF-8."""
    named, *parameters = (one.strip().lower() for one in content_type.split(";"))
    charsets = [one.partition("=")[2].strip('" ') for one in parameters if "charset" in one]
    return named == JSON and all(one in ("utf-8", "utf8") for one in charsets)


def same_origin(headers: Headers) -> bool:
    """Tell whether a browser says that our own page has sent this.

    `Sec-Fetch-Site` where there is one, else `Origin`; a request that says neither has not
    shown it, and a cookie alone does not speak for it.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    origin = headers.get(b"origin")
    if origin is None:
        return False
    return urlsplit(origin.decode("latin-1")).netloc == headers.get(b"host", b"").decode("latin-1")
