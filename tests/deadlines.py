"""No test goes on for ever: neither what it does, nor what is taken down after it.

pytest-timeout alone lets two things stand. Its alarm is an exception in whatever runs at that
moment: on an event loop with something to do that is often another task, which ends of it, while
the test waits on. And it is taken off as soon as a test has failed, so that what is then taken
down has no limit at all. So a coroutine is ended by its own loop, a little before the alarm; the
alarm goes on for what comes after a failure; and who does not end even then ends with its
process, after saying where every thread stands: xdist puts another in its place.
"""

import asyncio
import faulthandler
import inspect
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import wraps
from typing import Any, Final

import pytest

BY_ITSELF: Final = 0.9
"""The part of its time after which a coroutine is ended by its loop."""
LATE_S = 60.0
"""For what is taken down after a failure, and then once more for what is left."""
PARTING_S: Final = 30.0
"""For one thing that is closed: a browser, a server, a platform."""
LIMIT_S: Final = pytest.StashKey[float]()
"""How long a test may take, as pytest-timeout has found it."""
GIVEN_UP: Final = 75
"""The exit code of a process that was given up."""
_LAST_WORDS = [2]
"""Where a process says them: standard error, before anybody captures it."""


def parting() -> AbstractAsyncContextManager[object]:
    """Close something within its time, or say that it could not be closed."""
    return asyncio.timeout(PARTING_S)


def pytest_configure() -> None:
    """Keep standard error as it is before tests run."""
    _LAST_WORDS[0] = os.dup(2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    """Have a coroutine ended by its own loop."""
    limit_s = item.stash.get(LIMIT_S, 0.0)
    if not limit_s or not isinstance(item, pytest.Function):
        return (yield)
    test = item.obj
    if inspect.iscoroutinefunction(test):
        item.obj = within(test, BY_ITSELF * limit_s)
    try:
        return (yield)
    except BaseException:
        pytest_timeout_cancel_timer()  # before anybody tells of it, which takes a while
        raise
    finally:
        item.obj = test


def within(test: Callable[..., Awaitable[None]], limit_s: float) -> Callable[..., Awaitable[None]]:
    """Return a test that is ended after so many seconds, wherever it waits."""

    @wraps(test)
    async def ended(*given: Any, **named: Any) -> None:
        async with asyncio.timeout(limit_s):
            await test(*given, **named)

    return ended


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Set an alarm that rings again."""
    if threading.current_thread() is not threading.main_thread():
        return None  # pytest-timeout has another way there
    item.stash[LIMIT_S] = settings.timeout
    rings = iter((_over,))

    def heard(*_: object) -> None:
        next(rings, _given_up)(item)

    signal.signal(signal.SIGALRM, heard)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, LATE_S)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer() -> bool:
    """Once a test has failed, give the rest a time of its own."""
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        signal.setitimer(signal.ITIMER_REAL, LATE_S, LATE_S)
    return True


def pytest_enter_pdb() -> None:
    """Let whoever looks for a fault take as long as it takes."""
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Iterator[Any]:
    """Take the alarm off when everything of a test is over."""
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _over(item: pytest.Item) -> None:
    pytest.fail(f"{item.nodeid} is not over in time")


def _given_up(item: pytest.Item) -> None:
    """End the process, with all that it holds."""
    os.write(_LAST_WORDS[0], f"\n{item.nodeid} does not end; its process is given up\n".encode())
    faulthandler.dump_traceback(_LAST_WORDS[0])
    os._exit(GIVEN_UP)
