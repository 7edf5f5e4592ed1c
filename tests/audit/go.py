"""The auditor's verifier in Go, built once: a judge that shares no code with ours."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
MISSING = "apt-get install golang-go golang-golang-x-mod-dev: the cross-check needs both"


def require_go() -> None:
    """Skip where Go is not installed; on a build server that is a failure."""
    if shutil.which("go") is None or not LIBRARY.is_dir():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a build that leaves nothing outside `home`."""
    cache = {"GOCACHE": str(home / "gocache"), "HOME": str(home)}
    return {**os.environ, **cache, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}


def build(home: Path) -> Path:
    """Build the verifier and return it."""
    require_go()
    program = home / "verify"
    subprocess.run(
        ["go", "build", "-o", str(program), str(ROOT / "docs" / "audit" / "verify.go")],
        env=environment(home),
        check=True,
        timeout=110,
    )
    return program


def says(program: Path, *arguments: object) -> tuple[int, str]:
    """Return the exit code of the verifier and what it says."""
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout
