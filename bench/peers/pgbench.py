"""One run of pgbench with a script of ours, and what it measured."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.peers import Measured, fastest

SAMPLED = 0.1
PATIENCE_S = 60.0
"""How much longer than asked a run may take: a bench must end, or say why not."""


async def pgbench(
    program: str, dsn: str, script: str, clients: int, seconds: float, rows: int = 1
) -> Measured:
    """Run a script that appends `rows` rows a time; latencies come from a sample of its log.

    Raises RuntimeError with what pgbench said when it fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="quanke-pgbench-"))
    try:
        file = folder / "script.sql"
        file.write_text(script)
        out = await _run(program, dsn, file, folder / "log", clients, max(1, round(seconds)))
        return _measured(out, sorted(folder.glob("log*")), rows)
    finally:
        shutil.rmtree(folder)


async def best_clients(program: str, dsn: str, script: str, counts: tuple[int, ...]) -> int:
    """Return with how many clients a script does most."""

    async def per_s(clients: int) -> float:
        return (await pgbench(program, dsn, script, clients, 1)).per_s

    return await fastest(counts, per_s)


async def _run(program: str, dsn: str, script: Path, log: Path, clients: int, seconds: int) -> str:
    parts = urlsplit(dsn)
    sampling = SAMPLED if clients > 1 else 1.0
    process = await asyncio.create_subprocess_exec(
        *(program, "--no-vacuum", "--protocol=prepared", f"--file={script}"),
        *(f"--client={clients}", f"--jobs={min(2, clients)}", f"--time={seconds}"),
        *("--log", f"--log-prefix={log}", f"--sampling-rate={sampling}"),
        *(f"--host={parse_qs(parts.query)['host'][0]}", f"--username={parts.username}"),
        parts.path.lstrip("/"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds + PATIENCE_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise RuntimeError(err.decode())
    return out.decode()


def _measured(out: str, logs: list[Path], rows: int) -> Measured:
    rate = next(line for line in out.splitlines() if line.startswith("tps ="))
    lines = [line.split() for log in logs for line in log.read_text().splitlines()]
    latencies = sorted(int(fields[2]) / 1_000 for fields in lines)
    return Measured(
        float(rate.split()[2]) * rows,
        latencies[len(latencies) // 2],
        latencies[int(len(latencies) * 0.99)],
    )
