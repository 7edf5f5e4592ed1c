"""The past of cases built by a process of its own, beside the one that builds the rest.

`past` gets a row almost every event and takes as long to fold and lay out as all other
read models together; one process has one core. Each folds the log for itself, up to the
same position, so nothing passes between them but what had to be held back. The parent keeps
the leaves: then both have about as much to do.
"""

import asyncio
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import uvloop

from projections.build import Build
from projections.case_past.project import MODEL
from projections.decoding import Failure
from projections.history import History
from projections.quarantine import Holds
from projections.session import BUILDING, connect

ROOT: Final = Path(__file__).parents[1]
Done = Callable[[], Awaitable[list[Failure]]]
"""Waits until the past is built; answers with what failed in it."""


class EndedEarly(RuntimeError):
    """The other process has ended before it was done; it has said why."""


class Job(msgspec.Struct, frozen=True):
    """What the other process is told."""

    dsn: str
    schema: str
    target: int
    skipped: dict[UUID, frozenset[int]]


@asynccontextmanager
async def building(dsn: str, schema: str, target: int, holds: Holds) -> AsyncIterator[Done]:
    """Build the past into tables that are there and empty, up to a position, then index it.

    The process ends with the block. Waiting for it raises EndedEarly.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__),
        stdin=PIPE, stdout=PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdin is not None
        job = Job(dsn, schema, target, holds.skipped)
        process.stdin.write(msgspec.json.encode(job) + b"\n")  # stays open: its end is our end
        yield lambda: _failures(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _failures(process: Process) -> list[Failure]:
    assert process.stdout is not None
    said = await process.stdout.read()
    if code := await process.wait():
        raise EndedEarly(f"the process that builds the past ended with code {code} (see above)")
    return msgspec.json.decode(said, type=list[Failure])


def main() -> None:
    """Do the job on standard input and write the failures to standard output."""
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_build(job))))


def _end_with_parent() -> None:
    while os.read(0, 1):  # not by the buffer, whose lock would hold up our own end
        pass
    os._exit(1)


async def _build(job: Job) -> list[Failure]:
    connection = await connect(job.dsn, "rebuild past", **BUILDING)
    reader = await connect(job.dsn, "rebuild past reader")
    try:
        holds = {MODEL.name: Holds({}, job.skipped)}
        build = Build(connection, History(reader), [MODEL], lambda _: job.schema, holds)
        build.keeps_leaves = False
        await build.catch_up(job.target)
        await build.index()
        return build.failures[MODEL.name]
    finally:
        connection.terminate()
        reader.terminate()


if __name__ == "__main__":
    main()
