"""What no text may hold: the character U+0000, which PostgreSQL has no place for.

It is legal JSON and a legal address (`%00`), so each door says at once that it is the sender's
mistake. Let in, it would be a fault of ours wherever a query compares it, and an event that
no read model can take: its stream would be held.
"""

from typing import Any, Final

import orjson

SAID: Final = "a text can't hold the character U+0000"
NUL: Final = "\0"
_ESCAPED: Final = b"\\u0000"


def nul_in(raw: bytes) -> bool:
    """Tell whether a text somewhere in valid JSON holds U+0000; without one it costs one look."""
    return _ESCAPED in raw and _nul_below(orjson.loads(raw))


def _nul_below(found: Any) -> bool:
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and NUL in one:
            return True
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
    return False
