"""An audit across a new epoch: what a restore lost is declared, and nothing else may differ."""

from pathlib import Path
from uuid import uuid4

import pytest

from eventlog.audit.verify import Export, verify
from eventlog.connection import Connection
from eventlog.export import export
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write
from eventlog.sealer import Sealer
from eventlog.tlog.notes import Verifier, parse_vkey
from tests.eventlog.samples import META, put

KEPT, LOST = 300, 100


async def sealed(dsn: str, home: Path, name: str) -> Verifier:
    async with Sealer.open(dsn, home / "sealer") as sealer:
        while await sealer.step():
            pass
        key = parse_vkey(sealer.vkey)
    await export(dsn, home / name)
    return key


@pytest.fixture
async def key(
    database: str, postgres_log: PostgresLog, sql: Connection, tmp_path: Path
) -> Verifier:
    """Exports `kept` and `before` of epoch 1, and `after` of epoch 2; the key of the latter."""
    await put(postgres_log, uuid4(), count=KEPT)
    await sealed(database, tmp_path, "kept")
    await put(postgres_log, uuid4(), count=LOST)
    await sealed(database, tmp_path, "before")
    await sql.execute("set session_replication_role = replica")
    await sql.execute(f"delete from quanke_log where notification_id > {KEPT}")
    await sql.execute("update quanke_cell set log_epoch = 2")
    opened = NewEvent("log.epoch_opened", 1, b"{}", META)
    await postgres_log.append(uuid4(), "system:restore", [Write(uuid4(), 0, (opened,))])
    await put(postgres_log, uuid4(), count=20)
    return await sealed(database, tmp_path, "after")


async def test_what_was_lost_is_declared(key: Verifier, tmp_path: Path) -> None:
    verdict = verify(Export(tmp_path / "after"), key, Export(tmp_path / "before"))
    assert (verdict.ok, verdict.origin[-2:]) == (True, "/2")
    assert verdict.said[-1] == "it extends the 300 events kept of an earlier epoch"
    (limit,) = verdict.limits
    assert limit.startswith("positions 301 to 400 of the earlier epoch are declared lost by it")
    whole = verify(Export(tmp_path / "after"), key, Export(tmp_path / "kept" / "checkpoint"))
    assert whole.said[-1] == "it extends the 300 events held of an earlier epoch"
    assert whole.limits == []


async def test_a_checkpoint_alone_cannot_tell(key: Verifier, tmp_path: Path) -> None:
    verdict = verify(Export(tmp_path / "after"), key, Export(tmp_path / "before" / "checkpoint"))
    assert verdict.ok
    assert verdict.limits[0].endswith("can be compared across a new epoch")


async def test_a_new_epoch_is_no_cover_for_changing_the_old(
    key: Verifier, database: str, sql: Connection, tmp_path: Path
) -> None:
    await sql.execute("update quanke_log set actor = 'acc-0' where notification_id = 70")
    await sql.execute("delete from quanke_seal; delete from quanke_tile")
    next((tmp_path / "sealer").glob("*2.checkpoint")).unlink()
    await sealed(database, tmp_path, "forged")
    verdict = verify(Export(tmp_path / "forged"), key, Export(tmp_path / "before"))
    assert verdict.faults == [
        "position 70: its entry is not the one that was signed in an earlier epoch"
    ]


async def test_an_epoch_that_no_event_opened_is_bad(
    key: Verifier, database: str, sql: Connection, tmp_path: Path
) -> None:
    await sql.execute("update quanke_log set topic = 'case.reported' where topic like 'log.%'")
    await sql.execute("delete from quanke_seal; delete from quanke_tile")
    next((tmp_path / "sealer").glob("*2.checkpoint")).unlink()
    await sealed(database, tmp_path, "silent")
    verdict = verify(Export(tmp_path / "silent"), key, Export(tmp_path / "before"))
    assert len(verdict.faults) == 1
    assert "no event of this log says that it ended" in verdict.faults[0]
