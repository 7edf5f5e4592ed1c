"""The cycle collector, paused where many things are made that have no cycles.

A page of five thousand events is five thousand rows and as many structs: the collector looks
through all that is young again and again, finds nothing, and takes half of the time it takes
to read a page and a third of the time to fold one.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LARGE: Final = 500
"""From so many events on it is worth it."""


@contextmanager
def collector_paused(events: int = LARGE) -> Iterator[None]:
    """Pause the collector for a large page. Who pauses within a pause does not end it."""
    if events < LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
