"""Tampering, by a superuser of the database who knows what is watched: is all of it found.

Every attack starts from a copy of a log whose export verifies, and is carried out as a
competent thief would: triggers off, leaf hashes and tiles redone, and where the key of
the log was stolen, everything signed anew. Each is then judged three times: by who has
nothing but the key, by who held an older export, by who asks for a witness. What the
first cannot see is said, not hidden. None of the three looks at read models; that they were
redone too, and what tells it all the same, is in `tests/api/test_attest.py`.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import asyncpg
import httpx

from api.cli.witness import application
from api.database import opened
from api.database.server import PASSING
from api.settings import Settings
from eventlog.audit.verify import Export, Verdict, verify
from eventlog.connection import Connection
from eventlog.export import export
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write
from eventlog.sealer import KEY_FILE, Sealer
from eventlog.tlog.held import Held
from eventlog.tlog.keyfile import private_key
from eventlog.tlog.notes import COSIGNATURE, Signer, Verifier, parse_vkey
from eventlog.tlog.witness import Witness
from eventlog.witnesses import Desk, Peer, Refused
from migrations import migrate
from projections.rebuild import rebuild

HELD: Final = 700
"""Events in the export that the auditor holds."""
COUNT: Final = 900
PLACE: Final = 300
"""The position many attacks are about; others are about the first, and where tiles meet."""
TILE: Final = 256
SPACE: Final = UUID("5b0f62f6-0ba5-5f2e-9d3c-64e02b1a7c11")

Step = Callable[["Thief"], Awaitable[None]]


@dataclass(frozen=True)
class Thief:
    """Superuser of a copy of the database, with or without the log's key."""

    dsn: str
    sql: Connection
    stolen: Path

    async def run(self, *statements: str) -> None:
        """Change history."""
        await self.sql.execute("set session_replication_role = replica")
        for statement in statements:
            await self.sql.execute(statement)

    async def redo_one_tile(self) -> None:
        """Put the changed leaf into its tile and leave those above."""
        rest = await self.sql.fetch("select * from quanke_tile where level > 0")
        await self.redo_tiles()
        await self.run("delete from quanke_tile where level > 0")
        rows = [tuple(row) for row in rest]
        await self.sql.copy_records_to_table("quanke_tile", records=rows)

    async def redo_tiles(self) -> None:
        """Make every tile anew from the changed entries, without a signature to go with them."""
        kept = ("quanke_seal", "quanke_cosignature")
        before = {name: await self.sql.fetch(f"select * from {name}") for name in kept}
        await self.sign_anew()
        for name in kept:
            await self.run(f"delete from {name}")
            rows = [tuple(row) for row in before[name]]
            await self.sql.copy_records_to_table(name, records=rows)

    async def redo_read_models(self) -> None:
        """Forget the leaves that were kept and build every read model from the changed log."""
        await self.run("delete from quanke_leaf")
        await rebuild(self.dsn)

    async def sign_anew(self) -> None:
        """Forget what was signed and sign the changed history with the stolen key."""
        await self.run(*(f"delete from quanke_{name}" for name in ("cosignature", "seal", "tile")))
        async with Sealer.open(self.dsn, self.stolen) as sealer:
            while await sealer.step():
                pass


@dataclass(frozen=True)
class Attack:
    """What is done, the first position it alters, and what each judge can know."""

    do: Step
    position: int
    alone: bool = True
    """Whether the signature alone gives it away."""
    exact: bool = True
    """Whether it then names the position, and not the tile or the whole log."""


def _sql(*statements: str) -> Step:
    async def do(thief: Thief) -> None:
        await thief.run(*statements)

    return do


def _then(*steps: Step) -> Step:
    async def do(thief: Thief) -> None:
        for step in steps:
            await step(thief)

    return do


def _at(place: int, change: str) -> Step:
    return _sql(f"update quanke_log set {change} where notification_id = {place}")


def _delete(place: int) -> Step:
    return _sql(f"delete from quanke_log where notification_id = {place}")


def _swap(place: int, other: int) -> Step:
    to = "update quanke_log set notification_id = {} where notification_id = {}"
    return _sql(
        to.format(1_000_000, place), to.format(place, other), to.format(other, 1_000_000)
    )  # fmt: skip


def _shift(place: int, by: int) -> tuple[str, str]:
    """Move all behind a place on, by way of positions that nobody has."""
    moved = "update quanke_log set notification_id = notification_id {} where notification_id > {}"
    return moved.format("+ 1000000", place), moved.format(f"- {1_000_000 - by}", 1_000_000)


def _cut(place: int) -> Step:
    return _then(_delete(place), _sql(*_shift(place, -1)))


def _back_date(place: int) -> Step:
    return _sql(
        *_shift(place, 1),
        f"insert into quanke_log select gen_random_uuid(), 1, topic, state, {place + 1}, schema,"
        f" recorded_at, gen_random_uuid(), 0, actor, meta from quanke_log"
        f" where notification_id = {place}",
    )


_FORGED: Final = "state = convert_to('{\"n\":-1}', 'UTF8')"
_ALTER: Final = _at(PLACE, _FORGED)
_TRUNCATE: Final = _sql("delete from quanke_log where notification_id > 650")

ATTACKS: Final = {
    "alter the payload": Attack(_ALTER, PLACE),
    "alter the first payload": Attack(_at(1, _FORGED), 1),
    "alter the actor": Attack(_at(TILE, "actor = 'acc-0'"), TILE),
    "alter the time": Attack(
        _at(TILE + 1, "recorded_at = recorded_at + interval '1 microsecond'"), TILE + 1
    ),
    "delete one": Attack(_delete(PLACE), PLACE),
    "delete one since the held export": Attack(_delete(HELD + 99), HELD + 99),
    "delete the last": Attack(_delete(COUNT), COUNT),
    "swap two": Attack(_swap(TILE - 3, TILE + 6), TILE - 3),
    "back-date one and shift": Attack(_back_date(PLACE), PLACE + 1),
    "cut one out and close up": Attack(_cut(PLACE), PLACE),
    "leaf and its tile together": Attack(_then(_ALTER, Thief.redo_one_tile), PLACE, exact=False),
    "leaf and all tiles together": Attack(_then(_ALTER, Thief.redo_tiles), PLACE, exact=False),
    "sign all anew, stolen key": Attack(_then(_ALTER, Thief.sign_anew), PLACE, alone=False),
    "cut out, sign anew, stolen key": Attack(
        _then(_cut(PLACE), Thief.sign_anew), PLACE, alone=False
    ),
    "truncate, sign anew, stolen key": Attack(_then(_TRUNCATE, Thief.sign_anew), 651, alone=False),
}


@dataclass(frozen=True)
class Judged:
    """What each judge said of one attack."""

    alone: Verdict
    since: Verdict
    witness: Verdict
    cosigned: bool
    """Whether the witness signed what the thief had made."""


def position_named(verdict: Verdict) -> str:
    """Return the position, or positions, that the first fault names; empty for none."""
    words = verdict.faults[0].split(":")[0] if verdict.faults else ""
    return words if words.startswith("position") else ""


def complaints(name: str, attack: Attack, found: Judged) -> list[str]:
    """Return in what the judges did not do what they should."""
    wrong, at = [], f"position {attack.position}"
    if found.alone.ok is attack.alone:
        wrong.append(f"{name}: the signature alone {'misses' if attack.alone else 'finds'} it")
    if attack.alone and attack.exact and position_named(found.alone) != at:
        wrong.append(f"{name}: the signature alone names no {at}: {found.alone.faults}")
    if not found.alone.limits:
        wrong.append(f"{name}: what was not checked is not said")
    if position_named(found.since) != at:
        wrong.append(f"{name}: not named as {at}: {found.since.faults}")
    if found.witness.ok:
        wrong.append(f"{name}: who asks for the witness misses it")
    if found.cosigned:
        wrong.append(f"{name}: the witness signed it")
    return wrong


class Ground:
    """A log of 900 events, sealed and witnessed, and the export an auditor took at 700."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.dsn = dsn
        self.held = home / "held"
        self._home = home
        signer = Signer("bureau.example", private_key(home / "w" / "witness.key"), COSIGNATURE)
        self._witness_key = signer.verifier
        self._signer = signer
        self._key: Verifier | None = None

    async def make(self) -> None:
        """Fill it, seal it, have it witnessed, export it."""
        await self._grow(0, HELD)
        await export(self.dsn, self.held)
        await self._grow(HELD, COUNT)

    async def _grow(self, first: int, end: int) -> None:
        async with PostgresLog.open(self.dsn) as log, asyncio.TaskGroup() as tasks:
            for number in range(first, end):
                tasks.create_task(_report(log, number))
        async with Sealer.open(self.dsn, self._home / "sealer") as sealer:
            while await sealer.step():
                pass
            self._key = parse_vkey(sealer.vkey)
            (self._home / "vkey").write_text(sealer.vkey)
            await self._ask_witness(self.dsn)

    async def _ask_witness(self, dsn: str) -> None:
        witness = Witness(self._signer, [self._known_key], Held(self._home / "w"))
        transport = httpx.ASGITransport(application(witness))
        connection = await asyncpg.connect(dsn)
        try:
            async with httpx.AsyncClient(transport=transport) as http:
                await Desk(connection, http, Peer(self._witness_key, "http://w")).step()
        finally:
            await connection.close()

    @property
    def _known_key(self) -> Verifier:
        assert self._key is not None, "nothing is sealed yet"
        return self._key

    async def judged(self, dsn: str, attack: Step | None, place: Path) -> Judged:
        """Attack a copy, export it, and hear the judges."""
        if attack is not None:
            await self._attack(dsn, attack, place / "stolen")
        await export(dsn, place / "export")
        signed_before = self._witnessed()
        with suppress(Refused):
            await self._ask_witness(dsn)
        made, key, since = Export(place / "export"), self._known_key, Export(self.held)
        return Judged(
            await asyncio.to_thread(verify, made, key),
            await asyncio.to_thread(verify, made, key, since),
            await asyncio.to_thread(verify, made, key, None, [self._witness_key]),
            self._witnessed() != signed_before,
        )

    def _witnessed(self) -> str:
        """Return what the witness signed last."""
        note = Held(self._home / "w").last(self._known_key.name)
        assert note is not None
        return note.text

    async def _attack(self, dsn: str, attack: Step, stolen: Path) -> None:
        stolen.mkdir(parents=True)
        shutil.copy2(self._home / "sealer" / KEY_FILE, stolen)
        connection = await asyncpg.connect(dsn)
        try:
            await attack(Thief(dsn, connection, stolen))
        finally:
            await connection.close()


async def run(dsn: str, home: Path) -> dict[str, Judged]:
    """Carry out every attack on a copy of its own; the honest log is judged under ""."""
    ground = Ground(dsn, home)
    await ground.make()
    found = {}
    for number, (name, attack) in enumerate([("", None), *ATTACKS.items()]):
        async with _copy(dsn, f"tampered_{number}") as copied:
            step = None if attack is None else attack.do
            found[name] = await ground.judged(copied, step, home / str(number))
    return found


async def _report(log: PostgresLog, number: int) -> None:
    event = NewEvent("case.reported", 1, b'{"n":%d}' % number, b"{}")
    stream = uuid5(SPACE, f"stream {number}")
    await log.append(uuid5(SPACE, str(number)), "acc-1", [Write(stream, 0, (event,))])


@asynccontextmanager
async def _copy(dsn: str, name: str) -> AsyncIterator[str]:
    head, _, query = dsn.partition("?")
    base, _, source = head.rpartition("/")
    admin = await asyncpg.connect(f"{base}/postgres?{query}")
    try:
        await admin.execute(f"create database {name} template {source}")
        yield f"{base}/{name}?{query}"
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


def table(found: dict[str, Judged]) -> str:
    """Return what every judge said, a line an attack."""
    lines = [f"{'':34}{'signature alone':30}{'older export held':22}witness"]
    for name, one in found.items():
        said = [_says(one.alone), _says(one.since), _says(one.witness)]
        lines.append(f"{name or 'honest growth':34}{said[0]:30}{said[1]:22}{said[2]}")
    return "\n".join(lines)


def _says(verdict: Verdict) -> str:
    return "accepted" if verdict.ok else position_named(verdict) or "not cosigned"


def main(arguments: Sequence[str]) -> int:
    """Run the corpus on a database of its own; exit 1 when a judge fails."""
    argparse.ArgumentParser(prog="quanke check tamper", description=__doc__).parse_args(arguments)
    home = Path(tempfile.mkdtemp(prefix="quanke-tamper-", dir="/tmp"))
    home.chmod(0o711)
    try:
        found = asyncio.run(_alone(home))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(table(found))
    print(f"seen by nobody without a witness or an older export: {'; '.join(unseen(found))}")
    wrong = judge(found)
    print("\n".join(wrong) or f"all {len(ATTACKS)} attacks found, honest growth accepted")
    return 1 if wrong else 0


def unseen(found: dict[str, Judged]) -> list[str]:
    """Return the attacks that whoever has nothing but the log's key accepts."""
    return [name for name, one in found.items() if name and one.alone.ok]


def judge(found: dict[str, Judged]) -> list[str]:
    """Return what went wrong over the whole corpus."""
    honest = found[""]
    wrong = [
        f"the honest log is not accepted: {verdict.faults}"
        for verdict in (honest.alone, honest.since, honest.witness)
        if not verdict.ok
    ]
    for name, attack in ATTACKS.items():
        wrong += complaints(name, attack, found[name])
    return wrong


async def _alone(home: Path) -> dict[str, Judged]:
    settings = Settings(data=home / "data", database_url=None)
    async with opened(settings, "check", exclusive=True, extra=PASSING) as served:
        await migrate(served.dsn)
        return await run(served.dsn, home)
