"""The root script: what it must not do again, and what it becomes."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = """#!/bin/sh
printf '%s\\n' "$$" "$PWD" "$PYTHONPATH" "$@"
"""


def checkout(home: Path) -> Path:
    """A checkout that is set up already, with a stand-in for its Python."""
    root = home / "a clone of mine"
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STAND_IN)
    python.chmod(0o755)
    for name in ("quanke", "uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    stamp = subprocess.run(
        ["cksum", "uv.lock", "pyproject.toml"], cwd=root, capture_output=True, text=True, check=True
    )
    (root / ".venv" / ".quanke-run").write_text(stamp.stdout.rstrip("\n"))
    return root


def test_script_becomes_the_platform_from_anywhere(home: Path) -> None:
    root = checkout(home)
    process = subprocess.Popen(
        [root / "quanke", "events", "--after", "a b"],
        cwd=home,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
    )
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.splitlines() == [
        str(process.pid),
        str(home),
        str(root),
        *("-P", "-m", "api", "events", "--after", "a b"),
    ]


def test_script_works_through_a_link(home: Path) -> None:
    root = checkout(home)
    link = home / "quanke"
    link.symlink_to(root / "quanke")
    said = subprocess.run([link, "doctor"], capture_output=True, text=True, check=True, cwd="/")
    assert said.stdout.splitlines()[2:] == [str(root), "-P", "-m", "api", "doctor"]


def test_compiled_modules_are_kept_wherever_it_starts(home: Path) -> None:
    root = checkout(home)
    stand_in = """#!/bin/sh
printf '%s\\n' "${PYTHONDONTWRITEBYTECODE-kept}"
"""
    (root / ".venv" / "bin" / "python").write_text(stand_in)
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [root / "quanke", "doctor"], capture_output=True, text=True, check=True, env=env
    )
    assert said.stdout == "kept\n"


def test_without_a_fit_python_the_message_says_what_to_install(home: Path) -> None:
    root = checkout(home)
    (root / "uv.lock").write_text("changed")
    shutil.rmtree(root / ".venv")
    tools = home / "tools"
    tools.mkdir()
    for tool in ("sh", "cksum", "cat", "dirname", "readlink", "sort", "flock", "mkdir"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    done = subprocess.run(
        [root / "quanke", "events"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tools)},
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no Python 3.11 or newer" in done.stderr
    assert "apt-get install python3" in done.stderr
