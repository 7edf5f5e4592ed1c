"""K15 in the clock's own unit over HTTP, counted only where it is asked for."""

from api.wiring import App
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.steps import acting, report

ASKED = """{ figures(since: "2026-01-01T00:00:00Z", until: "2099-01-01T00:00:00Z",
    codes: ["K1", "K15.accept"]) { definition key ... on Figure { ...T } } }
    fragment T on Figure { clockTimes { kind unit n p50 p90 } }"""


async def test_a_figure_tells_them_in_any_fragment(app: App, client: Client) -> None:
    worker, acceptor, leader = (acting(client, who) for who in ("worker", "acceptor", "leader"))
    for _ in range(2):
        made = await worker.done("reportCase", **report("x").given)
        await acceptor.done("acceptCase", case=made["case"]["id"])
    assert await app.caught_up(30)
    rate, duration = (await leader.ask(ASKED))["figures"]
    assert rate == {"definition": "K1@1", "key": DISTRICT, "clockTimes": None}
    (times,) = duration.pop("clockTimes")
    assert duration == {"definition": "K15.accept@2", "key": DISTRICT}
    assert times == {"kind": "U", "unit": "min", "n": 2, "p50": 0, "p90": 0}
