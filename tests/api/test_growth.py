"""Events through a subscription leave nothing behind; `quanke bench fanout` sends a million."""

import asyncio
import gc
import tracemalloc

import pytest

from api.graphql.live import group
from api.wiring import App
from bench.fan import FEED
from bench.fan.server import Bench
from domain.actor import Role
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT

WARM, EVENTS = 2_000, 4_000
NOISE = 30
"""Bytes an event that other parts of the process may take meanwhile; a kept one is 500."""


async def test_thousands_of_events_through_a_subscription_leave_nothing(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "RING", 32)  # full before we begin to count
    bench, reader = Bench(app, 0), client.acting(Role.ACCEPTOR, DISTRICT)
    async with socket(app) as wire:
        await wire.init(reader.token)
        await wire.subscribe(FEED, "1", filter=None)
        await wire.next("CaseFeedSnapshot")
        tracemalloc.start()
        try:
            await flood(bench, wire, WARM)
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            told = await flood(bench, wire, EVENTS)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert told >= EVENTS // 20
    assert grown < EVENTS * NOISE


async def flood(bench: Bench, wire: Socket, events: int) -> int:
    """Publish so many events and take every message about them; return how many those were."""
    told, last = 0, 0
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bench.flood(events, pause_s=0.0))
        goal = bench.position + events
        while last < goal:
            delta = await wire.next("CaseFeedDelta")
            position = int(delta["position"])
            assert position > last
            told, last = told + 1, position
    return told
