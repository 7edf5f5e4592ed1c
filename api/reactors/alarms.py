"""Alarms raised and cleared: what the rules want of each case, compared with what stands.

Follows the log. A command's id is made from the alarm, the case's position and what is
wanted, so that a restart, or a second reactor, sends the same command again and the log
keeps one. Imported cases are left alone.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

import structlog

from api.dispatch.casefacts import CASE
from api.platform import Platform
from domain.actor import Actor, Role
from domain.alarm.commands import ClearAlarm, RaiseAlarm
from domain.alarm.react import wanted
from domain.alarm.values import AlarmKind
from domain.case.state import CaseState
from domain.errors import Rejected
from domain.event import CANARY, Command
from domain.streams import alarm_stream
from domain.topics import decode_meta
from eventlog.connection import waited_out
from eventlog.errors import LogBusy, LogUnavailable, VersionConflict
from eventlog.record import Position, Recorded
from projections.alarm_list import queries as alarms
from projections.case_board.queries import SQL as BOARD
from projections.reading import at_position
from projections.sight import EVERYTHING

WATCH: Final = Actor(id="system:alarms", role=Role.CLOCK)
SEED_PAGE: Final = 500
AGAIN_S: Final = 0.5
"""After so long a command is sent again that the log could not take."""
LOG: Final = structlog.get_logger("quanke.alarms")


class AlarmWatch:
    """Raises and clears. One per process; several do no harm."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._raised: dict[UUID, set[AlarmKind]] = {}
        """By case: which of its alarms stand now."""
        self._basis: dict[UUID, str] = {}

    async def run(self) -> None:
        """Watch for ever, from when the platform is ready."""
        while not self._platform.ready():
            await asyncio.sleep(0.2)
        position = await waited_out(self._platform.reads, self.seed)
        async for page in self._platform.log.follow(position):
            for case, (version, last) in self._touched(page).items():
                held = await self._platform.dispatcher.load(case, CASE, version)
                await self._look(case, held.state, last)

    async def seed(self) -> Position:
        """Learn what stands, look at every open case, and return how far that holds."""
        async with at_position(self._platform.reads, EVERYTHING) as (reads, found):
            rows = await reads.fetch(BOARD["open_here"])
            standing = await alarms.active(reads)
        for row in standing:
            self._raised.setdefault(row.case_id, set()).add(AlarmKind(row.kind))
        self._basis.update((row["id"], row["basis"]) for row in rows)
        cases = list({*self._basis, *self._raised})
        for start in range(0, len(cases), SEED_PAGE):
            some = cases[start : start + SEED_PAGE]
            for case, held in (await self._platform.dispatcher.load_all(some, CASE)).items():
                await self._look(case, held.state, found.position)
        return Position(found.position)

    def _touched(self, page: Iterable[Recorded]) -> dict[UUID, tuple[int, int]]:
        """Return the cases of a page that were not imported: latest version and position."""
        found: dict[UUID, tuple[int, int]] = {}
        for one in page:
            if not one.topic.startswith("case."):
                continue
            if one.version == 1:
                self._basis[one.stream] = decode_meta(one.meta).basis
            if self._basis.get(one.stream, "source") not in ("source", CANARY):
                found[one.stream] = one.version, one.position
        return found

    async def _look(self, case: UUID, state: CaseState, position: int) -> None:
        want, have = wanted(state), self._raised.get(case, set())
        for kind in sorted(want - have):
            if await self._settled(case, kind, _raise(case, kind, state, position)):
                self._raised.setdefault(case, set()).add(kind)
        for kind in sorted(have - want):
            if await self._settled(case, kind, ClearAlarm(cause=position)):
                self._raised[case].discard(kind)
        if not self._raised.get(case):
            self._raised.pop(case, None)

    async def _settled(self, case: UUID, kind: AlarmKind, command: Command) -> bool:
        """Send a command until it is answered; True when the alarm now stands as wanted.

        Nobody else will: the case may have no further event, and what follows in the log waits,
        because the log that cannot take this takes nothing else either.
        """
        while (stands := await self._send(case, kind, command)) is None:
            await asyncio.sleep(AGAIN_S)
        return stands

    async def _send(self, case: UUID, kind: AlarmKind, command: Command) -> bool | None:
        """Send a command; None where the log could not take it."""
        stream = alarm_stream(kind, str(case))
        cause: int = getattr(command, "cause", 0)
        try:
            await self._platform.dispatcher.dispatch(
                command,
                stream=stream,
                actor=WATCH,
                command_id=uuid5(stream, f"{command.NAME}|{cause}"),
                basis=self._basis.get(case, "observed"),
                causation=cause,
            )
        except Rejected as rejected:
            return rejected.code == "WRONG_STATE"  # another process was first
        except (LogBusy, LogUnavailable, VersionConflict) as error:
            LOG.warning("an alarm must wait", error=str(error))
            return None
        return True


def _raise(case: UUID, kind: AlarmKind, state: CaseState, position: int) -> RaiseAlarm:
    lead = state.lead
    return RaiseAlarm(
        kind=kind, case=str(case), number=state.number, category=state.category,
        scope=state.place.scope, cause=position,
        department=lead.department if lead is not None else None,
    )  # fmt: skip
