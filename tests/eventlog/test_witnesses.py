"""Our side of a witness: what is submitted, what is kept, and what a fork ends in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.cli.witness import application
from eventlog import seals
from eventlog.connection import Connection
from eventlog.postgres import PostgresLog
from eventlog.sealer import Sealer
from eventlog.tlog.held import Held
from eventlog.tlog.keyfile import private_key
from eventlog.tlog.notes import COSIGNATURE, Signer, Verifier, parse_vkey, signers
from eventlog.tlog.witness import Witness
from eventlog.witnesses import BadPolicy, Desk, Peer, Refused, peers
from tests.eventlog.samples import put


@asynccontextmanager
async def desk(
    sql: Connection, home: Path, key: Verifier, name: str = "bureau"
) -> AsyncIterator[Desk]:
    """A desk before a witness whose memory lies in `home`."""
    signer = Signer(name, private_key(home / f"{name}.key"), COSIGNATURE)
    transport = httpx.ASGITransport(application(Witness(signer, [key], Held(home / name))))
    async with httpx.AsyncClient(transport=transport) as http:
        yield Desk(sql, http, Peer(signer.verifier, "http://witness"))


async def sealed(database: str, home: Path) -> Verifier:
    async with Sealer.open(database, home / "sealer") as sealer:
        while await sealer.step():
            pass
        return parse_vkey(sealer.vkey)


async def test_each_new_head_is_cosigned_once(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> None:
    await put(postgres_log, uuid4(), count=300)
    key = await sealed(database, tmp_path)
    assert await seals.latest(sql, witnessed=True) is None
    async with desk(sql, tmp_path, key) as ours:
        assert await ours.step() is True
        assert await ours.step() is False
        await put(postgres_log, uuid4(), count=5)
        await sealed(database, tmp_path)
        assert await ours.step() is True
    seal = await seals.latest(sql, witnessed=True)
    assert seal is not None
    witness = Signer("bureau", private_key(tmp_path / "bureau.key"), COSIGNATURE).verifier
    found = signers(seal.note, [key, witness])
    assert (seal.size, [one.name for one, _ in found]) == (305, [key.name, "bureau"])
    assert (await seals.standing(sql)).witnessed == 305


async def test_a_new_desk_is_told_where_the_witness_stands(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> None:
    for _ in range(2):
        await put(postgres_log, uuid4(), count=40)
        key = await sealed(database, tmp_path)
        async with desk(sql, tmp_path, key) as ours:
            assert await ours.step() is True
        async with desk(sql, tmp_path, key) as again:
            assert await again.step() is True
    assert (await seals.standing(sql)).witnessed == 80


async def test_a_receipt_is_given_under_the_witnessed_head_where_it_covers_it(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> None:
    await put(postgres_log, uuid4(), count=10)
    key = await sealed(database, tmp_path)
    async with desk(sql, tmp_path, key) as ours:
        await ours.step()
    await put(postgres_log, uuid4(), count=3)
    await sealed(database, tmp_path)
    sizes = [(await seals.receipt(sql, at)).note.text.split("\n")[1] for at in (10, 11)]
    assert sizes == ["10", "13"]


async def test_a_fork_signed_with_the_logs_own_key_is_cosigned_by_nobody(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> None:
    await put(postgres_log, uuid4(), count=300)
    key = await sealed(database, tmp_path)
    async with desk(sql, tmp_path, key) as ours:
        await ours.step()
    await sql.execute("set session_replication_role = replica")
    await sql.execute("update quanke_log set actor = 'acc-0' where notification_id = 7")
    await sql.execute("delete from quanke_cosignature; delete from quanke_seal")
    (tmp_path / "sealer").rename(tmp_path / "old")
    (tmp_path / "sealer").mkdir()
    (tmp_path / "old" / "log.key").rename(tmp_path / "sealer" / "log.key")
    await sealed(database, tmp_path)
    async with desk(sql, tmp_path, key) as ours:
        with pytest.raises(Refused, match="another history of 300 events"):
            await ours.step()
    await put(postgres_log, uuid4(), count=9)
    await sealed(database, tmp_path)
    async with desk(sql, tmp_path, key) as ours:
        with pytest.raises(Refused, match="422"):
            await ours.step()
    assert await sql.fetchval("select count(*) from quanke_cosignature") == 0


async def test_a_witness_that_does_not_know_the_log_is_refused(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> None:
    await put(postgres_log, uuid4())
    await sealed(database, tmp_path)
    async with desk(sql, tmp_path, Verifier("other/1", bytes(32))) as ours:
        with pytest.raises(Refused, match="404"):
            await ours.step()


def test_witnesses_stand_in_a_policy_file(tmp_path: Path) -> None:
    key = Signer("bureau", private_key(tmp_path / "k"), COSIGNATURE).verifier
    path = tmp_path / "witnesses"
    assert peers(path) == []
    path.write_text(f"# who\nlog x\n  witness\tw1 {key} http://127.0.0.1:8701/\n\nquorum w1\n")
    assert peers(path) == [Peer(key, "http://127.0.0.1:8701")]
    plain = Signer("bureau", private_key(tmp_path / "k")).verifier
    for bad in ("witness w1", f"witness w1 {key}", "witness w1 x http://w", f"witness w {plain} u"):
        path.write_text(bad)
        with pytest.raises(BadPolicy):
            peers(path)
