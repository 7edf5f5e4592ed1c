"""The platform counts what the file counts: an independent count, and the same through GraphQL."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.importers.load import import_file
from api.verify import verify
from tests.importers.forms import REAL, TITLES
from tests.importers.platform import pages, platform, projected

ZONE = ZoneInfo("America/New_York")
COLUMNS = {
    "boston-311": ("CASE_STATUS", "Department", "TARGET_DT", "CLOSED_DT"),
    "nyc-311": ("Status", "Agency", "Due Date", "Closed Date"),
}
CASES = """query Cases($after: String) { cases(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  edges { node { open overdue department { key name } closedAt totalDue basis } } } }"""
LOADS = "{ overview { open closed total overdue } departmentLoad { id open overdue } }"


def counted(path: Path, source: str) -> dict[str, Any]:
    """Count straight from the file, sharing nothing with the importer."""
    status, department, target, closed = COLUMNS[source]

    def at(text: str) -> datetime | None:
        form = "%m/%d/%Y %I:%M:%S %p"
        return datetime.strptime(text, form).replace(tzinfo=ZONE) if text else None

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ended = [row[status] == "Closed" for row in rows]
    dues = [(at(row[target]), at(row[closed])) for row in rows]
    now = datetime.now(UTC)  # noqa: TID251 - the test's own clock
    return {
        "open": ended.count(False),
        "closed": ended.count(True),
        "departments": Counter(row[department] for row in rows),
        "late when closed": sum(
            bool(over and due and end and end > due)
            for over, (due, end) in zip(ended, dues, strict=True)
        ),
        "late and open": sum(
            bool(not over and due and now > due) for over, (due, _) in zip(ended, dues, strict=True)
        ),
    }


@pytest.mark.parametrize("source", TITLES)
async def test_fixtures(source: str, database: str, tmp_path: Path) -> None:
    await same_counts(TITLES[source], source, database, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("source", REAL)
async def test_real_files(source: str, database: str, tmp_path: Path) -> None:
    if not REAL[source].exists():
        pytest.skip("the real files are not committed: ../shared/data is absent")
    await same_counts(REAL[source], source, database, tmp_path)


async def same_counts(path: Path, source: str, dsn: str, home: Path) -> None:
    async with platform(dsn, home) as (app, ask):
        summary = await import_file(app.platform, path, source)
        await projected(app)
        asked = await ask(LOADS)
        cases = [case async for case in pages(ask, CASES)]
        again = await import_file(app.platform, path, source)
    assert (again.events, again.unchanged, again.head) == (0, len(cases), summary.head)
    verdict = await verify(dsn)
    assert (verdict.faults, verdict.head) == ([], summary.head)
    expected = counted(path, source)
    overview = asked["overview"]
    assert (overview["open"], overview["closed"]) == (expected["open"], expected["closed"])
    assert overview["total"] == len(cases) == summary.cases
    assert overview["overdue"] == expected["late and open"]
    assert departments(cases) == expected["departments"]
    assert {load["id"] for load in asked["departmentLoad"]} == {
        case["department"]["key"] for case in cases
    }
    assert sum(load["open"] for load in asked["departmentLoad"]) == expected["open"]
    assert sum(load["overdue"] for load in asked["departmentLoad"]) == expected["late and open"]
    assert sum(case["overdue"] for case in cases) == expected["late and open"]
    assert sum(map(breached, cases)) == expected["late when closed"]
    assert {case["basis"] for case in cases} == {"source"}


def departments(cases: list[dict[str, Any]]) -> Counter[str]:
    """The ids without the city's prefix are the codes of the file."""
    return Counter(case["department"]["key"].partition("-")[2] for case in cases)


def breached(case: dict[str, Any]) -> bool:
    closed, due = case["closedAt"], case["totalDue"]
    return bool(closed and due and instant(closed) > instant(due))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
