"""A city's day again, at a multiple of its own pace: the wall moves with real input.

The same statements, the same command ids and the same order within a case as an
import; only that each step waits for its moment. So a replay that was stopped goes
on where it was, and an import after it finds nothing left to do.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import UUID

import anyio

from api.importers.load import CASES_AT_ONCE, Ground, Loader, Progress, Summary, nothing_to_tell
from api.importers.plan import Step
from api.importers.prepare import prepare, source_called
from api.importers.standing import Todo

SPEED: Final = 600.0
"""Ten minutes of the city in one second."""
AT_ONCE: Final = 64
_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of one case, at the city's time (microseconds UTC)."""

    at: int
    todo: Todo
    command_id: UUID
    step: Step


async def replay_file(
    app: Ground,
    path: Path,
    source: str,
    speed: float = SPEED,
    timezone: str | None = None,
    progress: Progress = nothing_to_tell,
    *,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> Summary:
    """Feed a file's rows at `speed` times their own pace, from the first step not on record.

    Raises FileRefused before the first append, then only errors of the log.
    """
    prepared = prepare(await anyio.Path(path).read_bytes(), source_called(source), timezone)
    loader = await Loader.opened(app, prepared, timezone)
    todos: list[Todo] = []
    for start in range(0, len(prepared.cases), CASES_AT_ONCE):
        todos += await loader.todos(prepared.cases[start : start + CASES_AT_ONCE])
    moments = moments_of(todos)
    refused: set[UUID] = set()
    pace = Pace(moments[0].at if moments else 0, speed, clock, sleep)
    for done, together in enumerate_due(moments):
        await pace.reach(together[0].at)
        await _send(loader, together, refused)
        progress(done, len(moments))
    for todo in todos:
        loader.count(todo, refused=todo.stream in refused)
    return await loader.finished()


def moments_of(todos: Sequence[Todo]) -> list[Moment]:
    """Return all missing steps in the order of the city's time; a case's own order is kept."""
    moments: list[tuple[int, int, int, Moment]] = []
    for number, todo in enumerate(todos):
        at = 0
        for index, (command_id, step) in enumerate(todo.steps):
            at = max(at, step.at)
            moments.append((at, number, index, Moment(at, todo, command_id, step)))
    return [moment for *_, moment in sorted(moments, key=lambda one: one[:3])]


def enumerate_due(moments: Sequence[Moment]) -> list[tuple[int, list[Moment]]]:
    """Group the moments of one instant; with each group, how many are done after it."""
    groups: list[tuple[int, list[Moment]]] = []
    for done, moment in enumerate(moments, 1):
        if groups and groups[-1][1][0].at == moment.at and len(groups[-1][1]) < AT_ONCE:
            groups[-1][1].append(moment)
            groups[-1] = done, groups[-1][1]
        else:
            groups.append((done, [moment]))
    return groups


class Pace:
    """Turns the city's time into waiting: `speed` of its seconds in one of ours."""

    def __init__(
        self,
        start: int,
        speed: float,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        assert speed > 0, speed
        self._start = start
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._began = clock()

    async def reach(self, at: int) -> None:
        """Wait until the city's clock shows `at`; not at all when that is past."""
        due = self._began + (at - self._start) / _MICROSECONDS / self._speed
        left = due - self._clock()
        if left > 0:
            await self._sleep(left)


async def _send(loader: Loader, together: Sequence[Moment], refused: set[UUID]) -> None:
    """Send one instant's steps, cases side by side, each case's in its order."""
    cases: dict[UUID, list[Moment]] = {}
    for moment in together:
        cases.setdefault(moment.todo.stream, []).append(moment)
    async with anyio.create_task_group() as group:
        for steps in cases.values():
            group.start_soon(_send_case, loader, steps, refused)


async def _send_case(loader: Loader, steps: Sequence[Moment], refused: set[UUID]) -> None:
    for moment in steps:
        if not await loader.step(moment.todo, moment.command_id, moment.step):
            refused.add(moment.todo.stream)
