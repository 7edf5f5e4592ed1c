"""Read models under the log's seal: attested, replayed, and found out when they lied."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api import attest as attesting
from api.attest import ACTOR, NotAttested, attest, attest_nightly, compare
from api.check.tamper import Thief, position_named
from api.verify import verify as compared
from api.wiring import App
from domain.actor import Role
from domain.attestation import ReadModelsAttested
from domain.topics import decode
from eventlog import seals
from eventlog.audit.verify import Export, verify
from eventlog.export import export
from eventlog.format import leaf_entry
from eventlog.record import Position
from eventlog.sealer import KEY_FILE, Sealer
from eventlog.tlog.notes import parse_vkey
from eventlog.tlog.receipt import check_receipt
from projections.registry import READ_MODELS
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID

NAMES = {f"{model.name} v{model.version}" for model in READ_MODELS}


async def report(app: App, worker: Client) -> int:
    given = {"channel": "GRID_WORKER", "category": "06010", "place": {"grid": GRID}}
    payload = await worker.done("reportCase", **given)
    last = int(payload["event"]["last"])
    assert await app.platform.reached(last, 30)
    return last


async def test_a_replay_finds_what_was_attested(app: App, worker: Client) -> None:
    with pytest.raises(NotAttested, match="nothing was attested yet"):
        await compare(app.dsn, app.log)
    await report(app, worker)
    at = await attest(app.dsn, app.log)
    (event,) = await app.log.read_all(Position(at - 1), 1)
    said = decode(event.topic, event.schema, event.state)
    assert isinstance(said, ReadModelsAttested)
    assert (event.actor, set(said.digests), said.position < at) == (ACTOR, NAMES, True)

    await report(app, worker)
    found = await compare(app.dsn, app.log)
    assert (found.at, set(found.agree), found.differ, found.unknown) == (at, NAMES, [], [])
    later = await attest(app.dsn, app.log)
    assert (await compare(app.dsn, app.log)).at == later
    assert (await compare(app.dsn, app.log, said.position)).at == at
    assert (await compare(app.dsn, app.log, at)).at == at
    with pytest.raises(NotAttested, match="nothing was attested at 1"):
        await compare(app.dsn, app.log, 1)


async def test_a_read_model_that_lied_when_it_was_attested_is_named(
    app: App, worker: Client
) -> None:
    await report(app, worker)
    connection = await asyncpg.connect(app.dsn)
    await connection.execute("update rm_grid_load_v2.grid_load set open = open + 1")
    await attest(app.dsn, app.log)
    found = await compare(app.dsn, app.log)
    await connection.close()
    assert found.differ == ["grid_load v2"]


async def test_a_replay_leaves_nothing_behind(app: App, worker: Client) -> None:
    await report(app, worker)
    await attest(app.dsn, app.log)
    await compare(app.dsn, app.log)
    found = await app.platform.pool.fetchval(
        "select count(*) from information_schema.schemata where schema_name like '%attested'"
    )
    assert found == 0


async def test_what_was_attested_before_an_erasure_is_found_after_it(
    app: App, client: Client, tmp_path: Path
) -> None:
    acceptor, officer = client.acting(Role.ACCEPTOR, DISTRICT), client.acting(Role.PRIVACY_OFFICER)
    given = {"channel": "HOTLINE", "category": "06010", "place": {"grid": GRID}}
    payload = await acceptor.done("reportCase", **given, description="王小明家门口")
    last = int(payload["event"]["last"])
    assert await app.platform.reached(last, 30)
    before = await attest(app.dsn, app.log)
    async with Sealer.open(app.dsn, tmp_path / "sealer") as sealer:
        await sealer.step()
        key = parse_vkey(sealer.vkey)
        receipt = await seals.receipt(app.platform.pool, last)
        await officer.done("eraseSubject", subject=payload["case"]["number"])
        await sealer.step()
    (event,) = await app.log.read_all(Position(last - 1), 1)
    check_receipt(receipt, leaf_entry(event), key)
    check_receipt(await seals.receipt(app.platform.pool, last), leaf_entry(event), key)
    assert (await compare(app.dsn, app.log, before)).differ == []


async def test_a_history_rewritten_with_its_read_models_is_told_by_what_was_attested(
    app: App, worker: Client, tmp_path: Path
) -> None:
    """The key is stolen, and all that it reaches redone: entries, tiles, head, read models."""
    place = await report(app, worker)
    await attest(app.dsn, app.log)
    async with Sealer.open(app.dsn, tmp_path / "sealer") as sealer:
        while await sealer.step():
            pass
        key = parse_vkey(sealer.vkey)
    await export(app.dsn, tmp_path / "held")
    (tmp_path / "stolen").mkdir()
    shutil.copy2(tmp_path / "sealer" / KEY_FILE, tmp_path / "stolen")
    connection = await asyncpg.connect(app.dsn)
    thief = Thief(app.dsn, connection, tmp_path / "stolen")
    await thief.run(
        "update quanke_log set state = convert_to(replace(convert_from(state, 'UTF8'),"
        f" '\"06010\"', '\"06036\"'), 'UTF8') where notification_id = {place}"
    )
    await thief.sign_anew()
    await thief.redo_read_models()
    await connection.close()
    assert (await compared(app.dsn)).faults == [], "the read models are those of the new history"
    assert "case_board v1" in (await compare(app.dsn, app.log)).differ
    await export(app.dsn, tmp_path / "now")
    assert verify(Export(tmp_path / "now"), key).ok, "as with any theft of the key"
    judged = verify(Export(tmp_path / "now"), key, Export(tmp_path / "held"))
    assert position_named(judged) == f"position {place}"


async def test_each_night_there_is_an_attestation_and_a_bad_night_is_no_end(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await report(app, worker)
    nights: list[str] = []

    async def sometimes(dsn: str, log: Any) -> Position:
        nights.append(dsn)
        if len(nights) == 1:
            raise NotAttested("the database is away")
        return await attest(dsn, log)

    monkeypatch.setattr(attesting, "attest", sometimes)
    monkeypatch.setattr(attesting, "DAY_S", 0.2)  # nights come as often
    head = await app.log.head()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        nightly = tasks.create_task(attest_nightly(app.dsn, app.log))
        while await app.log.head() < head + 2:
            await asyncio.sleep(0.05)
        nightly.cancel()
    told = await app.log.read_all(Position(head), 10)
    assert {one.topic for one in told} == {"log.read_models_attested"}
    assert len(nights) > 2
