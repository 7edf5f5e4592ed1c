"""Two cities in one log: each wall shows its own."""

from pathlib import Path

from api.importers.load import import_file
from tests.importers.forms import TITLES
from tests.importers.platform import platform, projected

WALL = """query Wall($scope: String) { wall(scope: $scope) { district { nameEn timezone }
  overview { open total } townships { nameEn open } departments { id open }
  grids { code } feed { number } } }"""


async def test_each_city_has_a_wall_of_its_own(database: str, tmp_path: Path) -> None:
    async with platform(database, tmp_path) as (app, ask):
        for source, path in TITLES.items():
            await import_file(app.platform, path, source)
        await projected(app)
        boston = (await ask(WALL))["wall"]
        new_york = (await ask(WALL, scope="new-york."))["wall"]
    assert boston["district"] == {"nameEn": "Boston", "timezone": "America/New_York"}
    assert boston["overview"] == {"open": 4, "total": 10}
    assert {"nameEn": "Unlocated", "open": 1} in boston["townships"]
    assert {one["id"].partition("-")[0] for one in boston["departments"]} == {"bos"}
    assert {one["code"].partition("-")[0] for one in boston["grids"]} == {"boston"}
    assert all(one["number"].startswith("9000") for one in boston["feed"])
    assert new_york["overview"] == {"open": 4, "total": 6}
    assert {one["id"]: one["open"] for one in new_york["departments"]} == {
        "nyc-NYPD": 1, "nyc-DOT": 1, "nyc-DSNY": 1, "nyc-DHS": 1,
    }  # fmt: skip
