"""Texts of cases that are kept by their rows' marks: never an older text, never too many."""

from typing import Any

import pytest

from api.graphql.plan.shelves import OVERHEAD, ROWS, ROWS_THEN, Shelf, Shelves
from api.reference import Reference
from api.wiring import App
from domain.actor import Role
from projections.case_board.project import MODEL as BOARD
from projections.rebuild import rebuild
from tests.api.client import Client
from tests.api.ground import DISTRICT

LIST = """query($n: Int!, $after: String, $f: CaseFilter) {
    cases(first: $n, after: $after, filter: $f) { nodes { id status version overdue updatedAt
      department { key } category { name } grid { name } }
      pageInfo { endCursor hasNextPage } } }"""


async def both(leader: Client, n: int = 9, **given: Any) -> dict[str, Any]:
    """Return the page, which is the stock executor's."""
    return await same(leader, LIST, n=n, **given)


async def same(leader: Client, query: str, **given: Any) -> dict[str, Any]:
    """Ask both ways, and return the page that both answer."""
    body = {"query": query, "variables": given}
    answers = [(await leader.post(body, **way)).json() for way in ({}, {"x-execution": "stock"})]
    for one in answers:
        one.get("extensions", {}).pop("cost", None)
    assert answers[0] == answers[1]
    page: dict[str, Any] = answers[0]["data"]["cases"]
    return page


async def test_a_case_that_has_moved_is_told_anew(
    app: App, client: Client, cases: list[str]
) -> None:
    leader, acceptor = (client.acting(one, DISTRICT) for one in (Role.DUTY_LEADER, Role.ACCEPTOR))
    shelves = app.doors.engine.documents.shelves
    await both(leader)
    assert shelves.size > 0
    for _ in range(3):
        before = {one["id"]: one["version"] for one in (await both(leader))["nodes"]}
        payload = await acceptor.done("urgeCase", case=cases[0])
        assert await app.platform.reached(int(payload["event"]["position"]), 30)
        after = {one["id"]: one["version"] for one in (await both(leader))["nodes"]}
        assert after.pop(cases[0]) == before.pop(cases[0]) + 1
        assert after == before


async def test_a_page_that_is_known_is_not_written_again(
    app: App, client: Client, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    shelves = app.doors.engine.documents.shelves
    whole = await both(leader)
    for at in ("2000-01-01T00:00:00Z", "2000-01-02T00:00:00Z"):  # not kept as an answer
        found = shelves.found
        assert await both(leader, f={"reportedFrom": at}) == whole
        assert shelves.found == found + 1
    first = await both(leader, n=2)
    rest = await both(leader, n=9, after=first["pageInfo"]["endCursor"])
    assert first["nodes"] + rest["nodes"] == whole["nodes"]
    assert await both(leader, f={"number": "nobody's"}) | {"nodes": []} == whole | {
        "nodes": [], "pageInfo": {"endCursor": None, "hasNextPage": False},
    }  # fmt: skip


async def test_an_older_page_asked_first_after_newer_ones(
    app: App, client: Client, cases: list[str]
) -> None:
    """What is below the newest that is known is not written at once, but has to come."""
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    newest = await both(leader, n=1)
    older = await both(leader, n=9, after=newest["pageInfo"]["endCursor"])
    assert len(older["nodes"]) == len(cases) - 1


async def test_a_row_that_ran_out_is_told_anew(app: App, client: Client, cases: list[str]) -> None:
    """A stated target passes by a clock, without an event: the position stays the same."""
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    assert not any(one["overdue"] for one in (await both(leader))["nodes"])
    pool = app.platform.pool
    await pool.execute("update rm_case_board_v1.board set overdue = true where position = "
                       "(select max(position) from rm_case_board_v1.board)")  # fmt: skip
    assert sum(one["overdue"] for one in (await both(leader, n=8))["nodes"]) == 1


async def test_a_board_built_anew_is_another(
    app: App, client: Client, cases: list[str], founded_database: str
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    shelves = app.doors.engine.documents.shelves
    await both(leader)
    for shelf in shelves._shelves.values():
        shelf.rows = {mark: ('{"id":"stale"}', *row[1:]) for mark, row in shelf.rows.items()}
    assert [one["id"] for one in (await _fast(leader, 8))] == ["stale"] * len(cases)
    await rebuild(founded_database, [BOARD])
    assert len((await both(leader, n=7))["nodes"]) == len(cases)


async def _fast(leader: Client, n: int) -> list[dict[str, Any]]:
    answer = (await leader.post({"query": LIST, "variables": {"n": n}})).json()
    nodes: list[dict[str, Any]] = answer["data"]["cases"]["nodes"]
    return nodes


def test_a_shelf_knows_its_rows_and_no_others() -> None:
    shelf = Shelf()
    names = Reference()
    assert shelf.known(names) == 0
    shelf.put(7, [8, 5], [("a", 1, "x"), ("b", 2, "y")])
    assert shelf.known(names) == 4
    assert shelf.of(7, [5, 8]) == [("b", 2, "y"), ("a", 1, "x")]
    assert shelf.of(7, [5, 9]) is None  # the same position, and overdue by now
    assert shelf.of(8, [5]) is None
    assert shelf.of(0, []) == []
    names.generation += 1
    assert shelf.known(names) == 0
    assert shelf.of(7, [5]) is None


def test_a_shelf_and_all_of_them_are_bounded() -> None:
    shelf = Shelf()
    shelf.put(1, list(range(ROWS)), [("", 0, "")] * ROWS)
    assert shelf.size == ROWS * OVERHEAD
    shelf.put(1, [ROWS], [("x", 0, "")])
    assert (len(shelf.rows), shelf.size) == (1, OVERHEAD + 1)
    shelves = Shelves(most=3 * OVERHEAD)
    held = shelves.shelf(0)
    for number in range(5):
        shelves.shelf(number).put(1, [2], [("", 0, "")])
        shelves.make_room()
    assert shelves.size == 3 * OVERHEAD
    assert shelves.shelf(4).of(1, [2]) == [("", 0, "")]
    assert shelves.shelf(0).of(1, [2]) is None
    held.put(1, [3], [("late", 0, "")])  # by whoever had it in hand when it went
    assert (len(held.rows), shelves.size) == (2, 3 * OVERHEAD)
    shelves.shelf(4).put(2, [2], [("another table's", 0, "")])
    assert shelves.size == sum(one.size for one in shelves._shelves.values())
    shelves.clear()
    assert shelves.size == 0


THEN = """query($n: Int!, $order: CaseOrder!, $at: AsOf) {
    cases(first: $n, orderBy: $order, asOf: $at) { nodes { id number status version overdue
      updatedAt point { lon lat } department { key } category { name } grid { name } }
      pageInfo { endCursor hasNextPage } } }"""


async def then(leader: Client, position: int, order: str = "updated", n: int = 9) -> dict[str, Any]:
    """Return the page as of a position, which is the stock executor's."""
    return await same(leader, THEN, n=n, order=order.upper(), at={"position": str(position)})


@pytest.mark.parametrize("order", ["reported", "updated"])
async def test_what_a_page_of_the_past_had_is_not_written_again(
    app: App, client: Client, cases: list[str], order: str
) -> None:
    """Of the next moment only what has moved since is; names that have changed empty the shelf."""
    leader, acceptor = (client.acting(one, DISTRICT) for one in (Role.DUTY_LEADER, Role.ACCEPTOR))
    shelves, positions = app.doors.engine.documents.shelves, list[int]()
    for _ in range(3):
        payload = await acceptor.done("urgeCase", case=cases[0])
        positions.append(int(payload["event"]["position"]))
    assert await app.platform.reached(positions[-1], 10)
    for position, again in (
        (positions[2], False), (positions[1], False), (positions[0], False),
        (positions[0] - 1, False), (positions[1], True), (positions[2], True),
    ):  # fmt: skip
        app.doors.engine.results._kept.clear()
        found = shelves.found
        page = await then(leader, position, order)
        assert len(page["nodes"]) == len(cases)
        assert (shelves.found > found) is again, position
    app.platform.reference.generation += 1
    app.doors.engine.results._kept.clear()
    found = shelves.found
    await then(leader, positions[2], order)
    assert shelves.found == found


async def test_a_page_of_the_past_of_models_built_anew_is_another(
    app: App, client: Client, cases: list[str], founded_database: str
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    position = app.platform.applied()
    before = await then(leader, position)
    tables = {one.table for one in app.doors.engine.documents.shelves._shelves.values()}
    await rebuild(founded_database)
    app.doors.engine.results._kept.clear()
    assert await then(leader, position) == before
    after = {one.table for one in app.doors.engine.documents.shelves._shelves.values()}
    assert tables.isdisjoint(after)


async def test_a_place_that_is_hidden_today_is_hidden_of_the_past(
    app: App, client: Client, cases: list[str]
) -> None:
    """Whatever a page showed before: a case became sensitive since, or is one no more."""
    worker = client.acting(Role.EVALUATOR, DISTRICT)
    position = app.platform.applied()
    shown = [one["point"] for one in (await then(worker, position))["nodes"]]
    for hidden in (True, False):
        await app.platform.pool.execute(f"update rm_case_board_v1.board set sensitive = {hidden}")
        app.doors.engine.results._kept.clear()
        found = [one["point"] for one in (await then(worker, position))["nodes"]]
        assert (found == shown) is not hidden


def test_a_list_of_the_past_keeps_a_few_pages() -> None:
    shelf, names = Shelf(), Reference()
    for first in range(0, 2 * ROWS_THEN, 50):
        marks = list(range(first, first + 50))
        shelf.beside(names, 1, marks, [("", mark, "") for mark in marks])
        kept = shelf.before(names).rows
        assert set(marks) <= set(kept)
        assert len(kept) <= ROWS_THEN
    names.generation += 1
    assert shelf.before(names) == ({}, 0, names.generation)
