"""The log's writer and reader of the release before this one, on one database with ours.

A rolling upgrade: the old release has made the database and written, this one lifts it while
the old one stays, and from then on both write, read and follow, in turns and at once. Without
a tag the old one is the last commit (then this only shows that the test works).
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from domain.topics import decode, decode_meta
from eventlog.errors import VersionConflict
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Recorded, Write
from migrations import migrate
from tests.corpus.write import META, RECORDS
from tests.databases import command, named

OLD: Final = """
import asyncio, json, sys
from uuid import UUID
from eventlog.errors import VersionConflict
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Write
from migrations import migrate

def told(one):
    return [one.position, str(one.stream), one.version, one.topic, one.schema,
            str(one.command_id), one.actor, one.meta.decode(), one.state.decode()]

async def append(log, command, stream, version, events):
    events = tuple(NewEvent(t, s, x.encode(), m.encode()) for t, s, x, m in events)
    try:
        done = await log.append(UUID(command), "acct:old", [Write(UUID(stream), version, events)])
    except VersionConflict as conflict:
        return ["conflict", conflict.actual]
    return [done.first, done.last, done.duplicate]

async def heard(log, after, last):
    async for page in log.follow(Position(after)):
        if page[-1].position >= last:
            return page[-1].position

async def main(dsn):
    await migrate(dsn)
    print("ready", flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with PostgresLog.open(dsn) as log:
        async for line in lines:
            verb, *given = json.loads(line)
            if verb == "append":
                answer = await append(log, *given)
            elif verb == "follow":
                answer = await heard(log, *given)
            else:
                answer = [told(one) for one in await log.read_all(Position(given[0]), 1_000)]
            print(json.dumps(answer), flush=True)

asyncio.run(main(sys.argv[1]))
"""
PATIENCE_S: Final = 20.0
AT_ONCE: Final = 40
LINE_BYTES: Final = 1 << 24


class Old:
    """The release before, in a process of its own; one question at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            return (await self._process.stdout.readline()).decode()

    async def ask(self, *question: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return json.loads(await self.line())

    async def append(
        self, stream: UUID, version: int, *events: NewEvent, once: UUID | None = None
    ) -> Any:
        plain = [(e.topic, e.schema, e.state.decode(), e.meta.decode()) for e in events]
        return await self.ask("append", str(once or uuid4()), str(stream), version, plain)


@asynccontextmanager
async def running(code: Path, dsn: str) -> AsyncIterator[Old]:
    """Let the old release make the database and wait for questions."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OLD, dsn, cwd=code, env={"PYTHONPATH": str(code)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES,
    )  # fmt: skip
    old = Old(process)
    try:
        assert await old.line() == "ready\n"
        yield old
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"quanke_turns_{uuid4().hex[:8]}"
    command(postgres, f"create database {name}")
    yield named(postgres, name)
    command(postgres, f"drop database {name} with (force)")


def records() -> list[NewEvent]:
    """An event of every topic, in the schema that the release before knows as well."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(RECORDS.iterdir()):
        one = json.loads(path.read_text())
        if one["schema"] == 1:
            found[one["topic"]] = one
    return [
        NewEvent(one["topic"], 1, one["state"].encode(), one["meta"].encode())
        for one in found.values()
    ]


def ours(one: Recorded) -> list[Any]:
    return [
        one.position, str(one.stream), one.version, one.topic, one.schema,
        str(one.command_id), one.actor, one.meta.decode(), one.state.decode(),
    ]  # fmt: skip


async def both_read(log: PostgresLog, old: Old) -> list[Recorded]:
    """Return the whole log, which both releases must read alike: gapless, every stream too."""
    mine = await log.read_all(Position(0), 1_000)
    assert [ours(one) for one in mine] == await old.ask("read", 0)
    assert [one.position for one in mine] == list(range(1, len(mine) + 1))
    streams: dict[UUID, int] = {}
    for one in mine:
        assert one.version == streams.get(one.stream, 0) + 1
        streams[one.stream] = one.version
    return mine


async def test_both_releases_write_and_read_one_log_in_turns(earlier: Path, empty: str) -> None:
    events = records()
    stream, other = uuid4(), uuid4()
    async with running(earlier, empty) as old:
        assert await old.append(stream, 0, *events[:20]) == [1, 20, False]
        await migrate(empty)  # this release comes; the old one stays
        async with PostgresLog.open(empty) as log:
            (first,) = await log.read_all(Position(0), 1)
            assert decode(first.topic, first.schema, first.state)
            assert decode_meta(first.meta) == META
            version = 20
            for index, event in enumerate(events):  # theirs, ours, theirs, …
                if index % 2:
                    done = await log.append(uuid4(), "acct:new", [Write(stream, version, (event,))])
                    assert (done.first, done.duplicate) == (21 + index, False)
                else:
                    assert await old.append(stream, version, event) == [
                        21 + index, 21 + index, False,
                    ]  # fmt: skip
                version += 1
            await both_read(log, old)
            assert await old.append(stream, 3, events[0]) == ["conflict", version]
            with pytest.raises(VersionConflict):
                await log.append(uuid4(), "acct:new", [Write(stream, 3, (events[0],))])
            once = uuid4()  # sent to the one, sent again to the other
            told = await old.append(other, 0, events[0], once=once)
            again = await log.append(once, "acct:old", [Write(other, 0, (events[0],))])
            assert (again.first, again.last, again.duplicate) == (told[0], told[1], True)
            mine = await both_read(log, old)
            assert {one.actor for one in mine} == {"acct:old", "acct:new"}


async def test_both_releases_write_at_once_and_hear_each_other(earlier: Path, empty: str) -> None:
    event, *_ = records()
    async with running(earlier, empty) as old:
        await migrate(empty)
        async with PostgresLog.open(empty) as log:

            async def theirs() -> None:
                for _ in range(AT_ONCE):
                    await old.append(uuid4(), 0, event)

            async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
                tasks.create_task(theirs())
                for _ in range(AT_ONCE):
                    write = Write(uuid4(), 0, (event,))
                    tasks.create_task(log.append(uuid4(), "acct:new", [write]))
            assert len(await both_read(log, old)) == 2 * AT_ONCE
            head = int(await log.head())
            async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
                hearing = tasks.create_task(old.ask("follow", head, head + 1))
                await log.append(uuid4(), "acct:new", [Write(uuid4(), 0, (event,))])
            assert hearing.result() == head + 1
            following = aiter(log.follow(Position(head + 1)))
            async with asyncio.timeout(PATIENCE_S):
                assert await old.append(uuid4(), 0, event)
                page = await anext(following)
            assert [one.actor for one in page] == ["acct:old"]
