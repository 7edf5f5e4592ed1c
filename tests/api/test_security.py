"""docs/security.md names tests: each exists and asserts something; every line has one."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from api.wiring import App
from tests.api.client import socket

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
API, GRAPHQL = 10, 15
"""Risks of the Top 10; at least so many lines of the cheat sheet."""


def lines(heading: str) -> Iterator[str]:
    """Return the rows of the table under a heading, without its head."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    part = text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    yield from rows[1:]


@cache
def functions(file: str) -> dict[str, ast.AST]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name: one for one in tree.body if isinstance(one, kinds)}


def asserts(test: ast.AST) -> bool:
    """Tell whether a test says anything: an assertion, an expected error, or a check of its own."""
    return any(
        isinstance(one, ast.Assert)
        or (isinstance(one, ast.Attribute) and one.attr == "raises")
        or (isinstance(one, ast.Name) and one.id.startswith(("assert_", "refused", "report")))
        for one in ast.walk(test)
    )


def test_every_line_has_a_test_that_exists() -> None:
    for heading in ("OWASP API Security Top 10 (2023)", "OWASP GraphQL cheat sheet"):
        for line in lines(heading):
            named = NAMED.findall(line)
            assert named, f"no test: {line}"
            for file, name in named:
                assert name in functions(file), f"{file} has no {name}"
                assert asserts(functions(file)[name]), f"{name} asserts nothing"


def test_no_risk_is_left_out() -> None:
    rows = list(lines("OWASP API Security Top 10 (2023)"))
    risks = {int(found[1]) for row in rows if (found := re.match(r"\| API(\d+) ", row))}
    assert risks == set(range(1, API + 1))
    assert len(list(lines("OWASP GraphQL cheat sheet"))) >= GRAPHQL


async def test_a_socket_of_another_site_is_refused(app: App) -> None:
    for origin, refused in (("http://test", False), ("https://evil.example", True), ("null", True)):
        async with socket(app, origin=origin) as line:
            await line.say({"type": "connection_init"})
            told = await line.hear()
            assert (told.get("closed") == 4403) is refused, (origin, told)
