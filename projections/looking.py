"""Sessions that keep the sight they had, for questions of one statement.

A statement sees one snapshot by itself and needs no transaction. What is left to say is
whose sight it has: a session is told once and remembers, so who asks again, or sees the
same, costs one round trip. Each kind of sight has sessions of its own, as PostgreSQL
plans every statement anew when the role changes under row policies. Nothing else may use these
sessions: each question here says its sight first, and a session of which nothing is known
is told anew; until then its policies have no bounds, which is an error.
"""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeAlias

import asyncpg

from eventlog.connection import untouched
from projections.metrics import GLANCES
from projections.port import Connection
from projections.reading import SQL
from projections.sight import BY_PLACE, KINDS, Sight

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
WALKING: Final = {"plan_cache_mode": "force_generic_plan"}
"""For lists that walk the index of their order: the plan is the same whatever the arguments, which
the planner does not see, so it would plan for each anew."""


class Glances:
    """Sessions by kind of sight, each with the bounds it was last told."""

    def __init__(
        self, pools: Mapping[tuple[str, bool], Pool], told: dict[int, tuple[str, ...]]
    ) -> None:
        self._pools = pools
        self._told = told

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, most: int, settings: dict[str, str]) -> AsyncIterator["Glances"]:
        """Open so many sessions at most of each kind; none to begin with."""
        told: dict[int, tuple[str, ...]] = {}

        async def begun(connection: Any) -> None:
            told.pop(connection.get_server_pid(), None)

        async def opened(**more: str) -> Pool:
            said = {**settings, "application_name": "quanke glances", **more}
            pool = asyncpg.create_pool(
                dsn, min_size=0, max_size=most, command_timeout=30, init=begun, reset=untouched,
                server_settings=said,
            )  # fmt: skip
            return await stack.enter_async_context(pool)

        async with AsyncExitStack() as stack:
            pools = {(role, False): await opened(role=role) for role in KINDS}
            pools |= {(role, True): await opened(role=role, **WALKING) for role in BY_PLACE}
            yield cls(pools, told)

    @asynccontextmanager
    async def looking(self, sight: Sight, *, walking: bool = False) -> AsyncIterator[Connection]:
        """Lend a session with this sight; `walking`: with one plan whatever is asked."""
        began = time.perf_counter()
        role, *wanted = sight.settings()
        bounds = tuple(wanted)
        async with self._pools[role, walking].acquire() as connection:
            GLANCES.observe(time.perf_counter() - began)
            session = connection.get_server_pid()
            if self._told.get(session) != bounds:
                self._told.pop(session, None)
                await connection.execute(SQL["keep_looking"], *bounds)
                self._told[session] = bounds
            yield connection
