"""A platform in a process of its own, for checks and benches that start and kill it."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from api.offspring import ending_with_us
from api.settings import REPOSITORY

READY = "ready "
STOP_S = 30.0


class NotReady(Exception):
    """The platform ended, or said nothing, before it was ready."""


class Process(Protocol):
    """What is needed of a process; a `subprocess.Popen` is one."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def stdout(self) -> IO[str] | None:
        """What it says."""

    def poll(self) -> int | None:
        """Return its exit code once it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit code. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""

    def kill(self) -> None:
        """Kill it with -9."""


class Running:
    """`quanke run` as a child. Its address and process id are the platform's."""

    def __init__(self, process: Process, url: str, took_s: float) -> None:
        self.process = process
        self.url = url
        self.took_s = took_s

    @property
    def pid(self) -> int:
        """The platform's process id."""
        return self.process.pid

    def stop(self) -> int:
        """Stop it as a person would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._gone(STOP_S)

    def kill(self) -> None:
        """Kill it with -9."""
        self.process.send_signal(signal.SIGKILL)
        self._gone(STOP_S)

    def ended(self) -> int:
        """Wait for its end, which somebody else brought about; return its exit code."""
        return self._gone(STOP_S)

    def _gone(self, timeout_s: float) -> int:
        try:
            return self.process.wait(timeout_s)
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


def start(
    arguments: Sequence[str],
    *,
    timeout_s: float,
    command: Sequence[str] = (sys.executable, "-P", "-m", "api"),
    env: Mapping[str, str] | None = None,
    stderr: IO[bytes] | int | None = None,
    cwd: Path = REPOSITORY,
) -> Running:
    """Start `quanke run …` and wait for its ready line.

    It ends with us, however we end: call it from the main thread. Raises NotReady; then
    nothing of it runs any more.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "run", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        cwd=cwd,
        env={**(env or os.environ), "PYTHONPATH": str(REPOSITORY)},
        preexec_fn=ending_with_us(signal.SIGTERM),  # noqa: PLW1509
    )
    return ready(process, began, timeout_s)


def ready(process: Process, began: float, timeout_s: float) -> Running:
    """Wait for the ready line of a platform that began at an instant of the monotonic clock.

    Raises NotReady; then it does not run any more.
    """
    line = _first_line(process, timeout_s)
    if not line.startswith(READY):
        process.kill()
        code = process.wait(STOP_S)
        assert process.stdout is not None
        process.stdout.close()
        raise NotReady(f"the platform was not ready in {timeout_s:g} s (exit code {code}): {line}")
    return Running(process, line.removeprefix(READY).strip(), time.monotonic() - began)


def _first_line(process: Process, timeout_s: float) -> str:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], timeout_s)
    return process.stdout.readline() if readable else ""
