"""A real platform for a browser: log, read models, GraphQL and screens on a port.

The small district of the interface's tests, on a database of its own (the fixture `database`
is a clone of one that was founded once). Its projector can be stopped while the server lives
on, and it can be opened again on the same port.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
from starlette.types import ASGIApp

from api.cli.serving import free_socket, serving
from api.reactors.alarms import AlarmWatch
from api.settings import Settings
from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import Client, event_at
from tests.api.ground import COMMUNITY, DISTRICT, GRID

WALL: Final = """{ wall {
  position
  overview { open reportedToday closedToday overdue lifeSafety closingRateBp acceptP50S }
  grids { code open overdue }
  departments { id name open overdue closingRateBp }
  townships { code name open overdue }
  feed { position topic category area }
} }"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A platform that is up, and what the tests do to it."""

    app: App
    address: str
    projector: anyio.CancelScope

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    async def wall(self) -> dict[str, Any]:
        """What the interface says the wall shows, asked without a token."""
        scene: dict[str, Any] = (await Client(self.app).ask(WALL))["wall"]
        return scene

    async def report(self, category: str = "06010", grid: str = GRID) -> dict[str, Any]:
        """Report a case as a grid worker does; its payload."""
        worker = self._as(Role.GRID_WORKER, COMMUNITY)
        return await worker.done(
            "reportCase", channel="GRID_WORKER", category=category, place={"grid": grid},
            description="路边有垃圾",
        )  # fmt: skip

    async def recorded_at(self, position: int) -> float:
        """When an event was written to the log, in seconds since 1970."""
        return (await event_at(self.app, position)).recorded_at / 1_000_000

    def _as(self, role: Role, scope: str = DISTRICT, unit: str | None = None) -> Client:
        return Client(self.app, Actor(id=f"acct:{role.value}", role=role, scope=scope, unit=unit))

    async def close(self, case: str) -> None:
        """Take a reported case round the loop, all the way to its end."""
        leader = self._as(Role.DUTY_LEADER)
        handler = self._as(Role.HANDLER, unit="sanitation")
        evidence = [{"sha256": "a" * 64, "kind": "after"}]
        await self._as(Role.ACCEPTOR).done("acceptCase", case=case)
        await leader.done("fileCase", case=case)
        dispatcher = self._as(Role.DISPATCHER)
        await dispatcher.done("dispatchCase", case=case)
        await handler.done("acknowledgeCase", case=case)
        await handler.done("handleCase", case=case, conclusion="已清理", evidence=evidence)
        await dispatcher.done("requestCheck", case=case)
        await self._as(Role.CHECKER).done("passCheck", case=case)
        await leader.done("closeCase", case=case)


@asynccontextmanager
async def running(
    database: str,
    home: Path,
    port: int = 0,
    line: Callable[[ASGIApp], ASGIApp] = lambda application: application,
    acting: bool = True,
) -> AsyncIterator[Cell]:
    """Open a platform on what is in its database, and serve it over a line.

    `acting`: it sends commands of its own, such as a deadline that has passed; without, a past can
    be told to it.
    """
    settings = Settings(data=home)
    async with App.open(settings, database) as app, anyio.create_task_group() as tasks:
        app.doors.engine.documents.register(WALL)
        projector = anyio.CancelScope()

        async def project() -> None:
            with projector:
                await app.runner.run()

        tasks.start_soon(project)
        if acting:
            tasks.start_soon(app.reactor.run)
            tasks.start_soon(AlarmWatch(app.platform).run)
        tasks.start_soon(app.keeper.run)
        tasks.start_soon(app.doors.run)
        assert await app.caught_up(60)
        app.gate.open()
        listening = free_socket("127.0.0.1", port)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with serving(line(app.asgi), listening):
            yield Cell(app, address, projector)
        tasks.cancel_scope.cancel()
