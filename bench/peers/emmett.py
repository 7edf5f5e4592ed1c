"""Emmett's PostgreSQL event store in its own node process, asked for round after round."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench.peers import META, STATE, Measured, fastest

COUNTS: Final = (4, 16, 64)
PATIENCE_S: Final = 60.0
_FILL: Final = f"""
insert into emt_messages (stream_id, stream_position, message_id, message_type, message_data,
  message_metadata, message_schema_version, transaction_id)
select 'case-' || uuidv7(), 1, uuidv7()::text, 'CaseReported', '{STATE.decode()}',
  '{META.decode()}', '1', pg_current_xact_id()
from generate_series(1, $1)
"""


class Emmett:
    """Clients that each append the first event of a new stream."""

    name = "emmett"

    def __init__(self, process: Process) -> None:
        self._process = process
        self.clients = COUNTS[0]

    async def settle(self) -> None:
        """Find the client count that suits it best."""

        async def per_s(clients: int) -> float:
            self.clients = clients
            return (await self.measure(1)).per_s

        self.clients = await fastest(COUNTS, per_s)

    async def measure(self, seconds: float) -> Measured:
        """Append for so long. Raises RuntimeError when the process has ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"clients": self.clients, "seconds": seconds}).encode() + b"\n")
        async with asyncio.timeout(PATIENCE_S + seconds):
            line = await stdout.readline()
        if not line:
            raise RuntimeError("Emmett's process has ended (see above)")
        return Measured(**json.loads(line))


@asynccontextmanager
async def emmett(dsn: str, packages: Path, rows: int) -> AsyncIterator[Emmett]:
    """Start the process, with so many messages in the store. Raises RuntimeError without node."""
    node = shutil.which("node")
    if node is None:
        raise RuntimeError("node is needed to measure beside Emmett")
    process = await asyncio.create_subprocess_exec(
        node, "emmett.mjs", node_dsn(dsn), STATE.decode(), META.decode(),
        cwd=packages, stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("Emmett could not make its schema (see above)")
        connection = await asyncpg.connect(dsn)
        await connection.execute(_FILL, rows, timeout=600)
        await connection.close()
        peer = Emmett(process)
        await peer.settle()
        yield peer
    finally:
        process.kill()
        await process.wait()


def node_dsn(dsn: str) -> str:
    """Return a DSN as node's driver reads it: the socket's folder as the host."""
    parts = urlsplit(dsn)
    folder = parse_qs(parts.query)["host"][0]
    return f"postgresql://{parts.username}@/{parts.path.lstrip('/')}?host={folder}"
