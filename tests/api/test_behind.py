"""Groups that are behind: several events in one message, and never one left out.

`quanke bench fanout` publishes into 200 and 1,000 groups and once printed gaps: it held each
message against the position before it, but a group that is behind tells what waits for it
together. Here and there now every event is looked for.
"""

from collections import defaultdict

from api.graphql.ids import case_key
from api.wiring import App
from bench.fan import FEED
from bench.fan.server import Bench
from domain.actor import Role
from projections.hub import QUEUE
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT

GROUPS = 12
BURSTS = (1, 1, 2, 7, 31, 1, 64)


async def subscribed(wire: Socket, client: Client) -> None:
    """Follow the feed by questions that differ, so that each has a group of its own."""
    await wire.init(client.acting(Role.ACCEPTOR, DISTRICT).token)
    for number in range(GROUPS):
        asked = {"reportedBefore": f"2099-01-01T00:00:{number:02}Z"}
        await wire.subscribe(FEED, str(number), filter=asked)
        await wire.next("CaseFeedSnapshot")


def publish(bench: Bench, count: int) -> None:
    """Tell the hub of so many changes before any group has a turn."""
    for _ in range(count):
        bench._publish(bench.position + 1)


async def test_what_waits_for_a_group_is_told_together_and_whole(app: App, client: Client) -> None:
    bench = Bench(app, 0)
    async with socket(app) as wire:
        await subscribed(wire, client)
        assert app.doors.live.groups == GROUPS
        begun = bench.position
        heard: defaultdict[str, list[list[int]]] = defaultdict(list)
        for burst in BURSTS:
            publish(bench, burst)
            while len(heard) < GROUPS or any(
                told[-1][-1] < bench.position for told in heard.values()
            ):
                message = await wire.hear()
                feed = message["payload"]["data"]["caseFeed"]
                assert feed["__typename"] in ("CaseFeedDelta", "Heartbeat")
                if feed["__typename"] == "CaseFeedDelta":
                    heard[message["id"]].append(
                        [case_key(one["id"]).int for one in feed["upserts"]]
                    )
                    assert heard[message["id"]][-1][-1] == int(feed["position"])
    for told in heard.values():
        assert [one for some in told for one in some] == [*range(begun + 1, bench.position + 1)]
        assert [len(some) for some in told] == [*BURSTS]


async def test_more_than_a_group_can_hold_is_said_to_be_a_resync(app: App, client: Client) -> None:
    bench = Bench(app, 0)
    async with socket(app) as wire:
        await subscribed(wire, client)
        publish(bench, QUEUE + 2)
        resynced: set[str] = set()
        fresh: set[str] = set()
        while len(fresh) < GROUPS:
            message = await wire.hear()
            kind = message["payload"]["data"]["caseFeed"]["__typename"]
            assert kind in ("Resync", "CaseFeedSnapshot", "Heartbeat", "CaseFeedDelta")
            if kind == "Resync":
                resynced.add(message["id"])
            elif kind == "CaseFeedSnapshot":
                assert message["id"] in resynced
                fresh.add(message["id"])
            elif kind == "CaseFeedDelta":
                assert message["id"] in fresh
    assert len(resynced) == GROUPS
