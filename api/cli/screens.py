"""Wait for the screens that the root script is still building.

npm waits for the network and the demo's year for the processor: the script starts the one,
becomes us, and we do the other meanwhile. It is our child, because the script's `exec` kept
its process id. Nobody is told `ready` before the screens are there.
"""

import os
from typing import Final

import anyio

from api.cli.failure import Failed

BUILDER: Final = "QUANKE_SCREENS"
POLL_S: Final = 0.05
PATIENCE_S: Final = 600.0


async def screens_built() -> None:
    """Wait until the builder named in the environment, if any, has ended well.

    Raises Failed when it failed (it has said why) or takes more than PATIENCE_S.
    """
    builder = os.environ.pop(BUILDER, None)
    if builder is None:
        return
    with anyio.move_on_after(PATIENCE_S):
        code = await _ended(int(builder))
        if code:
            raise Failed("the screens could not be built (see above)")
        return
    raise Failed(f"the screens were not built within {PATIENCE_S:g} s")


async def _ended(pid: int) -> int:
    """Return the exit code of a child of ours; 0 for one that is not (already waited for)."""
    while (code := _look(pid)) is None:
        await anyio.sleep(POLL_S)
    return code


def _look(pid: int) -> int | None:
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if done else None
