"""Set a recovered log back to a position: what came later is taken out, as if never told.

Only ever in a data directory that has not been started since it was recovered. The rows of
the log can be changed by nobody else and at no other time; the tables that hang on it are
set back with it, and the read models are built anew.
"""

from typing import Final

import asyncpg

_IMMUTABLE: Final = (
    ("quanke_log", "quanke_log_no_change", "notification_id"),
    ("quanke_leaf", "quanke_leaf_no_change", "position"),
)
_FOLLOWING: Final = (
    "delete from quanke_quarantine where position > $1",
    """update quanke_attachment set stream = null, position = null, command = null, kind = null
        where position > $1""",
    "update quanke_attachment_reader set position = least(position, $1)",
)
_UNSEALED: Final = """
delete from quanke_seal where log_epoch = (select log_epoch from quanke_cell) and size > $1
"""
AT_INSTANT: Final = "select quanke_position_at($1)"


async def trim(connection: "asyncpg.Connection[asyncpg.Record]", position: int) -> int:
    """Take out every event after a position and return how many there were."""
    gone = 0
    async with connection.transaction():
        for table, trigger, column in _IMMUTABLE:
            await connection.execute(f"alter table {table} disable trigger {trigger}")
            await connection.execute(f"grant delete on {table} to current_user")
            status = await connection.execute(f"delete from {table} where {column} > $1", position)
            await connection.execute(f"revoke delete on {table} from current_user")
            await connection.execute(f"alter table {table} enable trigger {trigger}")
            gone = gone or int(status.split()[-1])
        for statement in _FOLLOWING:
            await connection.execute(statement, position)
    return gone


async def forget_seals(connection: "asyncpg.Connection[asyncpg.Record]", position: int) -> None:
    """Drop seals past a position that nobody was shown: the epoch goes on."""
    await connection.execute(_UNSEALED, position)
