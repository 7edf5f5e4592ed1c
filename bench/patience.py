"""A long measurement says what it is at, and no wait of it is without an end.

What is found goes to stdout at the end. What is being done goes to stderr meanwhile, and so does
the one sentence that says what did not come in time, and how busy the machine was.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from playwright.async_api import Error

T = TypeVar("T")
GAVE_UP: Final = 2
"""The exit code of a measurement that could not be made."""
_began = time.monotonic()


class Late(Exception):
    """Something did not come in time; the message says what."""


def say(text: str) -> None:
    """Tell whoever watches, with the seconds since the start and the machine's load."""
    passed, load = time.monotonic() - _began, os.getloadavg()[0]
    print(f"{passed:6.0f} s  load {load:4.1f}  {text}", file=sys.stderr, flush=True)


@asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[None]:
    """Let the block take so long; Late where it has not ended by then, or the browser fails."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Late(f"{what}: not done after {seconds:.0f} s") from None
    except Error as problem:
        raise Late(f"{what}: {problem.message.splitlines()[0]}") from problem


def ended(work: Coroutine[Any, Any, T]) -> T | None:
    """Return what comes of it; None, once the reason is told, where something was late."""
    try:
        return asyncio.run(work)
    except* Late as late:
        for reason in _leaves(late):
            say(f"gave up: {reason}")
    return None


def _leaves(group: BaseExceptionGroup[Any]) -> list[str]:
    return [
        reason
        for one in group.exceptions
        for reason in (_leaves(one) if isinstance(one, BaseExceptionGroup) else [str(one)])
    ]
