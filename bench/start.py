"""From a clean clone to `ready`: with empty caches, with full ones, and the second time.

The download is measured apart, because in a start it runs beside other work: what fetching
the locked packages takes longer with empty caches than with full ones. Everything happens
in a directory that is thrown away: clone, caches, data.

A start that says `ready` and shows nothing is none: after each, a Chromium opens the wall
as anybody does, unsigned, and it must show the district's figures.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import async_playwright

from api.check.running import start
from api.settings import REPOSITORY
from tests.browser.conftest import FLAGS, NAMES

PATIENCE_S = 300.0
BUDGET_FIRST_S = 90.0
BUDGET_SECOND_S = 8.0
WALL_S = 30.0
"""For so long the wall may take to show its figures before the start counts as failed."""
SHOWN = """() => {
  const open = document.querySelector('[data-liveness="live"]')
    && document.querySelector('[data-figure="open"]');
  return open && /[1-9]/.test(open.textContent) && document.querySelector('.place') !== null;
}"""
"""Live, with open cases and a map: an empty or refused wall has neither."""
CACHES = {
    "UV_CACHE_DIR": "uv-cache",
    "PIP_CACHE_DIR": "pip-cache",
    "npm_config_cache": "npm-cache",
}


def main(arguments: Sequence[str]) -> int:
    """Measure the three starts; exit 1 when a budget is broken."""
    parser = argparse.ArgumentParser(prog="quanke bench start", description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    with scratch() as home:
        first = _fresh(home, "empty-caches")
        again = _fresh(home, "full-caches")
        second = _run(home / "full-caches", home)
        download = _download(home)
    figures = {
        "empty_caches_s": round(first.ready_s, 1),
        "full_caches_s": round(again.ready_s, 1),
        "download_s": round(max(0.0, download), 1),
        "second_start_s": round(second.ready_s, 1),
        "first_wall_s": round(first.wall_s, 1),
        "second_wall_s": round(second.wall_s, 1),
        "budget_first_s": BUDGET_FIRST_S,
        "budget_second_s": BUDGET_SECOND_S,
    }
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if first.ready_s <= BUDGET_FIRST_S and second.ready_s <= BUDGET_SECOND_S else 1


@dataclass(frozen=True, slots=True)
class Start:
    """What a start took: until it said ready, and from then until the wall showed its data."""

    ready_s: float
    wall_s: float


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory any account may pass through, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="quanke-start-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fresh(home: Path, name: str) -> Start:
    clone = home / name
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    return _run(clone, home)


def _download(home: Path) -> float:
    """Return how much longer a set-up without a start takes when the caches are empty."""
    for cache in CACHES.values():
        shutil.rmtree(home / cache, ignore_errors=True)
    return _set_up(home, "fetch-empty") - _set_up(home, "fetch-full")


def _set_up(home: Path, name: str) -> float:
    """Time the packages of a clean clone: Python's and the screens', side by side."""
    clone = home / name
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    env = _environment(home) | {"UV_PROJECT_ENVIRONMENT": str(clone / ".venv")}
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    commands = [["npm", "ci", "--omit=dev", *quiet]]
    places = [clone / "opscenter"]
    if (uv := shutil.which("uv")) is not None:
        commands.append([uv, "sync", "--locked", "--no-default-groups", "--quiet"])
        places.append(clone)
    began = time.perf_counter()
    running = [
        subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.DEVNULL)
        for command, place in zip(commands, places, strict=True)
    ]
    failed = [one.args for one in running if one.wait(PATIENCE_S)]
    if failed:
        raise RuntimeError(f"could not fetch: {failed}")
    return time.perf_counter() - began


def _environment(home: Path) -> dict[str, str]:
    """Return our environment with caches that are this run's own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("QUANKE_")}
    for unwanted in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "DATABASE_URL", "PYTHONPATH"):
        env.pop(unwanted, None)
    return env | {variable: str(home / folder) for variable, folder in CACHES.items()}


def _run(clone: Path, home: Path) -> Start:
    env = _environment(home)
    platform = start([], timeout_s=PATIENCE_S, command=[str(clone / "quanke")], env=env, cwd=clone)
    try:
        return Start(platform.took_s, asyncio.run(_wall(platform.url)))
    finally:
        platform.stop()


async def _wall(url: str) -> float:
    """Open the wall unsigned; the seconds until it shows its data. Raises TimeoutError if never."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = await browser.new_page()
        began = time.perf_counter()
        await page.goto(f"{url}/wall")
        await page.wait_for_function(SHOWN, timeout=WALL_S * 1_000)
        took = time.perf_counter() - began
        await browser.close()
    return took


def _table(figures: dict[str, float]) -> str:
    return "\n".join(
        [
            (
                f"clean clone, empty caches  {figures['empty_caches_s']:6.1f} s"
                f"   (budget {BUDGET_FIRST_S:g} s)"
            ),
            f"download, apart            {figures['download_s']:6.1f} s",
            f"clean clone, full caches   {figures['full_caches_s']:6.1f} s",
            (
                f"second start               {figures['second_start_s']:6.1f} s"
                f"   (budget {BUDGET_SECOND_S:g} s)"
            ),
            (
                f"the wall's data, then      {figures['first_wall_s']:6.1f} s"
                f"   (second start {figures['second_wall_s']:g} s)"
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
