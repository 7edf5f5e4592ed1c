"""Keys are made once, found again, and gone when they are destroyed."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from eventlog.connection import Connection as Sql
from eventlog.connection import connect_reader
from eventlog.kek import FileKek, KekError
from eventlog.keytable import ENSURE, ONE_BY_ONE, KeyRow, PostgresKeys, Subject
from eventlog.vault import MemoryKeys, Vault

CASE = f"case:{uuid4()}"
WANTED = [(CASE, "text"), (f"contact:{uuid4()}", "contact")]


async def test_a_key_is_made_once_and_survives(database: str, tmp_path: Path, sql: Sql) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        made = await vault.ensure(WANTED)
        assert await vault.ensure(WANTED) == made
    async with Vault.open(database, tmp_path / "kek") as again:
        assert await again.ensure(WANTED) == made
        ids = [str(key.id) for key in made.values()]
        assert await again.keys(ids) == {str(key.id): key for key in made.values()}
    assert await sql.fetchval("select count(*) from quanke_key") == 2
    assert {UUID(one).version for one in ids} == {4}


async def test_a_key_is_found_by_id_in_a_fresh_process(database: str, tmp_path: Path) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        made = await vault.ensure(WANTED)
    async with Vault.open(database, tmp_path / "kek") as other:
        key = made[WANTED[0]]
        assert await other.keys([str(key.id), str(uuid4())]) == {str(key.id): key}


async def test_no_key_lies_in_the_clear(database: str, tmp_path: Path, sql: Sql) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        secrets = [key.secret for key in (await vault.ensure(WANTED)).values()]
    wrapped = b"".join(row[0] for row in await sql.fetch("select wrapped from quanke_key"))
    assert all(len(secret) == 32 and secret not in wrapped for secret in secrets)


async def test_a_burst_of_cases_shares_commits(database: str, tmp_path: Path, sql: Sql) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(vault.ensure([(f"case:{n // 2}", "text")])) for n in range(400)
            ]
        made = {task.result()[f"case:{n // 2}", "text"].id for n, task in enumerate(tasks)}
    assert len(made) == 200
    assert await sql.fetchval("select count(distinct xmin::text) from quanke_key") <= 3


async def test_two_processes_agree_on_the_key(database: str, tmp_path: Path) -> None:
    async with (
        Vault.open(database, tmp_path / "kek") as one,
        Vault.open(database, tmp_path / "kek") as other,
        asyncio.TaskGroup() as group,
    ):
        tasks = [
            group.create_task(vault.ensure([(f"case:{n}", "text")]))
            for n in range(20)
            for vault in (one, other)
        ]
    keys = [task.result() for task in tasks]
    assert keys[::2] == keys[1::2]


async def test_a_destroyed_key_is_gone(database: str, tmp_path: Path) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        made = await vault.ensure([*WANTED, (CASE, "contact")])
        ids = [str(key.id) for key in made.values()]
        assert await vault.destroy(CASE) == 2
        assert await vault.destroy(CASE) == 0
        left = made[WANTED[1]]
        assert await vault.keys(ids) == {str(left.id): left}
        anew = await vault.ensure(WANTED)
        assert anew[WANTED[0]].id != made[WANTED[0]].id


class Meanwhile(MemoryKeys):
    """Keys that are found, while something else happens before they are told."""

    def __init__(self) -> None:
        super().__init__()
        self.happens: Callable[[], object] = lambda: None
        self.asked = 0

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        self.asked += 1
        made = await super().ensure(subjects)
        self.happens()
        return made

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        found = await super().find(ids)
        self.happens()
        return found


async def test_a_key_that_is_forgotten_while_others_are_looked_for_is_there() -> None:
    store = Meanwhile()
    vault = Vault(store)
    made = await vault.ensure(WANTED)
    store.happens = vault.forget
    ids = [str(key.id) for key in made.values()]
    assert await vault.keys([*ids, str(uuid4())]) == {str(key.id): key for key in made.values()}


async def test_a_key_that_is_destroyed_while_it_is_looked_for_is_not_kept() -> None:
    store = Meanwhile()
    vault = Vault(store)
    made = await vault.ensure(WANTED)
    vault.forget()
    store.happens = lambda: vault.drop(CASE)
    destroyed = str(made[WANTED[0]].id)
    await vault.keys([destroyed])
    await store.destroy(CASE)
    store.happens = lambda: None
    assert await vault.keys([destroyed]) == {}


async def test_new_keys_come_at_once_however_many_are_destroyed_meanwhile() -> None:
    store = Meanwhile()
    vault = Vault(store)
    store.happens = lambda: vault.drop("case:of another")
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(vault.ensure([owner])) for owner in WANTED]
    made = [one.result() for one in asked]
    assert [list(one) for one in made] == [[owner] for owner in WANTED]
    assert store.asked == 1
    assert await vault.ensure(WANTED) == made[0] | made[1]


async def test_the_cache_is_bounded() -> None:
    vault = Vault(Vault.in_memory()._store, cached=10)
    made = [(await vault.ensure([(f"case:{n}", "text")])).popitem()[1] for n in range(30)]
    assert len(vault._by_id) == len(vault._by_subject) == 10
    assert await vault.ensure([("case:0", "text")]) == {("case:0", "text"): made[0]}


async def test_another_key_file_opens_nothing(database: str, tmp_path: Path) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        await vault.ensure(WANTED)
    async with Vault.open(database, tmp_path / "another") as other:
        with pytest.raises(KekError, match="another key file"):
            await other.ensure(WANTED)


async def test_whoever_has_a_destroyed_key_forgets_it(database: str, tmp_path: Path) -> None:
    async with (
        Vault.open(database, tmp_path / "kek") as one,
        Vault.open(database, tmp_path / "kek") as other,
    ):
        key = (await one.ensure([(CASE, "text")]))[CASE, "text"]
        while not other._by_id:  # what it hears first, that it listens, makes it forget all
            await other.keys([str(key.id)])
            await asyncio.sleep(0.05)
        assert await one.destroy_keys([key.id, uuid4()]) == [CASE]
        async with asyncio.timeout(30):
            while await other.keys([str(key.id)]):
                await asyncio.sleep(0.01)
        assert await one.owned([CASE]) == {}


async def test_the_keys_of_a_subject_by_name(database: str, tmp_path: Path) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        made = await vault.ensure(WANTED)
        assert await vault.owned([CASE, "case:nobody"]) == {CASE: [made[WANTED[0]].id]}


async def test_old_and_new_keys_come_in_one_round_trip(database: str, tmp_path: Path) -> None:
    async with Vault.open(database, tmp_path / "kek") as vault:
        made = await vault.ensure(WANTED)
    asked = 0

    class Counted(PostgresKeys):
        async def _fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
            nonlocal asked
            asked += 1
            return await super()._fetch(query, *parameters)

    async with asyncpg.create_pool(database, min_size=0, max_size=1) as pool:
        vault = Vault(Counted(pool, FileKek(tmp_path / "kek")))
        await vault.ensure([("case:before", "text")])  # which key is in force is asked once
        asked = 0
        found = await vault.ensure([*WANTED, ("case:new", "text")])
    assert asked == 1
    assert {subject: found[subject] for subject in WANTED} == made
    assert len({key.id for key in found.values()}) == 3


class SlowStore(MemoryKeys):
    """Keys in memory, a millisecond away; counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        self.asked += 1
        await asyncio.sleep(0.001)
        return await super().ensure(subjects)


async def test_a_busy_process_shares_commits_among_those_that_come_one_by_one() -> None:
    store = SlowStore()
    vault = Vault(store)
    async with asyncio.TaskGroup() as group:
        for number in range(24):
            group.create_task(vault.ensure([(f"case:{number}", "text")]))
            until = time.monotonic() + 0.0005
            while time.monotonic() < until:
                pass  # what else there is to do in a turn of the loop
            await asyncio.sleep(0)
    assert store.asked <= 8


async def test_a_new_case_costs_no_new_plan(database: str) -> None:
    session = await connect_reader(database, "quanke keys", more=ONE_BY_ONE)
    try:
        statement = await session.prepare(ENSURE)
        for number in range(12):
            await statement.fetch([uuid4()], [f"case:{number}"], ["text"], [b"w"], "unknown")
        plans = await session.fetchrow(
            "select generic_plans, custom_plans from pg_prepared_statements where statement = $1",
            ENSURE,
        )
        assert plans is not None
        assert tuple(plans) == (12, 0)
    finally:
        await session.close()


async def test_a_plan_made_without_a_key_finds_each_by_its_index(database: str) -> None:
    session = await connect_reader(database, "quanke keys", more=ONE_BY_ONE)
    try:
        await session.execute(f"prepare made as {ENSURE}")
        rows = await session.fetch("explain execute made ('{}', '{}', '{}', '{}', 'unknown')")
    finally:
        await session.close()
    plan = "\n".join(row[0] for row in rows)
    assert "Index Cond: ((subject = (w.subject)::text) AND (purpose = (w.purpose)::text))" in plan
