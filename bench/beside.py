"""Asking while reports come in beside it, and one case in turns spread over a run."""

from collections.abc import Sequence
from typing import Any, Final

import anyio

from api.wiring import App
from bench.mutations import STEADY_PER_S, reported

TURNS: Final = 5
"""One case is asked for in so many turns: a minute of this machine is not like the next."""
TURN_S: Final = 1.0
BEFORE_S: Final = 1.0
"""So much longer reports come than is asked: whoever asks is a process that has to begin."""
BEGUN: Final = 5
PATIENCE_S: Final = 30.0


class Turns:
    """One case after the other, each asked for once, in turns spread over the run."""

    def __init__(self, app: App, job: dict[str, Any], bodies: Sequence[str]) -> None:
        self._app = app
        self._job = {**job, "connections": 1, "seconds": TURN_S, "once": True}
        self._left = [bodies[number::TURNS] for number in range(TURNS)]
        self.p50s_ms: list[float] = []

    async def take(self) -> None:
        """Take a turn unless the last one is left, which is for the end of the run."""
        if len(self._left) > 1:
            await self._take()

    async def take_all(self) -> None:
        """Take the turns that are left."""
        while self._left:
            await self._take()

    async def _take(self) -> None:
        asking = {**self._job, "bodies": self._left.pop()}
        heard = await while_reported(self._app, self._job, asking)
        self.p50s_ms.append(heard["p50_ms"])


async def while_reported(app: App, job: dict[str, Any], asking: dict[str, Any]) -> dict[str, Any]:
    """Ask while the data change: from when reports come in to their end."""
    steady = {
        **{name: job[name] for name in ("url", "token")}, "rate": STEADY_PER_S,
        "seconds": job["seconds"] + BEFORE_S, "connections": 8,
    }  # fmt: skip
    found: dict[str, Any] = {}
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reported, steady)
        begun = await app.platform.log.head()
        with anyio.fail_after(PATIENCE_S):
            while await app.platform.log.head() < begun + BEGUN:
                await anyio.sleep(0.02)
        found.update(await rate(asking))
    return found


async def rate(job: dict[str, Any]) -> dict[str, Any]:
    """Return how many were answered a second, and the middle of their latencies."""
    heard = await reported(job)
    ordered = sorted(heard["latencies_s"])
    p50_ms = round(ordered[len(ordered) // 2] * 1_000, 3)
    return {"per_s": round(heard["per_s"], 1), "p50_ms": p50_ms}
