"""The sealer beside the platform: started by it, missed by nobody, ended with it."""

import asyncio
import os
import signal
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pytest

from api.check.running import Running
from api.database import pidfile
from api.database.layout import Layout
from bench.histories import stories
from eventlog.postgres import PostgresLog
from eventlog.record import Write
from tests.process.commands import started
from tests.process.conftest import alive, wait_until


@pytest.fixture
def platform(home: Path) -> Iterator[Running]:
    running = started("--no-demo", "--port", "0", "--data", str(home / "data"))
    yield running
    if running.process.poll() is None:
        running.kill()
    wait_until(lambda: not pidfile.running(Layout(home / "data").cluster), "the server ends")


def metric(platform: Running, name: str) -> float:
    with urllib.request.urlopen(f"{platform.url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def sealers(platform: Running) -> list[int]:
    """Return the process ids of the platform's sealers."""
    children = Path(f"/proc/{platform.pid}/task/{platform.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    return [pid for pid, command in commands.items() if b"\0sealer\0" in command]


def append(home: Path, first: int, count: int) -> None:
    """Append the first events of so many cases."""

    async def work() -> None:
        async with PostgresLog.open(Layout(home / "data").dsn()) as log:
            for step in islice(stories(first + count), first, first + count):
                await log.append(uuid4(), "acc-1", [Write(step.stream, 0, (step.new(),))])

    asyncio.run(work())


def all_sealed(platform: Running, least: int) -> None:
    """Wait until every event is sealed: ours, and what the reactors made of them."""

    def sealed() -> bool:
        behind = metric(platform, "quanke_unsealed_events")
        return behind == 0 and metric(platform, "quanke_sealed_position") >= least

    wait_until(sealed, f"sealed to {least} at least", 20)


@pytest.mark.slow
def test_it_is_started_again_and_ends_with_the_platform(platform: Running, home: Path) -> None:
    append(home, 0, 5)
    all_sealed(platform, 5)
    (first,) = sealers(platform)

    os.kill(first, signal.SIGKILL)
    append(home, 5, 2)
    all_sealed(platform, 7)
    (second,) = sealers(platform)
    assert second != first
    assert (home / "data" / "sealer").stat().st_mode & 0o777 == 0o700

    platform.kill()
    wait_until(lambda: not alive(second), "the sealer follows", 10)
