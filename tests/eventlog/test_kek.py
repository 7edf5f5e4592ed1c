"""What every driver of the key-encryption key has to do, and how it is replaced."""

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from eventlog.connection import Connection as Sql
from eventlog.kek import FileKek, KekDriver, KekError
from eventlog.keytable import rotate
from eventlog.vault import Vault

Driver = Callable[[Path], KekDriver]
DRIVERS: dict[str, Driver] = {"file": lambda home: FileKek(home / "kek")}
"""A new driver is added here and has to pass what follows."""
ROW = (uuid4(), "case:x", "text")
SECRET = b"s" * 32


@pytest.fixture(params=sorted(DRIVERS))
def made(request: pytest.FixtureRequest) -> Driver:
    """One driver after the other; the same home is the same key."""
    return DRIVERS[request.param]


def test_it_is_made_once_and_found_again(made: Driver, tmp_path: Path) -> None:
    wrapped = made(tmp_path).current().wrap(SECRET, *ROW)
    again = made(tmp_path).current()
    assert again.unwrap(wrapped, *ROW) == SECRET
    assert SECRET not in wrapped
    assert again.fingerprint == made(tmp_path).current().fingerprint


def test_a_wrapped_key_is_bound_to_its_row(made: Driver, tmp_path: Path) -> None:
    kek = made(tmp_path).current()
    wrapped = kek.wrap(SECRET, *ROW)
    assert kek.wrap(SECRET, *ROW) != wrapped
    for other in ((uuid4(), *ROW[1:]), (ROW[0], "case:y", "text"), (*ROW[:2], "contact")):
        with pytest.raises(KekError):
            kek.unwrap(wrapped, *other)
    with pytest.raises(KekError):
        kek.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), *ROW)


def test_the_next_key_waits_beside_the_current_one(made: Driver, tmp_path: Path) -> None:
    driver = made(tmp_path)
    first = driver.current().fingerprint
    fresh = driver.prepare()
    assert driver.current().fingerprint == made(tmp_path).current().fingerprint == first
    assert fresh.fingerprint != first
    assert driver.prepare().fingerprint != fresh.fingerprint


def test_promoting_destroys_the_former_key(made: Driver, tmp_path: Path) -> None:
    driver = made(tmp_path)
    wrapped = driver.current().wrap(SECRET, *ROW)
    fresh = driver.prepare()
    for _ in range(2):
        made(tmp_path).promote(fresh.fingerprint)
        assert driver.current().fingerprint == fresh.fingerprint
    with pytest.raises(KekError):
        driver.current().unwrap(wrapped, *ROW)


def test_the_current_key_wins_over_an_unused_next(made: Driver, tmp_path: Path) -> None:
    driver = made(tmp_path)
    first = driver.current().fingerprint
    unused = driver.prepare().fingerprint
    driver.promote(first)
    assert driver.current().fingerprint == first
    with pytest.raises(KekError, match="another key file"):
        driver.promote(unused)


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    FileKek(path).current()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["kek"]
    path.chmod(0o640)
    with pytest.raises(KekError, match="chmod 600"):
        FileKek(path).current()


def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    path.write_text("hello\n")
    path.chmod(0o600)
    with pytest.raises(KekError, match="not a key file"):
        FileKek(path).current()


async def test_a_rotation_beside_a_running_process(database: str, tmp_path: Path, sql: Sql) -> None:
    path = tmp_path / "kek"
    async with Vault.open(database, path) as vault:
        made = await vault.ensure([(f"case:{n}", "text") for n in range(50)])
        former = await sql.fetch("select key, wrapped from quanke_key")
        before = FileKek(path).current()
        assert await rotate(database, FileKek(path)) == 50
        assert FileKek(path).current().fingerprint != before.fingerprint
        vault.forget()
        ids = [str(key.id) for key in made.values()]
        assert await vault.keys(ids) == {str(key.id): key for key in made.values()}
        await vault.ensure([("case:new", "text")])
    wrapped = {row[0] for row in await sql.fetch("select wrapped from quanke_key")}
    assert len(wrapped) == 51
    assert wrapped.isdisjoint(row[1] for row in former)
    async with Vault.open(database, path) as again:
        assert await again.keys(ids) == {str(key.id): key for key in made.values()}


async def test_keys_made_during_rotations_are_never_lost(database: str, tmp_path: Path) -> None:
    path = tmp_path / "kek"
    async with Vault.open(database, path) as one, Vault.open(database, path) as other:
        await one.ensure([("case:first", "text")])

        async def make(vault: Vault, name: str) -> None:
            for n in range(30):
                await vault.ensure([(f"case:{name}{n}", "text")])

        async with asyncio.TaskGroup() as group:
            group.create_task(make(one, "a"))
            group.create_task(make(other, "b"))
            for _ in range(3):
                await rotate(database, FileKek(path))
    wanted = [(f"case:{name}{n}", "text") for name in "ab" for n in range(30)]
    async with Vault.open(database, path) as again:
        assert len(await again.ensure(wanted)) == 60


async def test_a_rotation_cut_short_after_its_commit_is_settled(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kek"
    async with Vault.open(database, path) as vault:
        made = await vault.ensure([("case:1", "text")])
    with monkeypatch.context() as patch:
        patch.setattr(FileKek, "promote", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            await rotate(database, FileKek(path))
    async with Vault.open(database, path) as vault:
        assert await vault.ensure([("case:1", "text")]) == made
    assert not path.with_name("kek.next").exists()
