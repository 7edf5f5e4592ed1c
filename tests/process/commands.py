"""Commands of the platform as a person types them, without the seconds that importing takes.

One process for each test process imports the command line once; every command is a fork of
it: a process of its own, with its own standard streams and exit code. So are the platforms that
tests start and stop. How the interpreter itself is started is proven by `test_script.py` and by the
document of the audit.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from api.check.running import Running, ready

ROOT: Final = Path(__file__).resolve().parents[2]
ENV: Final = {
    **{
        key: value
        for key, value in os.environ.items()
        if not key.startswith("QUANKE_") and key not in ("PYTHONDONTWRITEBYTECODE", "DATABASE_URL")
    },
    "PYTHONPATH": str(ROOT),
    "QUANKE_CANARY": "0",  # who counts events wants none but its own
}
DEADLINE_S: Final = 60.0
READY_S: Final = 120.0
COMMAND_S: Final = 110.0
STREAMS: Final = ("in", "out", "err")
FORKING: Final = """
import gc, importlib, json, os, signal, sys
from api.cli import COMMANDS, main
from api.offspring import ending_with_us

for place in COMMANDS.values():
    importlib.import_module(place.partition(":")[0])
gc.freeze()
ends_with_us = ending_with_us(signal.SIGTERM)


def forked(asked):
    if child := os.fork():
        return child
    ends_with_us()
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, path in enumerate(asked["streams"]):
        os.dup2(os.open(path, os.O_RDWR | os.O_APPEND), number)
    sys.exit(main(asked["arguments"]))


def ended(child, how=0):
    found, status = os.waitpid(child, how)
    return os.waitstatus_to_exitcode(status) if found else None


while line := sys.stdin.readline():
    asked = json.loads(line)
    if "ended" in asked:
        said = ended(asked["ended"], os.WNOHANG)
    else:
        said = forked(asked) if asked["stays"] else ended(forked(asked))
    print(json.dumps(said), flush=True)
"""


def quanke(
    *arguments: object, said: str = "", timeout_s: float = COMMAND_S
) -> subprocess.CompletedProcess[str]:
    """Run one command of the platform; `said` is its standard input."""
    with tempfile.TemporaryDirectory(prefix="quanke-c-") as home:
        streams = [Path(home) / name for name in STREAMS]
        for stream, text in zip(streams, (said, "", ""), strict=True):
            stream.write_text(text)
        given = [str(one) for one in arguments]
        code = _asked({**_forked(given, streams), "stays": False}, timeout_s)
        _, out, err = (stream.read_text() for stream in streams)
    return subprocess.CompletedProcess(given, code, out, err)


class Forked:
    """A command that stays: a platform. A process as `Running` wants one.

    It gets SIGTERM when this process ends, by way of the one that forks.
    """

    def __init__(self, pid: int, stdout: IO[str]) -> None:
        self.pid = pid
        self.stdout = stdout
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code once it has ended."""
        if self._code is None:
            self._code = _asked({"ended": self.pid}, DEADLINE_S)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, which the kernel tells. Raises TimeoutExpired."""
        limit_s = DEADLINE_S if timeout is None else timeout
        if self.poll() is None:
            ending = os.pidfd_open(self.pid)
            try:
                select.select([ending], [], [], limit_s)
            finally:
                os.close(ending)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), limit_s)
        return code

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """Kill it with -9."""
        self.send_signal(signal.SIGKILL)


def started(*arguments: str, err: Path = Path(os.devnull), **env: str) -> Running:
    """Start a platform; what it says to standard error is added to a file."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="quanke-c-") as home:
        said = Path(home) / "out"
        os.mkfifo(said)
        err.touch()
        stdout = os.fdopen(os.open(said, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8")
        streams = (Path(os.devnull), said, err)
        given = _forked(("run", *arguments), streams, {**ENV, **env})
        pid = _asked({**given, "stays": True}, DEADLINE_S)
        os.set_blocking(stdout.fileno(), True)
        return ready(Forked(pid, stdout), began, READY_S)


def _forked(
    arguments: Sequence[str], streams: Sequence[Path], env: Mapping[str, str] = ENV
) -> dict[str, Any]:
    return {"arguments": list(arguments), "streams": list(map(str, streams)), "env": dict(env)}


def _asked(what: Mapping[str, Any], timeout_s: float) -> Any:
    """Ask the process that forks, which does one thing at a time."""
    forking = _forking()
    assert forking.stdin is not None
    assert forking.stdout is not None
    forking.stdin.write(f"{json.dumps(what)}\n")
    forking.stdin.flush()
    readable, _, _ = select.select([forking.stdout], [], [], timeout_s)
    if not readable:
        os.killpg(forking.pid, signal.SIGKILL)
        _forking.cache_clear()
        raise subprocess.TimeoutExpired(str(what), timeout_s)
    return json.loads(forking.stdout.readline())


@cache
def _forking() -> "subprocess.Popen[str]":
    """Start the process that forks; it ends when our end of its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", FORKING], cwd=ROOT, env=ENV, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
