"""The composition root, on a real database."""

from pathlib import Path

import anyio

from api.settings import Settings
from api.wiring import App


async def test_app_opens_and_catches_up(database: str, tmp_path: Path) -> None:
    async with App.open(Settings(data=tmp_path), database) as app:
        assert not app.platform.ready()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app.work)
            assert await app.caught_up(30)
            app.gate.open()
            assert app.platform.ready()
            tasks.cancel_scope.cancel()


async def test_keys_are_the_data_directorys_own(database: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        async with App.open(Settings(data=tmp_path / name), database):
            pass
    files = sorted(path.name for path in (tmp_path / "one" / "keys").iterdir())
    assert files == ["kek", "tokens.key"]
    one, two = (tmp_path / name / "keys" / "tokens.key" for name in ("one", "two"))
    assert one.read_bytes() != two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600
