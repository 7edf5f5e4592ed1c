"""The packages that `./quanke sdk` writes: whole, typed, and strangers to this repository."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from graphql import build_schema

from api.cli.sdk import sdk
from api.sdk.quanke_client.generate import generate
from opscenter import ROOT
from tests.clients.conftest import CUTS, Platform

ALLOWED: Final = {"httpx", "websockets", "graphql", *sys.stdlib_module_names}
USE: Final = """
from quanke_client.asking import new_id
from quanke_client.typed import Typed

async def use(quanke: Typed) -> str:
    page = await quanke.board(first=20, filter={"open": True})
    number: str = page["cases"]["nodes"][0]["number"]
    done = await quanke.accept_case(input={"clientMutationId": new_id(), "case": number})
    async with quanke.follow_cases(filter={"open": True}) as live:
        async for cases in live:
            number = cases["x"]["number"]
    event = done["acceptCase"]["event"]
    return number if event is None else event["position"]
"""
WRONG: Final = {
    'page["cases"]["nodes"][0]["number"]': 'page["cases"]["nodes"][0]["weight"]',
    '"open": True': '"open": "yes"',
    '"case": number': '"kase": number',
    'cases["x"]["number"]': 'cases["x"]["version"]',
}
"""What a reader of the types must be told, by what it was before."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages are."""
    folder = tmp_path_factory.mktemp("sdk")
    sdk(folder)
    return folder


def test_the_python_package_imports_nothing_of_ours(written: Path) -> None:
    for path in (written / "python" / "quanke_client").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert {one.name.split(".")[0] for one in node.names} <= ALLOWED
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert str(node.module).split(".")[0] in ALLOWED
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1


def test_the_typescript_package_imports_nothing_but_itself(written: Path) -> None:
    sources = {path.stem: path.read_text("utf-8") for path in (written / "typescript").glob("*.ts")}
    assert {"index", "line", "socket", "collection", "progress", "backoff"} == set(sources)
    for text in sources.values():
        froms = [line.rpartition(" from ")[2] for line in text.splitlines() if " from '" in line]
        assert {one.strip("';").removeprefix("./") for one in froms} <= set(sources)
    assert (ROOT / "src/sdk/index.ts").read_text("utf-8") == sources["index"]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_type_checker_knows_every_answer_and_argument(written: Path) -> None:
    package = written / "python"
    (package / "use.py").write_text(USE, "utf-8")
    wrong = USE
    for was, now in WRONG.items():
        assert was in wrong
        wrong = wrong.replace(was, now, 1)
    (package / "wrong.py").write_text(wrong, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "use.py", "wrong.py"]
    done = subprocess.run(
        command, cwd=package, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "MYPYPATH": str(package)},
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line for line in lines if not line.startswith("wrong.py")] == []
    assert len({line.split(":")[1] for line in lines}) == len(WRONG), done.stdout


def test_a_document_that_does_not_fit_is_refused() -> None:
    schema = build_schema("type Query { one: Int }")
    with pytest.raises(ValueError, match="two"):
        generate(schema, {"a.graphql": "query A { two }"})


@pytest.mark.timeout(120)
async def test_a_stranger_with_the_package_ends_equal_to_a_fresh_snapshot(
    written: Path, platform: Platform, tmp_path: Path
) -> None:
    stranger = Path(__file__).with_name("stranger.py")
    command = [sys.executable, "-I", str(stranger), str(written / "python")]
    async with platform.client(command, tmp_path) as running:
        assert len((await running.says("ready"))["quanke_client"]) == 5
        await platform.move()
        head, truth = await platform.snapshot()
        assert await running.states(head) == {"quanke_client": truth}
    assert platform.cut == CUTS
