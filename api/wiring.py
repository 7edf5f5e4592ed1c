"""The composition root: settings and a database in, a wired platform out.

Constructor arguments, nothing hidden: who wants to know what depends on what reads this
file. `App.open` is used alike by `run`, by the commands that write without a server
(import, replay) and by the tests.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import anyio

from api.app import Doors
from api.attachments.attachments import Attachments
from api.attachments.keeper import Keeper
from api.attachments.scanning import scanner_at
from api.attachments.storage import Storage
from api.auth.admission import Admission
from api.auth.key_use import KeyUse
from api.auth.links import RateLinks
from api.auth.oidc import oidc_of
from api.auth.passwords import Passwords
from api.auth.presence import Presence
from api.auth.proof import Proofs
from api.auth.signing import derived
from api.auth.tokens import Tokens
from api.auth.veil import Veil
from api.budget import Budget
from api.dispatch.deciding import deciding
from api.graphql.live.framing import KERNEL
from api.measured import MeasuredDoors
from api.platform import Platform
from api.privacy.access import AccessLog
from api.privacy.erasing import Eraser, pictures, sign_ins
from api.privacy.exporting import Exporter
from api.reactors.alarms import AlarmWatch
from api.reactors.alerting import Alerting
from api.reactors.clock import Reactor
from api.reference import Earlier
from api.settings import Settings
from api.upkeep import Upkeep
from api.webhooks.sender import Sender
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from migrations import migrate
from projections.checkpoint import checkpoints
from projections.hub import Hub
from projections.registry import READ_MODELS
from projections.runner import Runner

CAUGHT_UP_POLL_S: Final = 0.05

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


class Gate:
    """Closed until the platform is migrated, founded and caught up: then /ready says yes."""

    def __init__(self) -> None:
        self._open = False

    def open(self) -> None:
        """Let /ready say yes."""
        self._open = True

    def is_open(self) -> bool:
        """Tell whether it may."""
        return self._open


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs in one process, wired and not yet working."""

    settings: Settings
    platform: Platform
    runner: Runner
    reactor: Reactor
    keeper: Keeper
    doors: Doors
    gate: Gate
    log: PostgresLog
    dsn: str
    uses: KeyUse

    @property
    def asgi(self) -> MeasuredDoors:
        """The web application."""
        return self.doors.asgi

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, dsn: str, *, allow_lossy: bool = False
    ) -> AsyncIterator["App"]:
        """Migrate the database, open the log and the vault, fold the reference, wire the rest.

        `allow_lossy` is for the control of the kill check alone.
        """
        await migrate(dsn)
        if settings.io_uring:
            KERNEL.ask_once()
        async with deciding(settings, dsn, allow_lossy=allow_lossy) as parts:
            hub, gate, uses = Hub(), Gate(), KeyUse()
            log, pool, runner = parts.log, parts.pool, Runner(parts.log, dsn, hub)
            storage = Storage.at(settings.attachments, settings.attachments_dir)
            attachments = Attachments(pool, parts.vault, storage, scanner_at(settings.clamd))
            presence = Presence(pool)
            await presence.load()
            admission = Admission(parts.reference, used=uses.note, goes_on=presence.goes_on)
            keeper = Keeper(pool, log, attachments, storage)
            access = AccessLog(parts.dispatcher)
            platform = Platform(
                log, parts.vault, parts.reference, parts.dispatcher, pool, parts.reads,
                parts.glances, hub,
                Tokens(parts.signing_key, admission, Proofs(settings.public_url)), attachments,
                RateLinks(derived(parts.signing_key, "rating links")), access,
                Eraser(
                    parts.dispatcher, log, parts.vault, settings.keys_dir, [
                        pictures(attachments),
                        sign_ins(parts.dispatcher, Passwords(pool), presence),
                    ],
                ),
                Exporter(parts.dispatcher, log, parts.vault, access),
                Earlier(log, parts.reference), Veil(derived(parts.signing_key, "veiled ids")),
                epoch=str(await pool.fetchval("select log_epoch from quanke_cell")),
                clock=parts.dispatcher.clock, reached=runner.reached, ready=gate.is_open,
                oidc=oidc_of(settings, derived(parts.signing_key, "oidc sign-ins")),
                presence=presence,
                registered_only=settings.registered_only,
                stock_for_all=settings.stock_for_all, applied=lambda: runner.position,
                upkeep=Upkeep(dsn),
                budget=Budget() if settings.rate_limit else None,
            )  # fmt: skip
            doors = Doors(platform)
            reactor = Reactor(platform)
            yield cls(settings, platform, runner, reactor, keeper, doors, gate, log, dsn, uses)

    async def work(self) -> None:
        """Do everything that is not an answer to a request, for ever: crash together."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow_reference)
            tasks.start_soon(self.platform.eraser.follow)
            tasks.start_soon(self.runner.run)
            tasks.start_soon(self.reactor.run)
            tasks.start_soon(AlarmWatch(self.platform).run)
            tasks.start_soon(self.keeper.run)
            tasks.start_soon(self.uses.run, self.platform.pool)
            if self.platform.presence is not None and self.platform.oidc is not None:
                tasks.start_soon(self.platform.presence.run)
            tasks.start_soon(Alerting(self.platform, self.log).run)
            tasks.start_soon(Sender(self.platform, private=self.settings.webhook_private).run)
            tasks.start_soon(self.doors.run)

    async def caught_up(self, timeout_s: float, progress: Progress | None = None) -> bool:
        """Wait until every read model is built and has applied what is in the log now.

        Whichever process projects: this one, or the platform that runs beside a command.
        """
        head = await self.platform.log.head()
        with anyio.move_on_after(timeout_s):
            while (at := await self._projected()) < head:
                if progress is not None:
                    progress(max(at, 0), head)
                await anyio.sleep(CAUGHT_UP_POLL_S)
            return True
        return False

    async def _projected(self) -> int:
        """Return where the slowest read model stands, -1 while one is not built yet."""
        async with self.platform.pool.acquire() as connection:
            found = await checkpoints(connection, READ_MODELS)
        if len(found) < len(READ_MODELS):
            return -1
        return min(one.position for one in found.values())

    async def _follow_reference(self) -> None:
        """Keep the reference up to date with what other processes write."""
        reference = self.platform.reference
        async for page in self.log.follow_reference(Position(reference.position)):
            reference.apply_all(page)
