"""Files are applied once, in order, alone, and never after they were edited."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

import migrations
from migrations import MigrationError, migrate, scripts
from tests.databases import command, named


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """A database that was never migrated."""
    command(postgres, "create database quanke_empty")
    yield named(postgres, "quanke_empty")
    command(postgres, "drop database quanke_empty with (force)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two small migrations."""
    (tmp_path / "0001_one.sql").write_text("create table one (n integer);")
    (tmp_path / "0002_two.sql").write_text(
        "create table two (n integer); insert into two values (2);"
    )
    return tmp_path


async def ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_the_real_files_apply_once(empty: str) -> None:
    names = [script.name for script in scripts()]
    assert names[:2] == ["0001_log.sql", "0002_keys.sql"]
    assert await migrate(empty) == names
    assert await migrate(empty) == []
    assert await ask(empty, "select count(*) from quanke_cell") == 1


async def test_a_new_file_is_added_to_an_old_database(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    (folder / "0003_three.sql").write_text("alter table two add m integer;")
    assert await migrate(empty, folder) == ["0003_three.sql"]
    assert await ask(empty, "select n from two") == 2


async def test_an_edited_file_is_refused(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    (folder / "0001_one.sql").write_text("create table one (n bigint);")
    with pytest.raises(MigrationError, match=r"0001_one\.sql was edited"):
        await migrate(empty, folder)


async def test_a_database_of_a_newer_release_is_refused(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    (folder / "0002_two.sql").unlink()
    with pytest.raises(MigrationError, match="newer release"):
        await migrate(empty, folder)


async def test_a_failing_file_leaves_nothing_behind(empty: str, folder: Path) -> None:
    (folder / "0003_bad.sql").write_text("create table three (n integer); select 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, folder)
    assert await ask(empty, "select count(*) from quanke_migration") == 2
    assert await ask(empty, "select to_regclass('three') is null")


async def test_many_processes_at_once_apply_each_file_once(empty: str, folder: Path) -> None:
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(migrate(empty, folder)) for _ in range(6)]
    assert sorted(len(run.result()) for run in runs) == [0, 0, 0, 0, 0, 2]


async def test_a_migrating_process_is_not_waited_for_for_ever(empty: str, folder: Path) -> None:
    holder = await asyncpg.connect(empty)
    await holder.fetchval("select pg_advisory_lock($1)", migrations._LOCK)
    with pytest.raises(MigrationError, match="another process"):
        await migrate(empty, folder, patience_s=0.2)
    await holder.close()
    assert len(await migrate(empty, folder)) == 2


def test_names_and_numbers_are_checked(folder: Path) -> None:
    (folder / "0002_again.sql").write_text("")
    with pytest.raises(MigrationError, match="same number"):
        scripts(folder)
    (folder / "0002_again.sql").rename(folder / "3_short.sql")
    with pytest.raises(MigrationError, match="expected a name"):
        scripts(folder)
