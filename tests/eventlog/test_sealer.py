"""The sealer: what it seals, where it goes on, and what it refuses to sign."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from eventlog import sealer as sealing
from eventlog import seals
from eventlog.connection import Connection
from eventlog.format import leaf_entry
from eventlog.postgres import PostgresLog
from eventlog.sealer import Sealer, SealRefused, seal_for_ever
from eventlog.tlog.checkpoint import Checkpoint, opened, signed
from eventlog.tlog.notes import Note, Signer, parse_vkey
from eventlog.tlog.receipt import check_receipt, parse_receipt
from eventlog.tlog.tiles import Place
from eventlog.tlog.tree import EMPTY_ROOT, Edge, leaf
from tests.eventlog.samples import everything, put, until

COUNT = 700
"""Two full tiles and a part."""


@pytest.fixture
async def filled(postgres_log: PostgresLog) -> PostgresLog:
    """A log of `COUNT` events."""
    for _ in range(COUNT // 100):
        await put(postgres_log, uuid4(), count=100)
    return postgres_log


@pytest.fixture
def seal_all(database: str, tmp_path: Path) -> Callable[[], Awaitable[str]]:
    """Seal everything there is, as a sealer that is started and ended; return its vkey."""

    async def seal() -> str:
        async with Sealer.open(database, tmp_path) as sealer:
            while await sealer.step():
                pass
            return sealer.vkey

    return seal


async def root_of(log: PostgresLog) -> bytes:
    edge = Edge()
    list(edge.extend([leaf(leaf_entry(one)) for one in await everything(log)]))
    return edge.root()


async def as_thief(sql: Connection, *statements: str) -> None:
    """Change history as a superuser who knows what a trigger is."""
    await sql.execute("set session_replication_role = replica")
    for statement in statements:
        await sql.execute(statement)


async def test_an_empty_log_has_a_signed_empty_head(
    sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    vkey = await seal_all()
    seal = await seals.latest(sql)
    assert seal is not None
    head = opened(seal.note, parse_vkey(vkey))
    assert (head.size, head.root) == (0, EMPTY_ROOT)
    assert vkey == seal.vkey


def signed_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the heads that are signed from now on."""
    sizes = []

    def noted(head: Checkpoint, signer: Signer) -> Note:
        sizes.append(head.size)
        return signed(head, signer)

    monkeypatch.setattr(sealing, "signed", noted)
    return sizes


@pytest.mark.parametrize(("page", "piece", "part"), [(300, 64, 7), (COUNT, 100, 100)])
async def test_pieces_of_any_size_give_one_tree(
    filled: PostgresLog, sql: Connection, database: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, page: int, piece: int, part: int,
) -> None:  # fmt: skip
    for name, size in (("PAGE", page), ("PIECE", piece), ("SLICE", part)):
        monkeypatch.setattr(sealing, name, size)
    sizes = signed_sizes(monkeypatch)
    async with Sealer.open(database, tmp_path) as sealer:
        assert [await sealer.step(), await sealer.step()] == [COUNT, 0]
        key = parse_vkey(sealer.vkey)
    whole = -(-page // piece) * piece
    assert sizes == [*range(whole, COUNT, whole), COUNT]
    seal = await seals.latest(sql)
    assert seal is not None
    head = opened(seal.note, key)
    assert (head.size, head.root) == (COUNT, await root_of(filled))


async def test_every_event_gets_a_receipt_that_holds(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    key = parse_vkey(await seal_all())
    root = await root_of(filled)
    for event in (await everything(filled))[::37]:
        made = await seals.receipt(sql, event.position)
        head = check_receipt(parse_receipt(str(made).encode()), leaf_entry(event), key)
        assert (head.size, head.root) == (COUNT, root)
    with pytest.raises(seals.NotSealed):
        await seals.receipt(sql, COUNT + 1)
    with pytest.raises(seals.NotSealed):
        await seals.receipt(sql, 0)


async def test_a_sealer_goes_on_where_the_last_one_ended(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    first = await seal_all()
    await put(filled, uuid4(), count=300)
    assert await seal_all() == first
    seal = await seals.latest(sql)
    assert seal is not None
    assert opened(seal.note, parse_vkey(first)).root == await root_of(filled)
    assert await sql.fetchval("select count(*) from quanke_seal") == 1


async def test_tiles_and_bundles_are_those_of_the_tree(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    leaves = [leaf(leaf_entry(one)) for one in await everything(filled)]
    assert await seals.tile(sql, Place(0, 1), COUNT) == b"".join(leaves[256:512])
    assert await seals.tile(sql, Place(0, 2, 188), COUNT) == b"".join(leaves[512:])
    assert await seals.tile(sql, Place(0, 2, 100), COUNT) == b"".join(leaves[512:612])
    assert len(await seals.tile(sql, Place(1, 0, 2), COUNT) or b"") == 64
    for missing in (Place(0, 2, 189), Place(0, 3, 1), Place(1, 0, 3), Place(2, 0, 1)):
        assert await seals.tile(sql, missing, COUNT) is None
    found = await seals.bundle_entries(sql, Place(None, 2, 188), COUNT)
    assert found is not None
    assert [leaf(entry) for entry in found] == leaves[512:]
    assert await seals.bundle_entries(sql, Place(None, 3, 1), COUNT) is None


async def test_altered_tiles_are_made_again_from_the_log(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    vkey = await seal_all()
    await sql.execute("update quanke_tile set hashes = set_byte(hashes, 40, 7) where n = 2")
    await put(filled, uuid4())
    assert await seal_all() == vkey
    seal = await seals.latest(sql)
    assert seal is not None
    assert opened(seal.note, parse_vkey(vkey)).root == await root_of(filled)


async def test_what_was_signed_and_not_stored_is_made_good(
    filled: PostgresLog,
    database: str,
    sql: Connection,
    tmp_path: Path,
    seal_all: Callable[[], Awaitable[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed between its own disk and the database: the head it remembers holds."""
    vkey = await seal_all()
    await put(filled, uuid4(), count=400)
    async with Sealer.open(database, tmp_path) as sealer:
        monkeypatch.setattr(sealer, "_put_tiles", _killed)
        with pytest.raises(RuntimeError, match="killed"):
            await sealer.step()
    assert (await seals.standing(sql)).size == COUNT
    (held,) = tmp_path.glob("*.checkpoint")
    signed = opened(held.read_bytes(), parse_vkey(vkey))
    assert (signed.size, signed.root) == (COUNT + 400, await root_of(filled))
    assert await seal_all() == vkey
    seal = await seals.latest(sql)
    assert seal is not None
    assert opened(seal.note, parse_vkey(vkey)) == signed


async def test_no_page_is_signed_before_the_one_below_is_written(
    filled: PostgresLog, sql: Connection, database: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("PAGE", "PIECE"):
        monkeypatch.setattr(sealing, name, 100)
    sizes = signed_sizes(monkeypatch)
    async with Sealer.open(database, tmp_path) as sealer:
        monkeypatch.setattr(sealer, "_put_tiles", _killed)
        with pytest.raises(RuntimeError, match="killed"):
            await sealer.step()
    assert sizes == [100]
    assert (await seals.standing(sql)).size == 0


async def _killed(_tiles: object) -> None:
    raise RuntimeError("killed")


THEFTS = {
    "payload": "update quanke_log set state = '{}' where notification_id = 300",
    "actor": "update quanke_log set actor = 'acc-0000' where notification_id = 300",
    "tail gone": "delete from quanke_log where notification_id > 650",
    "hole": "delete from quanke_log where notification_id = 300",
}


@pytest.mark.parametrize("theft", THEFTS)
async def test_a_changed_past_is_not_signed_again(
    theft: str, filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    before = await sql.fetch("select * from quanke_seal")
    await as_thief(sql, THEFTS[theft], "delete from quanke_tile")
    with pytest.raises(SealRefused):
        await seal_all()
    assert await sql.fetch("select * from quanke_seal") == before


async def test_a_database_set_back_is_not_signed_again_whatever_it_says(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    gone = [f"delete from {table}" for table in ("quanke_tile", "quanke_seal")]
    await as_thief(sql, "delete from quanke_log where notification_id > 650", *gone)
    with pytest.raises(SealRefused, match="up to position 700"):
        await seal_all()
    assert await sql.fetchval("select count(*) from quanke_seal") == 0


async def test_another_key_does_not_take_over(
    filled: PostgresLog, database: str, tmp_path: Path, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    with pytest.raises(SealRefused, match="another key"):
        async with Sealer.open(database, tmp_path / "other"):
            pass


async def test_a_new_epoch_is_a_new_tree_under_the_same_key(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    first = parse_vkey(await seal_all())
    await sql.execute("update quanke_cell set log_epoch = 2")
    second = parse_vkey(await seal_all())
    assert (first.key, first.name[-2:], second.name[-2:]) == (second.key, "/1", "/2")
    seal = await seals.latest(sql)
    assert seal is not None
    assert opened(seal.note, second).size == COUNT


async def test_of_old_heads_the_last_of_a_day_stays(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    await sql.execute("update quanke_seal set sealed_at = sealed_at - interval '1 day'")
    for _ in range(3):
        await put(filled, uuid4())
        await seal_all()
    found = await sql.fetch("select size from quanke_seal order by size")
    assert [row[0] for row in found] == [COUNT, COUNT + 3]


async def test_only_one_seals_and_the_next_takes_over(
    filled: PostgresLog, database: str, sql: Connection, tmp_path: Path
) -> None:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(seal_for_ever(database, tmp_path))

        async def sealed() -> bool:
            return (await seals.standing(sql)).size == COUNT

        await until(sealed)
        waiting = tasks.create_task(seal_for_ever(database, tmp_path))
        running.cancel()
        await put(filled, uuid4())

        async def taken_over() -> bool:
            return (await seals.standing(sql)).unsealed == 0

        await until(taken_over)
        waiting.cancel()


async def test_what_is_not_sealed_is_counted_and_has_an_age(
    filled: PostgresLog, sql: Connection, seal_all: Callable[[], Awaitable[str]]
) -> None:
    await seal_all()
    assert await seals.standing(sql) == seals.Sealed(COUNT, COUNT, None, 0)
    await put(filled, uuid4(), count=3)
    found = await seals.standing(sql)
    first = (await filled.read_all((await everything(filled))[COUNT - 1].position))[0]
    assert (found.unsealed, found.oldest_at) == (3, first.recorded_at)
