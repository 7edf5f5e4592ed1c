"""Children that cannot outlive us.

The kernel sends a child its signal when the *thread* that started it ends, in whatever
way. So children are started from the main thread, and the signal is asked for in the
child after any change of account, which would clear it.
"""

import ctypes
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def ending_with_us(by: signal.Signals) -> Callable[[], None]:
    """Return the `preexec_fn` by which a child gets a signal when this process ends."""
    assert threading.current_thread() is threading.main_thread(), "PDEATHSIG follows the thread"
    parent = os.getpid()

    def ask() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
