"""Read models after an import: independent of the file's order, and right after corrections."""

import random
from pathlib import Path
from typing import Any

from api.importers.load import import_file
from tests.databases import clone
from tests.importers.forms import FIXTURES, TITLES, as_csv, rows_of
from tests.importers.platform import pages, platform, projected

EVERYTHING = """query Cases($after: String) { cases(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  edges { node { id number status open overdue categoryCode scope grid { code } area { code }
    point { lon lat } unlocated tier severity source sourceId stated flags department { key }
    reportedAt dispatchedAt closedAt totalDue dueAt version basis channel } } } }"""
LOADS = """{ overview { open closed total overdue }
  departmentLoad { id name open overdue handled closingRateBp }
  gridLoad { code open overdue }
  areaLoad(depth: 3) { code scope name open overdue closingRateBp } }"""


async def shown(dsn: str, home: Path, *files: Path) -> dict[str, Any]:
    """What the API shows after importing files one after another."""
    async with platform(dsn, home) as (app, ask):
        for file in files:
            await import_file(app.platform, file, "boston-311")
        await projected(app)
        loads = await ask(LOADS)
        cases = {case["number"]: case async for case in pages(ask, EVERYTHING)}
    return {"cases": cases, **{name: _sorted(rows) for name, rows in loads.items()}}


def _sorted(rows: Any) -> Any:
    return sorted(rows, key=repr) if isinstance(rows, list) else rows


async def test_a_differently_sorted_file_gives_the_same_read_models(
    database: str, postgres: str, template: str, tmp_path: Path
) -> None:
    rows = rows_of(TITLES["boston-311"])
    random.Random(11).shuffle(rows)
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_bytes(as_csv(rows))
    one = await shown(database, tmp_path / "one", TITLES["boston-311"])
    other = await shown(clone(postgres, template, "quanke_test_sorted"), tmp_path / "two", shuffled)
    assert len(one["cases"]) == 10
    assert one == other


async def test_corrections_reach_the_board(database: str, tmp_path: Path) -> None:
    changed = await shown(database, tmp_path, TITLES["boston-311"], FIXTURES / "boston_changed.csv")
    cases = changed["cases"]
    assert cases["900000000001"]["categoryCode"] == "bos-housing-inspection-request"
    assert cases["900000000003"]["open"] is False
    assert cases["900000000003"]["closedAt"].startswith("2015-07-09T20:00:00")
    assert cases["900000000005"]["department"]["key"] == "bos-BTDT"
    assert (changed["overview"]["open"], changed["overview"]["closed"]) == (3, 7)


async def test_a_correction_taken_back_leaves_what_was_before(
    database: str, tmp_path: Path
) -> None:
    titles, changed = TITLES["boston-311"], FIXTURES / "boston_changed.csv"
    back = await shown(database, tmp_path, titles, changed, titles)
    cases = back["cases"]
    assert cases["900000000001"]["categoryCode"] == "bos-building-inspection-request"
    assert (cases["900000000003"]["open"], cases["900000000003"]["closedAt"]) == (True, None)
    assert cases["900000000005"]["department"]["key"] == "bos-PWDx"
    assert (back["overview"]["open"], back["overview"]["closed"]) == (4, 6)


async def test_a_closing_time_is_corrected_both_ways(database: str, tmp_path: Path) -> None:
    files = [TITLES["boston-311"]]
    for number, time in enumerate(("07/08/2015 09:00:00 AM", "07/20/2015 09:00:00 AM")):
        rows = rows_of(TITLES["boston-311"])
        rows[0]["CLOSED_DT"] = time
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_bytes(as_csv(rows))
    home = tmp_path / "home"
    earlier = await shown(database, home, *files[:2])
    assert earlier["cases"]["900000000001"]["closedAt"].startswith("2015-07-08T13:00:00")
    later = await shown(database, home, files[2])
    assert later["cases"]["900000000001"]["closedAt"].startswith("2015-07-20T13:00:00")
    assert (later["overview"]["open"], later["overview"]["closed"]) == (4, 6)


async def test_flags_are_shown(database: str, tmp_path: Path) -> None:
    seen = await shown(database, tmp_path, TITLES["boston-311"])
    flags = {number: case["flags"] for number, case in seen["cases"].items() if case["flags"]}
    assert flags == {
        "900000000004": ["closed_before_opened:closed_dt"],
        "900000000005": ["coordinates_disagree:geocoded_location"],
        "900000000006": ["unknown_status:case_status"],
        "900000000007": ["ambiguous_local_time:open_dt"],
        "900000000008": ["coordinates_outside_city:latitude", "nonexistent_local_time:open_dt"],
        "900000000009": ["closing_time_missing:closed_dt"],
        "900000000010": ["closing_time_of_open_case:closed_dt"],
    }
