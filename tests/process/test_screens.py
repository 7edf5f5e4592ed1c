"""The platform waits for screens that are still being built, and fails with them."""

import os
from pathlib import Path

import pytest

from api.cli.failure import Failed
from api.cli.screens import BUILDER, screens_built


def _builder(script: str) -> str:
    return str(os.posix_spawn("/bin/sh", ["sh", "-c", script], {}))


async def test_waits_for_the_builder_and_forgets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = tmp_path / "built"
    monkeypatch.setenv(BUILDER, _builder(f"sleep 0.3; : > '{built}'"))
    await screens_built()
    assert built.exists()
    assert BUILDER not in os.environ


async def test_a_failed_build_fails_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUILDER, _builder("exit 3"))
    with pytest.raises(Failed, match="could not be built"):
        await screens_built()


async def test_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BUILDER, raising=False)
    await screens_built()
