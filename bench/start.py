"""From a clean clone to `ready`: with empty caches, with full ones, and the second time.

The download is what the first takes longer than the second. Everything happens in a
directory that is thrown away: clone, caches, data.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from api.check.running import start
from api.settings import REPOSITORY

PATIENCE_S = 300.0
BUDGET_FIRST_S = 90.0
BUDGET_SECOND_S = 8.0


def main(arguments: Sequence[str]) -> int:
    """Measure the three starts; exit 1 when a budget is broken."""
    parser = argparse.ArgumentParser(prog="quanke bench start", description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    with scratch() as home:
        first = _fresh(home, "empty-caches")
        again = _fresh(home, "full-caches")
        second = _run(home / "full-caches", home)
    figures = {
        "empty_caches_s": round(first, 1),
        "full_caches_s": round(again, 1),
        "download_s": round(max(0.0, first - again), 1),
        "second_start_s": round(second, 1),
        "budget_first_s": BUDGET_FIRST_S,
        "budget_second_s": BUDGET_SECOND_S,
    }
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if first <= BUDGET_FIRST_S and second <= BUDGET_SECOND_S else 1


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory any account may pass through, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="quanke-start-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fresh(home: Path, name: str) -> float:
    clone = home / name
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    return _run(clone, home)


def _run(clone: Path, home: Path) -> float:
    env = {name: value for name, value in os.environ.items() if not name.startswith("QUANKE_")}
    for unwanted in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "DATABASE_URL", "PYTHONPATH"):
        env.pop(unwanted, None)
    env |= {
        "UV_CACHE_DIR": str(home / "uv-cache"),
        "PIP_CACHE_DIR": str(home / "pip-cache"),
        "npm_config_cache": str(home / "npm-cache"),
    }
    platform = start([], timeout_s=PATIENCE_S, command=[str(clone / "quanke")], env=env, cwd=clone)
    platform.stop()
    return platform.took_s


def _table(figures: dict[str, float]) -> str:
    return "\n".join(
        [
            (
                f"clean clone, empty caches  {figures['empty_caches_s']:6.1f} s"
                f"   (budget {BUDGET_FIRST_S:g} s)"
            ),
            f"  of which download        {figures['download_s']:6.1f} s",
            f"clean clone, full caches   {figures['full_caches_s']:6.1f} s",
            (
                f"second start               {figures['second_start_s']:6.1f} s"
                f"   (budget {BUDGET_SECOND_S:g} s)"
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
