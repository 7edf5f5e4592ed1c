"""Drives the Dispatcher with what a file states: founding commands, then case by case.

Imports write to the same log as the platform, running or not; the order of a case's
steps is kept, and many cases are under way at once so that they share commits.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

import anyio
import msgspec

from api.dispatch.dispatcher import Dispatcher
from api.importers.areas import City, city_of, founding
from api.importers.digest import Marks
from api.importers.plan import Step
from api.importers.prepare import Prepared, prepare, source_called
from api.importers.standing import Planner, Todo
from api.importers.stated import Stated
from api.reference import Reference, stream_of
from domain.actor import Actor, Role
from domain.calendar.commands import PublishCalendar
from domain.case.commands import StateReport
from domain.catalogue.commands import DefineCategory
from domain.errors import Rejected
from domain.event import Command
from eventlog.errors import LogBusy
from eventlog.port import EventLog
from eventlog.record import Recorded
from eventlog.vault import Vault

CASES_AT_ONCE: Final = 256
BUSY_TRIES: Final = 60
CALENDAR_YEARS: Final = (2000, 2099)
ALL_DAY: Final = ((0, 24 * 60),)
SOURCE_BASIS: Final = "source"

Progress = Callable[[int, int], None]
"""Called with (done, total) rows."""


class Ground(Protocol):
    """What an import stands on; the wired application is one."""

    @property
    def log(self) -> EventLog:
        """The log."""
        ...

    @property
    def vault(self) -> Vault:
        """The keys."""
        ...

    @property
    def reference(self) -> Reference:
        """The city in memory."""
        ...

    @property
    def dispatcher(self) -> Dispatcher:
        """The way into the log."""
        ...


@dataclass(slots=True)
class Summary:
    """The one line at the end.

    Of the file: rows read, rows with a flag, rows rejected, rows already on record as
    they stand. Of this run: new cases, corrected rows, events. `head` is the log's.
    """

    read: int = 0
    cases: int = 0
    events: int = 0
    flagged: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    head: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the summary as one line of JSON, without the problems."""
        said = {name: value for name, value in asdict(self).items() if name != "problems"}
        return msgspec.json.encode(said).decode()


def nothing_to_tell(_done: int, _total: int) -> None:
    """Take progress and say nothing."""


async def import_file(
    app: Ground,
    path: Path,
    source: str,
    timezone: str | None = None,
    progress: Progress = nothing_to_tell,
) -> Summary:
    """Import a file of service requests; the same file again appends nothing.

    `timezone` is an IANA name for times without a zone; the two cities have their own.
    Raises FileRefused before the first append, then only errors of the log.
    """
    prepared = prepare(await anyio.Path(path).read_bytes(), source_called(source), timezone)
    loader = await Loader.opened(app, prepared, timezone)
    cases = prepared.cases
    for start in range(0, len(cases), CASES_AT_ONCE):
        todos = await loader.todos(cases[start : start + CASES_AT_ONCE])
        async with anyio.create_task_group() as group:
            for todo in todos:
                group.start_soon(loader.put, todo)
        progress(min(start + CASES_AT_ONCE, len(cases)), len(cases))
    return await loader.finished()


class Loader:
    """One import under way."""

    def __init__(self, app: Ground, prepared: Prepared, city: City, marks: Marks) -> None:
        self._app = app
        self._city = city
        self._marks = marks
        self.planner = Planner(city, marks)
        self.actor = Actor(
            id=f"import:{prepared.source.name}", role=Role.IMPORT, scope=f"{city.code}."
        )
        self.summary = Summary(
            read=prepared.read,
            flagged=sum(1 for row in prepared.rows if row.flags),
            unchanged=prepared.twins,
            rejected=len(prepared.problems),
            problems=[str(problem) for problem in prepared.problems],
        )

    @classmethod
    async def opened(cls, app: Ground, prepared: Prepared, timezone: str | None) -> "Loader":
        """Return a loader whose city is founded: areas, grids, departments, categories."""
        subject = (f"source:{prepared.source.name}", "digest")
        key = (await app.vault.ensure([subject]))[subject]
        city = city_of(prepared.source, prepared.categories, app.reference)
        loader = cls(app, prepared, city, Marks(key.secret))
        commands = founding(city, prepared.rows, prepared.categories, app.reference)
        zone = timezone or prepared.source.timezone
        if zone is not None and city.code not in app.reference.calendars:
            commands.insert(min(1, len(commands)), _calendar(city, zone))
        for wave in waves(commands):
            async with anyio.create_task_group() as group:
                for command in wave:
                    group.start_soon(loader.found, command)
        return loader

    async def found(self, command: Command) -> None:
        """Send one founding command; what another import has founded meanwhile is fine."""
        stream = stream_of(command)
        label = f"{command.NAME}|{msgspec.json.encode(command, order='sorted').decode()}"
        done = await self._app.dispatcher.dispatch(
            command, actor=self.actor, command_id=self._marks.command_id(stream, label),
            basis=SOURCE_BASIS,
        )  # fmt: skip
        self.summary.events += 0 if done.duplicate else len(done.events)

    async def todos(self, cases: Sequence[tuple[Stated, ...]]) -> list[Todo]:
        """Return what is still to do for some cases, in one look at the log."""
        streams = [self.planner.stream(rows[0]) for rows in cases]
        seen: dict[UUID, list[Recorded]] = defaultdict(list)
        for recorded in await self._app.log.read_streams(streams):
            seen[recorded.stream].append(recorded)
        return [
            self.planner.todo(rows, seen[stream])
            for rows, stream in zip(cases, streams, strict=True)
        ]

    async def put(self, todo: Todo) -> None:
        """Send the missing steps of one case in their order, and count."""
        refused = False
        for index, (command_id, step) in enumerate(todo.steps):
            if not await self.step(todo, command_id, step):
                refused = True
                if index == 0:
                    break
        self.count(todo, refused=refused)

    def count(self, todo: Todo, *, refused: bool) -> None:
        """Count a case's rows: new, corrected, unchanged, or rejected by a rule."""
        self.summary.rejected += refused
        self.summary.cases += todo.new and not refused
        self.summary.corrected += todo.corrected
        self.summary.unchanged += todo.unchanged

    async def step(self, todo: Todo, command_id: UUID, step: Step) -> bool:
        """Send one step; False when a rule refused it."""
        unseen = 0 if todo.new and isinstance(step.command, StateReport) else None
        for attempt in range(BUSY_TRIES):
            try:
                done = await self._app.dispatcher.dispatch(
                    step.command, stream=todo.stream, actor=self.actor, command_id=command_id,
                    expected_version=unseen, occurred_at=step.at, basis=SOURCE_BASIS,
                )  # fmt: skip
            except Rejected as no:
                row = todo.rows[0]
                why = f"case {row.source_id}: {step.command.NAME} refused: {no.code} {no.facts}"
                self.summary.problems.append(f"line {row.line}, column 1: {why}")
                return False
            except LogBusy as busy:
                if attempt == BUSY_TRIES - 1:
                    raise
                await anyio.sleep(busy.retry_after_s)
            else:
                self.summary.events += 0 if done.duplicate else len(done.events)
                return True
        raise AssertionError("unreachable")

    async def finished(self) -> Summary:
        """Return the summary with the log's head."""
        self.summary.head = await self._app.log.head()
        return self.summary


def waves(commands: Sequence[Command]) -> list[list[Command]]:
    """Group founding commands that do not wait for each other: other streams, one depth."""
    found: list[list[Command]] = []
    last: tuple[object, ...] | None = None
    for command in commands:
        depth = str(getattr(command, "scope", "")).count(".")
        key = None if isinstance(command, DefineCategory) else (type(command), depth)
        if key is None or key != last:
            found.append([])
        found[-1].append(command)
        last = key
    return found


def _calendar(city: City, zone: str) -> PublishCalendar:
    """Only the time zone is known; hours are not stated, so every hour counts."""
    first, last = CALENDAR_YEARS
    return PublishCalendar(
        calendar=city.code, version="1", timezone=zone, first_year=first, last_year=last,
        hours=ALL_DAY, weekend=(), source=city.source.name,
    )  # fmt: skip
