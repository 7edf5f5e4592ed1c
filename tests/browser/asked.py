"""The screens that ask: what each shows at an instant, and what the interface says it was.

What is amber on a screen is read with its text. A list that shows only the rows in sight is held
against those rows and its length.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Browser

from api.graphql.scalars import parse_instant, rfc3339
from domain.actor import Actor, Role
from tests.api.client import Client
from tests.browser.cell import Cell
from tests.browser.phone import SCREEN
from tests.browser.test_platform import until
from tests.browser.test_sign_in import token_of

Said = dict[str, Any]
TRAVEL: Final = """(at) => {
  const query = new URLSearchParams(location.search);
  query.set('at', at);
  history.replaceState(history.state, '', `?${query}`);
  dispatchEvent(new PopStateEvent('popstate'));
}"""
"""By the address: a screen's slider has the day of its own zone."""
DISTRICT: Final = "371602."
PATIENCE_S: Final = 30.0
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
LINE: Final = "nodes { number status overdue dueAt }"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where it is, who looks at it, what is read from it and what it is held against."""

    where: str
    role: Role
    scope: str
    ask: str
    read: str
    wanted: Callable[[Said, Any, int], Any]
    kind: dict[str, Any]


def late(case: Said, at_ms: int) -> bool:
    """Whether a case is amber at an instant: it is overdue, or its clock has run out."""
    due = case["dueAt"]
    return case["overdue"] or (due is not None and parse_instant(due) < at_ms * 1_000)


def queue(said: Said, read: Any, at_ms: int) -> Any:
    """The console's rows in sight."""
    cases = {one["number"]: one for one in said["cases"]["nodes"]}
    assert len(cases) < 100
    rows = {
        number: [
            cases[number]["status"],
            cases[number]["dueAt"] is not None and late(cases[number], at_ms),
        ]
        for number in read["rows"]
        if number in cases
    }
    return {"length": len(cases), "rows": rows}


def tasks(said: Said, _read: Any, at_ms: int) -> Any:
    """The phone's cards: whether each is marked as overdue, and whether its time is amber."""
    nodes = said["cases"]["nodes"]
    return {one["number"]: [one["overdue"], late(one, at_ms)] for one in nodes}


def figures(said: Said, _read: Any, _at_ms: int) -> Any:
    """Audit's tiles and its latest steps."""
    names = {
        "casesThen": "total",
        "openThen": "open",
        "closedThen": "closed",
        "overdueThen": "overdue",
    }
    return {
        "tiles": {tile: f"{said['overview'][name]:,}" for tile, name in names.items()},
        "steps": [one["position"] for one in said["wall"]["feed"][:14]],
    }


def register(said: Said, _read: Any, _at_ms: int) -> Any:
    """What the register held, and what it lacked."""
    return {
        "register": [f"{one['count']:,}" for one in said["register"]],
        "lacking": len(said["shortfalls"]),
    }


SCREENS: Final = (
    Screen(
        "console?order=newest&", Role.DUTY_LEADER, DISTRICT,
        "query($asOf: AsOf) { cases(first: 100, filter: { open: true }, asOf: $asOf)"
        f" {{ {LINE} }} }}",
        """() => { const rows = [...document.querySelectorAll('[role=option]')]; return {
          length: Number(rows[0]?.ariaSetSize ?? 0),
          rows: Object.fromEntries(rows.map((row) => [row.querySelector('.number').textContent,
            [row.querySelector('.status').dataset.status,
              row.querySelector('.due').matches('.amber')]])) }; }""",
        queue, DESK,
    ),
    Screen(
        "field?", Role.GRID_WORKER, DISTRICT,
        "query($asOf: AsOf) { cases(first: 50, filter: { status: [REPORTED, VERIFYING, CHECKING] },"
        f" asOf: $asOf) {{ {LINE} }} }}",
        """() => Object.fromEntries([...document.querySelectorAll('a.task')].map((card) => [
          card.querySelector('.digits').textContent.replace(/\\s/g, ''),
          [card.matches('.late'),
            card.querySelector('.tag.amber')?.textContent.includes('▲') ?? false]]))""",
        tasks, SCREEN,
    ),
    Screen(
        "audit?", Role.AUDITOR, "",
        "query($asOf: AsOf) { overview(asOf: $asOf) { total open closed overdue } "
        "wall(asOf: $asOf) { feed { position } } }",
        """() => ({
          tiles: Object.fromEntries([...document.querySelectorAll('.tiles [data-then]')]
            .map((one) => [one.dataset.then, one.textContent])),
          steps: [...document.querySelectorAll('tr[data-then]')]
            .map((one) => one.dataset.then) })""",
        figures, DESK,
    ),
    Screen(
        "admin?", Role.ADMINISTRATOR, DISTRICT,
        "query($asOf: AsOf) { register(asOf: $asOf) { count } shortfalls(asOf: $asOf) { kind } }",
        """() => ({
          register: [...document.querySelectorAll('.register dd')].map((one) => one.textContent),
          lacking: document.querySelectorAll('.attention > li').length })""",
        register, DESK,
    ),
)  # fmt: skip


async def looked(browser: Browser, cell: Cell, screen: Screen, times: list[int]) -> list[Any]:
    """Go through these instants until each shows what the interface says; what was read."""
    page = await (await browser.new_context(**screen.kind)).new_page()
    token = token_of(cell, screen.role.value, screen.scope)
    begin = rfc3339(times[0] * 1_000)
    await page.goto(f"{cell.address}/{screen.where}lang=en&at={begin}#token={token}")
    await page.wait_for_selector(".scrub input[type=range]")
    actor = Actor(id=f"acct:{screen.role.value}", role=screen.role, scope=screen.scope)
    seen: list[Any] = []
    for at in times:
        said = await Client(cell.app, actor).ask(
            screen.ask, asOf={"effectiveAt": rfc3339(at * 1_000)}
        )
        await page.evaluate(TRAVEL, rfc3339(at * 1_000))
        pair: list[Any] = [None, None]

        async def same(at: int = at, said: Said = said, pair: list[Any] = pair) -> bool:
            read = await page.evaluate(screen.read)
            pair[:] = [read, screen.wanted(said, read, at)]
            return bool(pair[0] == pair[1])

        try:
            await until(same, PATIENCE_S)
        except TimeoutError:
            raise AssertionError(f"{screen.where} at {rfc3339(at * 1_000)}: {pair}") from None
        seen.append(pair[0])
    await page.context.close()
    return seen
