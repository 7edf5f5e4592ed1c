"""The clock's own commands: sent once, at the due instant, through restarts and steps."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from api.dispatch.casefacts import CASE
from api.graphql.ids import case_key
from api.reactors.clock import Reactor
from api.settings import Settings
from api.wiring import App
from domain.case.react import next_instant
from domain.topics import decode_meta
from eventlog.record import Position
from tests.api.client import Client
from tests.api.steps import acting, report

HOUR = 3_600_000_000
PATIENCE_S = 10.0


class Clock:
    """A wall clock that a test can put forward."""

    def __init__(self) -> None:
        import time

        self._time = time
        self.ahead = 0

    def __call__(self) -> int:
        return self._time.time_ns() // 1_000 + self.ahead


@pytest.fixture
async def clocked(founded_database: str, tmp_path: Path) -> AsyncIterator[tuple[App, Clock]]:
    """A platform without a reactor of its own, whose wall clock is ours."""
    opened: asyncio.Future[tuple[App, Clock]] = asyncio.get_running_loop().create_future()
    stop, clock = asyncio.Event(), Clock()

    async def hold() -> None:
        async with App.open(Settings(data=tmp_path), founded_database) as app:
            object.__setattr__(app.platform, "clock", clock)
            app.platform.dispatcher.clock = clock
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(app.runner.run)
                assert await app.caught_up(30)
                opened.set_result((app, clock))
                await stop.wait()
                tasks.cancel_scope.cancel()

    holding = asyncio.get_running_loop().create_task(hold())
    yield await opened
    stop.set()
    await holding


async def reacting(app: App, count: int) -> list[tuple[str, Any]]:
    """Run a reactor until the clock has said `count` things, then a little longer."""
    app.gate.open()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Reactor(app.platform).run)
        with anyio.fail_after(PATIENCE_S):
            while len(await said(app)) < count:
                await anyio.sleep(0.05)
        await anyio.sleep(0.3)
        tasks.cancel_scope.cancel()
    return await said(app)


async def said(app: App) -> list[tuple[str, Any]]:
    recorded = await app.platform.log.read_all(Position(0), 1_000)
    return [(one.topic, decode_meta(one.meta)) for one in recorded if one.actor == "system:clock"]


async def a_case(app: App, **given: Any) -> str:
    case: str = (
        await acting(Client(app), "worker").done("reportCase", **report("x", **given).given)
    )["case"]["id"]
    return case


async def test_a_passed_deadline_is_recorded_once_through_restarts(
    clocked: tuple[App, Clock],
) -> None:
    app, clock = clocked
    await a_case(app)
    clock.ahead = 2 * HOUR
    assert await app.caught_up(30)
    heard = await reacting(app, 2)
    assert [topic for topic, _ in heard] == ["case.deadline_warned", "case.deadline_passed"]
    assert await reacting(app, 2) == heard
    assert heard[0][1].role == "clock"
    assert heard[0][1].occurred_at >= clock() - 60_000_000


async def test_two_reactors_say_it_once(clocked: tuple[App, Clock]) -> None:
    app, clock = clocked
    for _ in range(3):
        await a_case(app)
    clock.ahead = 2 * HOUR
    assert await app.caught_up(30)
    app.gate.open()
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(Reactor(app.platform).run)
        with anyio.fail_after(PATIENCE_S):
            while len(await said(app)) < 6:
                await anyio.sleep(0.05)
        await anyio.sleep(0.3)
        tasks.cancel_scope.cancel()
    topics = sorted(topic for topic, _ in await said(app))
    assert topics == ["case.deadline_passed"] * 3 + ["case.deadline_warned"] * 3


async def test_a_case_reported_while_it_runs_is_scheduled(clocked: tuple[App, Clock]) -> None:
    app, _clock = clocked
    app.gate.open()
    reactor = Reactor(app.platform)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reactor.run)
        case = await a_case(app)
        held = await app.platform.dispatcher.load(case_key(case), CASE)
        with anyio.fail_after(PATIENCE_S):
            while reactor.waiting < 1:
                await anyio.sleep(0.02)
        assert reactor._next == {case_key(case): next_instant(held.state)}
        await acting(Client(app), "leader").done("cancelCase", case=case, reason="test")
        with anyio.fail_after(PATIENCE_S):
            while reactor.waiting:
                await anyio.sleep(0.02)
        tasks.cancel_scope.cancel()
    assert await said(app) == []


async def test_a_stepped_clock_sends_nothing(clocked: tuple[App, Clock]) -> None:
    app, clock = clocked
    await a_case(app)
    assert await app.caught_up(30)
    app.gate.open()
    reactor = Reactor(app.platform)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reactor.run)
        with anyio.fail_after(PATIENCE_S):
            while not reactor.waiting:
                await anyio.sleep(0.02)
        clock.ahead = 48 * HOUR
        await anyio.sleep(2.5)
        tasks.cancel_scope.cancel()
    assert await said(app) == []
