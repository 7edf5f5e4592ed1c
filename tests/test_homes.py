"""Where the tests' data lies, and that nothing of it stays."""

from pathlib import Path

import pytest

from tests.homes import DISK, ground, home


def test_memory_is_used_only_where_there_is_enough(tmp_path: Path) -> None:
    assert ground(tmp_path, enough_bytes=1) == tmp_path
    assert ground(tmp_path, enough_bytes=1 << 60) == DISK
    assert ground(tmp_path / "not there", enough_bytes=1) == DISK


def test_a_home_is_passable_and_gone_afterwards_whatever_happens() -> None:
    lent: list[Path] = []

    def broken() -> None:
        with home("quanke-h-") as path:
            lent.append(path)
            assert path.stat().st_mode & 0o777 == 0o711
            (path / "something").write_text("of the test")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert [path.exists() for path in lent] == [False]
