"""pgbench: one row, one commit, nothing checked. What the database can do without batches.

Same columns and indexes as the log, time-ordered ids, a sequence for the position.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench.peers import META, STATE, TOPIC, Measured

_TABLE = """
create table bench_single (like quanke_log including all);
create sequence bench_single_position;
"""
_SCRIPT = f"""
insert into bench_single (originator_id, originator_version, topic, state, notification_id,
  schema, recorded_at, command_id, command_index, actor, meta)
values (uuidv7(), 1, '{TOPIC}', '{STATE.decode()}', nextval('bench_single_position'),
  1, clock_timestamp(), uuidv7(), 0, 'acc-7f3a', '{META.decode()}');
"""
COUNTS = (8, 16, 32, 64)
SAMPLED = 0.1


class SingleRow:
    """pgbench with the number of clients that suits it best."""

    def __init__(self, dsn: str, program: str, clients: int) -> None:
        self.name = "pgbench_single" if clients > 1 else "pgbench_1"
        self.clients = clients
        self._dsn = dsn
        self._program = program

    @classmethod
    async def best(cls, dsn: str, program: str) -> "SingleRow":
        """Make the table and try the client counts for a second each."""
        connection = await asyncpg.connect(dsn)
        await connection.execute(_TABLE)
        await connection.close()
        tried = [(await cls(dsn, program, n).measure(1), n) for n in COUNTS]
        return cls(dsn, program, max(tried, key=lambda one: one[0].per_s)[1])

    async def measure(self, seconds: float) -> Measured:
        """Run pgbench; latencies come from a sample of its log."""
        folder = Path(tempfile.mkdtemp(prefix="quanke-pgbench-"))
        try:
            script = folder / "single.sql"
            script.write_text(_SCRIPT)
            out = await self._run(script, folder / "log", round(seconds))
            return _measured(out, sorted(folder.glob("log*")))
        finally:
            shutil.rmtree(folder)

    async def _run(self, script: Path, log: Path, seconds: int) -> str:
        parts = urlsplit(self._dsn)
        process = await asyncio.create_subprocess_exec(
            *(self._program, "--no-vacuum", "--protocol=prepared", f"--file={script}"),
            *(f"--client={self.clients}", f"--jobs={min(2, self.clients)}", f"--time={seconds}"),
            *("--log", f"--log-prefix={log}", f"--sampling-rate={SAMPLED}"),
            *(f"--host={parse_qs(parts.query)['host'][0]}", f"--username={parts.username}"),
            parts.path.lstrip("/"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(err.decode())
        return out.decode()


def _measured(out: str, logs: list[Path]) -> Measured:
    rate = next(line for line in out.splitlines() if line.startswith("tps ="))
    lines = [line.split() for log in logs for line in log.read_text().splitlines()]
    latencies = sorted(int(fields[2]) / 1_000 for fields in lines)
    return Measured(
        float(rate.split()[2]),
        latencies[len(latencies) // 2],
        latencies[int(len(latencies) * 0.99)],
    )
