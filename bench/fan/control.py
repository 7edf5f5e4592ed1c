"""One JSON object a line in, one out: how the bench's processes are steered."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

LINE = 1 << 26


async def serve(do: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
    """Answer line after line until standard input ends."""
    reader = asyncio.StreamReader(limit=LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say({"ready": True})
    while line := await reader.readline():
        say(await do(json.loads(line)))


def say(answer: Any) -> None:
    """Write one answer."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Process:
    """One of the bench's processes, seen from the bench."""

    def __init__(self, *command: str, cwd: str, env: dict[str, str] | None = None) -> None:
        self._command = command
        self._cwd = cwd
        self._env = env
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, deadline_s: float = 120.0) -> dict[str, Any]:
        """Start it and return its first line."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=self._cwd, env=self._env, limit=LINE,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return await self._answer(deadline_s)

    async def ask(self, deadline_s: float = 600.0, **what: Any) -> dict[str, Any]:
        """Send one line and return the answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._answer(deadline_s)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _answer(self, deadline_s: float) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(deadline_s):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._command[-1]} ended")
        found: dict[str, Any] = json.loads(line)
        return found
