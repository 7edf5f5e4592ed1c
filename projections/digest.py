"""One digest over all rows of a read model, the same for the live tables and for a replay.

Rows are hashed as the database prints them, under settings that fix how it does; the
hashes are sorted, so neither the order of rows nor a collation has a say.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from projections.named import Queries
from projections.port import Connection

SQL: Final = Queries(Path(__file__).with_name("digest.sql"), "public")
PRINTED: Final = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "work_mem": "64MB",
}
"""Settings of the session, given when it is opened."""


async def digest(connection: Connection, schema: str) -> str:
    """Return the digest of every table of a schema, hexadecimal."""
    whole = sha256()
    for (table,) in await connection.fetch(SQL["tables"], schema):
        rows = await connection.fetchval(SQL["rows"].replace(":table", f"{schema}.{table}"))
        whole.update(f"{table} {rows}\n".encode())
    return whole.hexdigest()
