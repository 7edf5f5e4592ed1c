"""Database sessions of the projections.

`synchronous_commit` is off: read models may lose their last commits with the machine,
rows and checkpoint together, and the log still has the events.
"""

from typing import Final

import asyncpg

_SETTINGS: Final = {
    "default_transaction_isolation": "read committed",
    "synchronous_commit": "off",
    "lock_timeout": "30s",
    "jit": "off",
}

BUILDING: Final = {
    "work_mem": "64MB", "maintenance_work_mem": "128MB", "enable_seqscan": "off",
}  # fmt: skip
"""More of a session that builds read models. Tables that grow are looked into by an index: nobody
has counted their rows yet, and the planner would guess that a page runs through them all."""

BY_INDEX: Final = {"enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"}
"""Of a session that writes page after page: all it looks for has an index, and a plan that was
made while a table was small would read the whole of it for as long as the session lasts. No value
makes another plan a better one, and to plan a page's statement anew takes as long as to do it."""


async def connect(dsn: str, name: str, **settings: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Open a session under a name that `pg_stat_activity` shows."""
    return await asyncpg.connect(
        dsn,
        timeout=5,
        command_timeout=600,
        max_cached_statement_lifetime=0,  # as good on the last day as when it was prepared
        server_settings={**_SETTINGS, "application_name": f"quanke {name}", **settings},
    )
