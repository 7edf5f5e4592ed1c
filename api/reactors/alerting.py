"""From a confirmed alert to a case: the report that the confirmation stands for.

Follows the log and sends `ReportCase` in the name of whoever confirmed. The command's id is
made from the alert's stream, so that a restart, or a second process, makes no second case.
"""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

import structlog

from api.platform import Platform
from api.webhooks import progress
from api.webhooks.progress import Progress
from domain.actor import Actor, Role
from domain.alert.decide import ALERT
from domain.alert.events import AlertConfirmed
from domain.alert.react import report_of
from domain.errors import Rejected
from domain.event import Meta
from domain.topics import decode_meta
from eventlog.errors import LogBusy, LogUnavailable
from eventlog.postgres import PostgresLog
from eventlog.record import Position, Recorded

FOLLOWER: Final = "alerts"
LOOK_S: Final = 0.2
PAGE: Final = 1_000
LOG: Final = structlog.get_logger("quanke.alerts")


def case_command(alert: UUID) -> UUID:
    """Return the id of the one command that reports an alert's case."""
    return uuid5(alert, "case")


class Alerting:
    """Reacts to alerts. One per process; several do no harm."""

    def __init__(self, platform: Platform, log: PostgresLog) -> None:
        self._platform = platform
        self._log = log

    async def run(self) -> None:
        """React for ever, from when the platform is ready."""
        while not self._platform.ready():
            await asyncio.sleep(LOOK_S)
        at = await progress.read(self._platform.pool, FOLLOWER) or Progress(0)
        head = await self._log.head()
        while page := await self._log.read_reference(Position(at.position), PAGE):
            at = await self._take(at, page)
        async for page in self._log.follow_reference(head):
            at = await self._take(at, page)

    async def _take(self, at: Progress, page: Sequence[Recorded]) -> Progress:
        """React to a page; one that was seen already changes nothing."""
        confirmed = [one for one in page if one.topic == AlertConfirmed.TOPIC]
        for one in confirmed:
            await self._react(one)
        reached = at.done(max(at.position, page[-1].position), "") if page else at
        if confirmed:
            await progress.write(self._platform.pool, FOLLOWER, reached)
        return reached

    async def _react(self, confirmed: Recorded) -> None:
        """Report the case; wait out a log that is busy, because nobody else will."""
        # What is in memory may be the state that the confirmation was decided on.
        held = await self._platform.dispatcher.load(confirmed.stream, ALERT, confirmed.version)
        report = report_of(held.state)
        meta = decode_meta(confirmed.meta)
        while report is not None:
            try:
                await self._platform.dispatcher.dispatch(
                    report, actor=_who(confirmed, meta),
                    command_id=case_command(confirmed.stream), occurred_at=meta.occurred_at,
                    basis=meta.basis, causation=confirmed.position,
                    correlation=f"alert:{held.state.device}:{held.state.alert}",
                )  # fmt: skip
            except Rejected as rejected:
                LOG.warning("no case from an alert", code=rejected.code, facts=rejected.facts)
            except (LogBusy, LogUnavailable):
                await asyncio.sleep(LOOK_S)
                continue
            return


def _who(confirmed: Recorded, meta: Meta) -> Actor:
    return Actor(id=confirmed.actor, role=Role(meta.role), scope=meta.scope, unit=meta.unit)
