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


TOOL = """#!/bin/sh
printf '%s %s\\n' "${0##*/}" "$*" >>"$SAID"
case "$*" in
    "-m pip install"*)
        while [ "$1" != --target ]; do shift; done
        mkdir -p "$2/bin" && cp "$0" "$2/bin/uv" ;;
    --version) echo "uv 0.13.9" ;;
    sync*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *sys.executable*) echo "$0" ;;
esac
"""


def said(home: Path, command: str, *there: str) -> list[str]:
    """Run a command of a fresh checkout where every program only says what it was asked.

    `there` are packages of the screens that lie in it already, under no stamp.
    """
    root = checkout(home)
    shutil.rmtree(root / ".venv")
    for package in ("svelte", *there):
        (root / "opscenter" / "node_modules" / package).mkdir(parents=True)
    (root / "opscenter" / "dist").mkdir()
    (root / "opscenter" / "package-lock.json").write_text("{}")
    tools = home / "tools"
    tools.mkdir()
    for name in ("python3", "node", "npm"):
        (tools / name).write_text(TOOL)
        (tools / name).chmod(0o755)
    env = {"PATH": f"{tools}:/usr/bin:/bin", "SAID": str(home / "said")}
    subprocess.run([root / "quanke", command], check=True, env=env, capture_output=True)
    lines = (home / "said").read_text().splitlines()
    compiled = root / "opscenter" / "__pycache__" / "__init__.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"as the first start leaves it")
    subprocess.run([root / "quanke", command], check=True, env=env, capture_output=True)
    again = (home / "said").read_text().splitlines()[len(lines) :]
    assert [line for line in again if "install" in line or line.startswith("npm")] == []
    assert not any("build/screens.mjs" in line for line in again)
    return lines


def test_a_start_fetches_only_what_it_runs_and_builds_with(home: Path) -> None:
    lines = said(home, "run")
    installs = [line for line in lines if line.startswith("python3 -m pip install")]
    assert len(installs) == 1
    assert "--target" in installs[0]
    assert not any("-m venv" in line for line in lines)
    fetches = [line for line in lines if line.startswith("npm ")]
    assert len(fetches) == 1
    assert fetches[0].startswith("npm ci --omit=dev ")
    assert "node build/screens.mjs" in lines
    assert any(line.startswith("uv sync --locked --inexact --no-default-groups") for line in lines)


def test_a_test_fetches_what_it_checks_with_too(home: Path) -> None:
    fetches = [line for line in said(home, "test") if line.startswith("npm ")]
    assert len(fetches) == 1
    assert fetches[0].startswith("npm ci --ignore-scripts ")


def test_a_start_leaves_a_developers_packages_where_they_are(home: Path) -> None:
    fetches = [line for line in said(home, "run", "vitest") if line.startswith("npm ")]
    assert len(fetches) == 1
    assert fetches[0].startswith("npm ci --ignore-scripts ")
