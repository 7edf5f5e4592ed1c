"""What a year of a district may happen to lack: done once to the end of a copied log.

Two reports of one matter merged and taken apart again, a source's row corrected, a border
moved and a grid renamed, a reporter's contact erased; with targets that run out meanwhile.
"""

import random
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import (
    CancelCase,
    MergeCase,
    ReportCase,
    StateAssignment,
    StateClose,
    StateCorrection,
    StateReport,
    StateStatus,
    StateTarget,
    UnmergeCase,
)
from domain.case.values import Channel, Place, Source
from domain.event import Command
from domain.grid.commands import RedrawGrid, RenameGrid
from domain.privacy.commands import EraseSubject

SOURCE = "check"
DAY_US = 86_400_000_000
SHIFT = 50
"""The border moves by so many millionths of a degree: a few metres."""


@dataclass
class _Stirring:
    app: App
    scope: str

    async def send(
        self, role: Role, command: Command, stream: UUID | None = None, at: int | None = None
    ) -> UUID:
        """Dispatch a command in a role; return the stream."""
        imported = role is Role.IMPORT
        actor = Actor(
            id=f"import:{SOURCE}" if imported else f"check:{role.value}", role=role,
            scope="" if imported else self.scope,
        )  # fmt: skip
        done = await self.app.platform.dispatcher.dispatch(
            command, stream=stream, actor=actor, command_id=uuid4(), occurred_at=at,
            basis="source" if imported else "simulated",
        )  # fmt: skip
        return done.stream


async def stir(app: App, rng: random.Random) -> None:
    """Append all of it, and wait for nothing: the read models catch up later."""
    reference = app.platform.reference
    district = reference.district
    assert district is not None, "stir what has a district"
    stirring = _Stirring(app, district.scope)
    grids = sorted(grid.code for grid in reference.grids_under(district.scope))
    category = min(reference.categories(district.scope))
    for code in rng.sample(grids, 3):
        await _merged(stirring, code, category)
        await _redrawn(stirring, code)
        await _corrected(stirring, code, category, rng)
    await _erased(stirring, grids[0], category)


async def _report(stirring: _Stirring, grid: str, category: str, contact: str | None) -> UUID:
    found = stirring.app.platform.reference.grid(grid)
    assert found is not None
    command = ReportCase(
        channel=Channel.HOTLINE, category=category, description="测试",
        place=Place(scope=found.scope, grid=grid), contact=contact,
    )  # fmt: skip
    return await stirring.send(Role.ACCEPTOR, command)


async def _merged(stirring: _Stirring, grid: str, category: str) -> None:
    one = await _report(stirring, grid, category, None)
    other = await _report(stirring, grid, category, None)
    await stirring.send(Role.ACCEPTOR, MergeCase(into=str(one)), other)
    await stirring.send(Role.DUTY_LEADER, UnmergeCase(), other)
    await stirring.send(Role.DUTY_LEADER, CancelCase(reason="test"), other)


async def _redrawn(stirring: _Stirring, code: str) -> None:
    grid = stirring.app.platform.reference.grid(code)
    assert grid is not None
    rings = tuple(tuple(value + SHIFT for value in ring) for ring in grid.rings)
    await stirring.send(Role.ADMINISTRATOR, RedrawGrid(code=code, rings=rings))
    await stirring.send(Role.ADMINISTRATOR, RenameGrid(code=code, name=f"{grid.name}甲"))


async def _corrected(stirring: _Stirring, code: str, category: str, rng: random.Random) -> None:
    grid = stirring.app.platform.reference.grid(code)
    assert grid is not None
    number = f"S{rng.getrandbits(40):x}"
    stream = uuid5(UUID(int=rng.getrandbits(128)), number)
    now = stirring.app.platform.clock()
    report = StateReport(
        source=Source(source=SOURCE, source_id=number, digest="a"), number=number,
        category=category, place=Place(scope=grid.scope, grid=code),
    )  # fmt: skip
    await stirring.send(Role.IMPORT, report, stream, now - 9 * DAY_US)
    for command, at in (
        (StateTarget(due=now - DAY_US), now - 9 * DAY_US),
        (StateAssignment(department="sanitation"), now - 8 * DAY_US),
        (StateStatus(stated="open"), now - 8 * DAY_US),
        (StateClose(stated="done"), now - 2 * DAY_US),
        (StateCorrection(digest="b", fields=("status",), closed=False), now - 2 * DAY_US),
    ):
        await stirring.send(Role.IMPORT, command, stream, at)


async def _erased(stirring: _Stirring, grid: str, category: str) -> None:
    case = await _report(stirring, grid, category, "138 0000 0000")
    officer = Actor(id="check:officer", role=Role.PRIVACY_OFFICER, scope=stirring.scope)
    await stirring.app.platform.eraser.erase(
        EraseSubject(subject=f"contact:{case}"), officer, uuid4(), "simulated"
    )
