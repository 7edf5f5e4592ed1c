"""`quanke check cut`: connections cut between question and answer double nothing.

A proxy of our own stands before the platform, and a second one before its database. Each
throws answers away at random, after the work was done. Clients send the same command ids
again until there is an answer (`witness.py`, a process of its own). In the end the log holds
each command once, no more and no fewer.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import anyio
import asyncpg
import msgspec
import uvloop

from api.check.kept import inspect
from api.check.kill import (
    LAST_ANSWERS_S,
    prepare,
    scratch,
    settings_in,
    witness,
)
from api.check.proxy import before_socket, before_tcp
from api.check.witness import Plan
from api.cli.catching_up import built, caught_up
from api.cli.serving import free_socket, serving
from api.database import opened
from api.database.layout import DATABASE, PG_PORT, SUPERUSER, Layout
from api.settings import Settings
from api.wiring import App

POLL_S: Final = 0.1
CLIENT_EVERY: Final = 3
DATABASE_EVERY: Final = 20
REPORTED: Final = "select count(*) from quanke_log where topic = 'case.reported'"


@dataclass(frozen=True, slots=True)
class Cuts:
    """What was cut and what came of it."""

    acknowledged: int
    client_cuts: int
    database_cuts: int
    lost: int
    doubled: int
    gaps: int
    broken_streams: int
    extra: int
    """Reports in the log that nobody was answered for."""

    @property
    def clean(self) -> bool:
        """Whether nothing was lost or done twice, and something was cut."""
        wrong = self.lost + self.doubled + self.gaps + self.broken_streams + self.extra
        return not wrong and self.client_cuts > 0 and self.database_cuts > 0


def main(arguments: Sequence[str]) -> int:
    """Run the check; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="quanke check cut", description=__doc__)
    parser.add_argument("--commands", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    sys.stderr.write(f"seed {asked.seed}\n")
    found = check(asked.commands, asked.clients, asked.seed)
    print(json.dumps(asdict(found)) if asked.json else _table(found))
    return 0 if found.clean else 1


def check(commands: int, clients: int, seed: int) -> Cuts:
    """Send so many commands through the proxies and return what the log holds."""
    with scratch() as home:
        plan = prepare(home, clients, seed)
        door, database, reported = uvloop.run(_check(home, plan, commands, random.Random(seed)))
        found = inspect(settings_in(home), Path(plan.acknowledged))
    return Cuts(
        found.acknowledged, door, database, found.lost, found.doubled, found.gaps,
        found.broken_streams, reported - found.acknowledged,
    )  # fmt: skip


async def _check(
    home: Path, plan: Plan, commands: int, chance: random.Random
) -> tuple[int, int, int]:
    settings = settings_in(home)
    layout = Layout(settings.data_dir)
    folder = home / "s"
    folder.mkdir(mode=0o700)
    dsn = f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(folder))}&port={PG_PORT}"
    async with (
        opened(settings, "check", exclusive=True),
        before_socket(
            layout.socket, folder / layout.socket.name, chance, DATABASE_EVERY, _writes(plan)
        ) as database,
        _platform(settings, dsn) as listening,
        before_tcp(plan.host, listening, chance, CLIENT_EVERY) as (door, port),
    ):
        await _sent(msgspec.structs.replace(plan, port=port), commands)
        reported = await _reported(layout.dsn())
    return door.cuts, database.cuts, reported


@asynccontextmanager
async def _platform(settings: Settings, dsn: str) -> AsyncIterator[int]:
    """The platform in this process, on the database behind the proxy; yields its port."""
    listening = free_socket("127.0.0.1", 0)
    async with (
        App.open(settings, dsn) as app,
        anyio.create_task_group() as tasks,
        serving(app.asgi, listening),
    ):
        await built(app)
        tasks.start_soon(app.work)
        await caught_up(app)
        app.gate.open()
        yield listening.getsockname()[1]
        tasks.cancel_scope.cancel()


def _writes(plan: Plan) -> bytes:
    """What every batch of the writer holds: the account that reports. Only these are cut."""
    claims = plan.token.split(".")[1]
    subject: str = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
    return subject.encode()


async def _sent(plan: Plan, commands: int) -> None:
    """Let the witness send until so many commands were answered."""
    answered = Path(plan.acknowledged)
    with witness(plan) as process:
        while not answered.exists() or answered.read_bytes().count(b"\n") < commands:
            if process.poll() is not None:
                raise RuntimeError("the witness failed: see its trace above")
            await asyncio.sleep(POLL_S)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(LAST_ANSWERS_S):
            while process.poll() is None:
                await asyncio.sleep(POLL_S)
        if process.returncode != 0:
            raise RuntimeError("the witness failed: see its trace above")


async def _reported(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval(REPORTED))
    finally:
        await connection.close()


def _table(found: Cuts) -> str:
    return (
        f"acknowledged {found.acknowledged:,}; answers cut: {found.client_cuts:,} before the "
        f"platform, {found.database_cuts:,} before the database\n"
        f"lost {found.lost}, doubled {found.doubled}, extra {found.extra}, gaps {found.gaps}, "
        f"streams out of step {found.broken_streams}"
    )
