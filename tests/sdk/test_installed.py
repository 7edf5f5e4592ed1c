"""The SDKs installed where nothing of ours is: both play the script, and follow a platform.

`npm install` of a packed package needs no network and is done here; `pip install` needs a package
index for what the client stands on, so it is done by `./quanke check sdk`, with every case.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, Final

import pytest

from api.check.sdk import FRESH
from api.cli.sdk import sdk
from tests.browser.conftest import missing
from tests.clients.conftest import CUTS, Platform
from tests.sdk.stage import PATIENCE_S, Stage, stage
from tests.sdk.test_conformance import CASES, QUERY

HERE: Final = Path(__file__).parent
EVERY: Final = os.environ.get(FRESH) == "1"
SHORT: Final = ("a snapshot, then deltas of whole values", "what was seen already changes nothing")
PLAYED: Final = [case for case in CASES if EVERY or case["name"] in SHORT]
LANGUAGES: Final = ("python", "node") if EVERY else ("node",)
NOTHING: Final[dict[str, Any]] = {"position": None, "cursor": None, "items": {}}
Installed = dict[str, list[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """By language: the command that runs a client with the installed package."""
    written = tmp_path_factory.mktemp("sdk")
    sdk(written)
    places = {"node": _npm, "python": _pip}
    return {one: places[one](written, tmp_path_factory.mktemp(one)) for one in LANGUAGES}


def _npm(written: Path, place: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        missing("npm is needed to install the TypeScript SDK")
    assert npm is not None
    quiet = ("--silent", "--no-audit", "--no-fund")
    _run([npm, "pack", "--silent", "--pack-destination", str(place)], written / "typescript")
    (pack,) = place.glob("*.tgz")
    _run([npm, "init", "--yes", "--silent"], place)
    _run([npm, "install", *quiet, *([] if EVERY else ["--offline"]), str(pack)], place)
    shutil.copy(HERE / "installed.mjs", place)
    flag = ["--experimental-websocket"]  # node 20 has one, behind this; later ones know the word
    return ["node", *flag, str(place / "installed.mjs")]


def _pip(written: Path, place: Path) -> list[str]:
    _run([sys.executable, "-m", "venv", str(place / "venv")], place)
    python = place / "venv" / "bin" / "python"
    quiet = ("--quiet", "--disable-pip-version-check")
    _run([str(python), "-m", "pip", "install", *quiet, str(written / "python")], place)
    return [str(python), "-I"]


def _run(command: list[str], folder: Path) -> None:
    # npm writes a log at home while it packs, which must not be what is packed; and asks nobody.
    home = {"HOME": str(folder.parent), "npm_config_update_notifier": "false"}
    env = {"PATH": os.environ["PATH"], **home} | _indexes()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}"


def _indexes() -> dict[str, str]:
    """Where this machine fetches packages from."""
    kept = ("PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "SSL_", "HTTP", "http", "NO_PROXY")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


class Playing:
    """A client's process that follows a stage."""

    def __init__(self, on: Stage, process: Process) -> None:
        self.stage = on
        self._process = process
        self._said = 0
        self._holds = NOTHING

    async def play(self, step: dict[str, Any]) -> None:
        """Play one step of the script."""
        if "accept" in step:
            assert await self.stage.accept() == step["accept"]
        for message in step.get("say", ()):
            await self.stage.say("next", {"data": {"caseFeed": message}})
            self._said += 1
            await self._seen()
        if "holds" in step:
            assert self._holds == step["holds"]
        await self.stage.end(step)

    async def _seen(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await self._process.stdout.readline()
        if not line:
            pytest.fail((await self._process.stderr.read()).decode()[-3_000:])
        found = json.loads(line)
        assert found.pop("seen") == self._said
        self._holds = found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", PLAYED, ids=lambda case: case["name"])
async def test_the_installed_package_does_what_the_script_says(
    installed: Installed, case: dict[str, Any], language: str, tmp_path: Path
) -> None:
    client = [] if language == "node" else [str(HERE / "installed.py")]
    async with stage() as on:
        told = {"url": on.url, "query": QUERY, "silence_ms": case.get("silence_ms")}
        process = await asyncio.create_subprocess_exec(
            *installed[language], *client, json.dumps(told), stdout=PIPE, stderr=PIPE, cwd=tmp_path
        )
        try:
            playing = Playing(on, process)
            for step in case["steps"]:
                await playing.play(step)
        finally:
            process.kill()
            await process.wait()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_installed_package_follows_a_platform_whose_line_is_cut(
    installed: Installed, platform: Platform, language: str, tmp_path: Path
) -> None:
    # stranger.py puts its first argument on the path: here that is a folder with nothing in it
    client = [] if language == "node" else [str(HERE / "stranger.py"), str(tmp_path)]
    name = "quanke-client" if language == "node" else "quanke_client"
    async with platform.client([*installed[language], *client], tmp_path) as running:
        assert len((await running.says("ready"))[name]) >= 5
        await platform.move()
        head, truth = await platform.snapshot()
        assert await running.states(head) == {name: truth}
    assert platform.cut == CUTS
