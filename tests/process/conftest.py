"""A data directory of one's own, and processes that own it and can be killed."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import homes
from tests.process.commands import DEADLINE_S, ENV

OWNER = """
import anyio, json, os, sys
from pathlib import Path
from api.database import opened
from api.database.server import PASSING
from api.settings import Settings

async def main(data, command):
    mine = Settings(data=Path(data))
    async with opened(mine, command, exclusive=command == "run", extra=PASSING) as found:
        print(json.dumps({"pid": os.getpid(), "server": found.server and found.server.pid,
                          "dsn": found.dsn}), flush=True)
        async with anyio.create_task_group() as tasks:
            if found.server:
                tasks.start_soon(found.server.died)
            await anyio.wait_readable(sys.stdin)
            tasks.cancel_scope.cancel()

anyio.run(main, *sys.argv[1:])
"""


def wait_until(true: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Poll until something is true. Fails, naming it, after the deadline."""
    give_up = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < give_up, f"not within {deadline_s} s: {what}"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _gone(pid: int) -> Callable[[], bool]:
    return lambda: not alive(pid)


class Owner:
    """A process that holds a data directory until told to end, or killed."""

    def __init__(self, data: Path, command: str = "run") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", OWNER, str(data), command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENV,
        )
        self.said: dict[str, object] = {}

    def ready(self) -> "Owner":
        """Wait until it has its database."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], DEADLINE_S)
        assert readable, "the owner said nothing"
        self.said = json.loads(self.process.stdout.readline())
        return self

    @property
    def server(self) -> int:
        """The postmaster's process id."""
        pid = self.said["server"]
        assert isinstance(pid, int)
        return pid

    def end(self) -> int:
        """Let it end by itself and return its exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(DEADLINE_S)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """Kill it with -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE_S)


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that any account may pass through, removed afterwards."""
    with homes.home("quanke-p-") as path:
        yield path


@pytest.fixture
def owners(home: Path) -> Iterator[Callable[..., Owner]]:
    """Start owners of data directories; whatever is left is killed afterwards."""
    started: list[Owner] = []

    def start(data: Path, command: str = "run") -> Owner:
        started.append(Owner(data, command))
        return started[-1]

    yield start
    for owner in started:
        if owner.process.poll() is None:
            owner.kill()
        for pipe in (owner.process.stdin, owner.process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        server = owner.said.get("server")
        if isinstance(server, int):
            wait_until(_gone(server), "the server ends")
