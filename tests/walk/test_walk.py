"""The walk of docs/walk.md, hop by hop: it exists, it is in this order, and it is quick."""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any, NamedTuple

import pytest

from domain.actor import Role
from domain.topics import decode
from eventlog.record import Position
from tests.api.client import Client, socket
from tests.api.conftest import founded
from tests.api.ground import COMMUNITY, GRID, OTHER_GRID

ROOT = Path(__file__).parents[2]
HOP = re.compile(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \| (.+) \|$", re.MULTILINE)
MOST_HOPS = 10
LONGEST_S = 5.0
WALL = """subscription { wall { __typename
    ... on WallSnapshot { position scene { grids { code open } } }
    ... on WallDelta { position grids { code open } feed { number topic grid } } } }"""
WORDS = "门前垃圾无人清理"


class Hop(NamedTuple):
    number: int
    file: Path
    function: str


def hops() -> list[Hop]:
    text = (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")
    return [Hop(int(n), ROOT / file, function) for n, file, function, _ in HOP.findall(text)]


def test_there_are_ten_hops_or_fewer() -> None:
    numbers = [hop.number for hop in hops()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 5 <= len(numbers) <= MOST_HOPS


@pytest.mark.parametrize("hop", hops(), ids=lambda hop: f"{hop.number}-{hop.function}")
def test_each_hop_is_where_the_walk_says(hop: Hop) -> None:
    names = functions_py(hop.file) if hop.file.suffix == ".py" else functions_ts(hop.file)
    assert hop.function in names


def functions_py(file: Path) -> set[str]:
    """Functions and methods of a module, `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (ast.FunctionDef, ast.AsyncFunctionDef)
            found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, inner)}
    return found


def functions_ts(file: Path) -> set[str]:
    """Methods of the classes of a TypeScript module, as its formatter lays them out."""
    found: set[str] = set()
    owner = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"export class (\w+)", line):
            owner = match[1]
        elif match := re.match(r"  (?:async )?(#?\w+)\(", line):
            found.add(f"{owner}.{match[1]}")
    return found


@contextmanager
def first_calls(watched: list[Hop]) -> Iterator[dict[int, float]]:
    """Note when each hop's function is first entered, without touching it."""
    wanted = {(str(hop.file), hop.function.rpartition(".")[2]): hop.number for hop in watched}
    seen: dict[int, float] = {}

    def note(frame: FrameType, kind: str, _: Any) -> None:
        if kind == "call":
            number = wanted.get((frame.f_code.co_filename, frame.f_code.co_name))
            if number is not None:
                seen.setdefault(number, perf_counter())

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


async def test_one_case_walks_all_the_way(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = [hop for hop in hops() if hop.file.suffix == ".py"]
    async with founded(database, tmp_path) as app, socket(app) as wall:
        worker = Client(app).acting(Role.GRID_WORKER, COMMUNITY)
        await wall.init()
        await wall.subscribe(WALL)
        assert (await wall.next("WallSnapshot"))["scene"]["grids"] == []
        rubbish = {"channel": "GRID_WORKER", "category": "06010", "description": WORDS}
        await worker.done("reportCase", place={"grid": OTHER_GRID}, **rubbish)  # calendars laid out
        await wall.next("WallDelta")
        with first_calls(watched) as seen:
            sent = perf_counter()
            reported = await worker.done("reportCase", place={"grid": GRID}, **rubbish)
            delta = await wall.next("WallDelta")
            shown = perf_counter()
        position = int(reported["event"]["position"])
        number = reported["case"]["number"]
        recorded = (await app.platform.log.read_all(Position(position - 1), 1))[0]
        count = await app.platform.pool.fetchval(
            "select open from rm_grid_load_v2.grid_load where code = $1", GRID
        )
    assert recorded.topic == "case.reported"
    assert decode(recorded.topic, recorded.schema, recorded.state).number == number  # type: ignore[attr-defined]
    assert WORDS.encode() not in recorded.state
    assert count == 1
    assert delta["position"] == str(position)
    assert delta["grids"] == [{"code": GRID, "open": 1}]
    assert delta["feed"] == [{"number": number, "topic": "case.reported", "grid": GRID}]
    assert list(seen) == [hop.number for hop in watched], "the walk takes another way"
    assert shown - sent < LONGEST_S
    with capsys.disabled():
        write(watched, seen, sent, shown)


def write(watched: list[Hop], seen: dict[int, float], sent: float, shown: float) -> None:
    print("\nthe walk, ms after the POST:")
    for hop in watched:
        print(f"  {hop.number:2}  {(seen[hop.number] - sent) * 1000:7.1f}  {hop.function}")
    print(f"      {(shown - sent) * 1000:7.1f}  the wall has the message")
