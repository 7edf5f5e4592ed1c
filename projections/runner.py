"""The one loop: read the log, fold each page once, write every read model, tell the hub.

The same loop catches up and lives. Rows and checkpoints of all read models are written in
one transaction that begins with the compare-and-set of the checkpoints: exactly once. A
page that fails for one read model is taken again carefully and its poison event held;
a database that is away is waited for; another runner makes this one step down.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import msgspec
import stamina
import structlog

from eventlog.port import EventLog
from eventlog.record import Position, Recorded
from projections import checkpoint, leaves, metrics, quarantine, tracing
from projections.applying import carefully, transient, view
from projections.beginning import Beginning
from projections.canary import canaries
from projections.case_facts.folding import Folding
from projections.checkpoint import Checkpoint
from projections.decoding import Failure
from projections.delta import Change, Delta
from projections.earlier import EVERY
from projections.feed.queries import WINDOW
from projections.hub import Hub
from projections.port import Connection, Page, ReadModel
from projections.preparing import Prepared, ahead, asks_for_steps, prepare
from projections.quarantine import Holds
from projections.rebuild import BuildRunning, build_missing
from projections.registry import READ_MODELS, schema_of
from projections.session import BY_INDEX, connect
from projections.together import Apply, Together
from projections.writing import BULK

PAGE: Final = EVERY // 2
"""Two to a stretch between counts kept: who catches up is never cut to a short page by one."""
_LOG: Final = structlog.get_logger("projections")

Hashes: TypeAlias = tuple[list[bytes], bytes]
"""The leaves of a page that are not kept yet, and that of its last event."""
LEAD_POLL_S: Final = 0.2
_LEADER: Final = 7210905713210


class SteppedDown(Exception):
    """Another runner moved the checkpoints: this one must not write."""


class Moved(Exception):
    """A retry or a swap changed a checkpoint's terms: read them anew and take the page again."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Where one read model stands, for /ready and metrics."""

    read_model: str
    version: int
    rebuild: int
    position: int
    held_streams: int


class Runner:
    """Keeps every read model at the head of the log. One at work per database."""

    def __init__(
        self,
        log: EventLog,
        dsn: str,
        hub: Hub,
        models: Sequence[ReadModel] = READ_MODELS,
        page: int = PAGE,
    ) -> None:
        self._log = log
        self._dsn = dsn
        self._hub = hub
        self._models = {model.name: model for model in models}
        self._page = page
        self._folding = Folding(log, stepwise=asks_for_steps(models))
        self._together = Together()
        self._standing: dict[str, Checkpoint] = {}
        self._holds: dict[str, Holds] = {}
        self._applied = asyncio.Condition()
        self._keep_after = 0
        self._leaf_kept = 0
        self.position = 0
        self.leading = False

    def status(self) -> list[ModelStatus]:
        """Return where each read model stands, as this process knows it."""
        return [
            ModelStatus(c.read_model, c.version, c.rebuild, c.position, len(held.streams))
            for c in list(self._standing.values())
            for held in (self._holds.get(c.read_model, quarantine.NOTHING),)
        ]

    async def reached(self, position: int, timeout_s: float = 5.0) -> bool:
        """Wait until every read model has applied a position; False after the timeout."""
        try:
            async with asyncio.timeout(timeout_s), self._applied:
                await self._applied.wait_for(
                    lambda: bool(self._standing) and self.position >= position
                )
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Project for ever. Raises SteppedDown, TooManyHeld, LogDamaged; waits out the rest."""
        while True:
            async for attempt in stamina.retry_context(
                on=transient, attempts=None, timeout=None, wait_max=2.0
            ):
                with attempt:
                    await self._session()

    async def _session(self) -> None:
        self._folding.forget()
        connection = await connect(self._dsn, "projections", **BY_INDEX)
        try:
            await self._lead(connection)
            self.leading = True
            await self._build_missing()
            await self._work(connection)
        finally:
            self.leading = False
            connection.terminate()

    async def _lead(self, connection: Connection) -> None:
        """Wait until no other runner is at work, following where it stands.

        Spares wasted work; the checkpoints are the safety.
        """
        models = list(self._models.values())
        while not await connection.fetchval("select pg_try_advisory_lock($1)", _LEADER):
            self._standing = await checkpoint.checkpoints(connection, models)
            if len(self._standing) == len(models):
                await self._reach(min(c.position for c in self._standing.values()))
            await asyncio.sleep(LEAD_POLL_S)

    async def _build_missing(self) -> None:
        while True:
            try:
                await build_missing(self._dsn, list(self._models.values()))
            except BuildRunning:
                await asyncio.sleep(1)
            else:
                return

    async def _work(self, connection: Connection) -> None:
        begun = Beginning(connection)
        while True:
            await self._load(connection)
            try:
                async with ahead(self._read()) as read, ahead(self._pages(begun, read)) as pages:
                    async for prepared in pages:
                        with tracing.page(prepared.page.seen):
                            await self._take(connection, begun, prepared)
            except Moved:
                await begun.forget()
                self._folding.forget()
                self._hub.resync("view", self.position)

    async def _load(self, connection: Connection) -> None:
        models = list(self._models.values())
        self._standing = await checkpoint.checkpoints(connection, models)
        self._holds = await quarantine.holds(connection, models)
        self._keep_after = max(await self._log.head() - WINDOW, 0)
        await leaves.catch_up(
            connection, self._log, max(c.position for c in self._standing.values())
        )
        self._leaf_kept = await leaves.last(connection)
        metrics.STANDING.status = self.status
        await self._reach(min(c.position for c in self._standing.values()))
        if self._hub.position != self.position:
            self._hub.resync("behind", self.position)

    async def _read(self) -> AsyncIterator[list[Recorded]]:
        """Read pages that end where a read model further ahead stands; then live ones."""
        at = self.position
        stops = sorted({c.position for c in self._standing.values()} | {await self._log.head()})
        for stop in stops:
            while at < stop:
                limit = min(stop - at, self._page, EVERY - at % EVERY)
                recorded = await self._log.read_all(Position(at), limit)
                yield recorded
                at = recorded[-1].position
        async for recorded in self._log.follow(Position(at), self._page):
            yield recorded

    async def _pages(
        self, begun: Beginning, read: AsyncIterator[list[Recorded]]
    ) -> AsyncIterator[Prepared]:
        clock = min(self._standing.values(), key=lambda c: c.position).recorded_at
        async for recorded in read:
            fold = partial(prepare, self._folding, recorded, clock, self._keep_after)
            yield await (begun.beside(fold) if len(recorded) < BULK else fold())
            clock = recorded[-1].recorded_at

    async def _take(self, connection: Connection, begun: Beginning, prepared: Prepared) -> None:
        started = time.perf_counter()
        page = prepared.page
        standing = [c for c in self._standing.values() if c.position == page.first - 1]
        assert standing, (page.first, self._standing)
        try:
            deltas = await self._write(connection, begun, prepared, standing, careful=False)
        except (Moved, SteppedDown):
            raise
        except Exception as error:  # one of the two edges: poison or a passing fault
            if transient(error):
                raise
            # Its name alone: what an error says may hold what people wrote.
            _LOG.warning(
                "page taken again with care",
                first=page.first, last=page.last, error=type(error).__name__,
            )  # fmt: skip
            deltas = await self._write(connection, begun, prepared, standing, careful=True)
        await self._reach(min(c.position for c in self._standing.values()))
        self._tell(page, deltas)
        metrics.applied(len(page.seen), time.perf_counter() - started)

    async def _write(
        self,
        connection: Connection,
        begun: Beginning,
        prepared: Prepared,
        standing: list[Checkpoint],
        *,
        careful: bool,
    ) -> list[Delta]:
        page, deltas = prepared.page, list[Delta]()
        moved: list[tuple[Checkpoint, Holds]] = []
        hashes = leaves.new_of(prepared.recorded, self._leaf_kept)
        async with begun.transaction():
            applied = await self._claim_and_apply(
                connection, prepared, hashes, standing, careful=careful
            )
            for was, (new, failures) in zip(standing, applied, strict=True):
                deltas += new
                now = msgspec.structs.replace(
                    was, position=page.last, recorded_at=page.clock, leaf=hashes[1]
                )
                moved.append(await self._settle(connection, page, now, failures))
        self._leaf_kept = max(self._leaf_kept, page.last)
        for now, held in moved:
            self._standing[now.read_model] = now
            self._holds[now.read_model] = held
            quarantine.check_limit(self._models[now.read_model], held)
        return deltas

    async def _claim_and_apply(
        self,
        connection: Connection,
        prepared: Prepared,
        hashes: Hashes,
        standing: list[Checkpoint],
        *,
        careful: bool,
    ) -> list[tuple[list[Delta], list[Failure]]]:
        """Move the checkpoints, keep the page's leaves, apply the page to each read model.

        A small page does all of it in the same calls: where the checkpoints turn out to have been
        moved, what was written goes with the transaction.
        """
        views = [
            await view(self._log, prepared.page, self._holds[was.read_model], prepared.failures)
            for was in standing
        ]
        models = [self._models[was.read_model] for was in standing]
        applies: list[Apply[list[Delta]]] = [
            partial(model.apply, schema=schema_of(model), page=page)
            for model, (page, _) in zip(models, views, strict=True)
        ]
        claim = partial(self._claim, connection, prepared.page, hashes, standing)
        if not careful and len(prepared.recorded) < BULK:
            deltas = await claim(applies)
            return [(new, failures) for new, (_, failures) in zip(deltas, views, strict=True)]
        await claim([])
        if not careful:
            deltas = [await apply(connection) for apply in applies]
            return [(new, failures) for new, (_, failures) in zip(deltas, views, strict=True)]
        done = [
            await carefully(connection, model, schema_of(model), page)
            for model, (page, _) in zip(models, views, strict=True)
        ]
        pairs = zip(done, views, strict=True)
        return [(new, failures + more) for (new, more), (_, failures) in pairs]

    async def _claim(
        self,
        connection: Connection,
        page: Page,
        hashes: Hashes,
        standing: list[Checkpoint],
        applies: list[Apply[list[Delta]]],
    ) -> list[list[Delta]]:
        """Move the checkpoints and keep the page's leaves, with what is applied in the same calls.

        Raises Moved, SteppedDown.
        """
        new, last = hashes
        claims: list[Apply[Any]] = [
            partial(checkpoint.advance, standing=standing, page=page, leaf=last),
            partial(leaves.keep, first=page.last - len(new) + 1, leaves=new),
        ]
        moved, _, *deltas = await self._together.run(connection, [*claims, *applies])
        if not moved:
            await self._overtaken(connection, page, standing)
        return deltas

    async def _overtaken(
        self, connection: Connection, page: Page, standing: list[Checkpoint]
    ) -> None:
        """Raise Moved or SteppedDown: the checkpoints could not be moved."""
        found = await checkpoint.checkpoints(
            connection, [self._models[c.read_model] for c in standing]
        )
        terms = {c.read_model: (c.rebuild, c.holds) for c in standing}
        if terms != {c.read_model: (c.rebuild, c.holds) for c in found.values()}:
            raise Moved
        where = {c.read_model: c.position for c in found.values()}
        raise SteppedDown(f"the checkpoints were moved to {where}, expected {page.first - 1}")

    async def _settle(
        self, connection: Connection, page: Page, now: Checkpoint, failures: list[Failure]
    ) -> tuple[Checkpoint, Holds]:
        """Record what the page left out and return how the read model goes on."""
        held = self._holds[now.read_model]
        if not failures and not held.streams:
            return now, held
        model, held = self._models[now.read_model], held.holding(failures)
        bad = {failure.position for failure in failures}
        behind = [
            one
            for one in (page.seen if held.streams else ())
            if one.position >= held.streams.get(one.stream, page.last + 1)
            and one.position not in bad
        ]
        await quarantine.hold(connection, model, failures)
        await quarantine.hold_behind(connection, model, behind)
        if failures:
            await connection.execute(checkpoint.SQL["moved_holds"], model.name, model.version)
            now = msgspec.structs.replace(now, holds=now.holds + 1)
        return now, held

    async def _reach(self, position: int) -> None:
        async with self._applied:
            self.position = position
            self._applied.notify_all()

    def _tell(self, page: Page, deltas: list[Delta]) -> None:
        if self.position != page.last:
            return
        if not page.told:
            self._hub.resync("bulk", page.last)
        else:
            told = (*deltas, *canaries(page))
            self._hub.publish(Change(page.first, page.last, page.clock, told))
