"""From a command to committed events: the one way into the log.

Load the stream's state (cached), gather the facts, ask the rules, seal what is
personal, append, fold. Nothing here knows a rule, and no rule knows a database.
A command id answers twice with the same positions; the same id from somebody else,
or over other content, is refused without a word about the first.
"""

import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from api.dispatch.digest import KeyedDigest
from api.dispatch.envelope import by_request, meta_of, new_events
from api.dispatch.facts import judges
from api.dispatch.numbering import MemoryNumbers, Numbers, new_stream
from api.dispatch.request import Decided, Held, Judge, Request
from api.dispatch.room import Require, unlimited
from api.dispatch.sealing import seal_events
from api.dispatch.states import After, Seen, States
from api.measured import MeasuredCommand, appended
from api.reference import DECIDERS, Reference, stream_of
from api.text import nul_in
from domain.actor import Actor
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import By, Command, DomainEvent
from domain.topics import decode, decode_meta, encode
from eventlog.errors import VersionConflict
from eventlog.port import EventLog
from eventlog.record import Appended, Position, Recorded, Write
from eventlog.vault import Vault
from projections import tracing
from projections.tracing import Tracing

ATTEMPTS = 5
"""How often a command without an expected version is decided anew after a conflict."""
STATES_KEPT = 50_000
REUSED = "COMMAND_ID_REUSED"
UNFIT = "TEXT_UNFIT"


def now_us() -> int:
    """Return this instant, microseconds UTC."""
    return time.time_ns() // 1_000


class Dispatched(msgspec.Struct, frozen=True):
    """The answer to a command: where its events lie, and those of its main stream."""

    first: Position
    last: Position
    recorded_at: int
    stream: UUID
    version: int
    events: tuple[DomainEvent, ...]
    duplicate: bool


class Dispatcher:
    """Takes commands. One per process; safe for any number of tasks of one loop."""

    def __init__(
        self,
        log: EventLog,
        reference: Reference,
        vault: Vault,
        *,
        numbers: Numbers | None = None,
        secret: bytes,
        clock: Callable[[], int] = now_us,
        states_kept: int = STATES_KEPT,
        room: Require = unlimited,
    ) -> None:
        self.log = log
        self._room = room
        self.reference = reference
        self.vault = vault
        self.clock = clock
        self._judges: Mapping[type[Command], Judge] = judges(
            reference, MemoryNumbers() if numbers is None else numbers, vault, log, clock
        )
        self._inputs = KeyedDigest(hmac.digest(secret, b"quanke command input", "sha256"))
        self.states = States(log, states_kept)

    async def dispatch(
        self,
        command: Command,
        *,
        stream: UUID | None = None,
        actor: Actor,
        command_id: UUID,
        expected_version: int | None = None,
        occurred_at: int | None = None,
        basis: str = "observed",
        causation: int | None = None,
        correlation: str | None = None,
        device_time: int | None = None,
        traceparent: str | None = None,
    ) -> Dispatched:
        """Decide and append one command; multi-stream verbs write all their streams or none.

        Without a stream: the one a reference command names, or a new one for a report.
        A command that would change nothing appends nothing: no events, position 0.
        Raises Rejected, VersionConflict (only with `expected_version`, or after five
        attempts), LogBusy, LogUnavailable, LogFull.
        """
        self._room()
        if stream is None:
            stream, new = _stream(command)
            # What has just been made up can't be in the log: nothing is looked for.
            expected_version = 0 if new and expected_version is None else expected_version
        request = Request(
            command, stream, actor, command_id,
            self.clock() if occurred_at is None else occurred_at,
            basis, expected_version, causation, correlation, device_time, traceparent,
        )  # fmt: skip
        with MeasuredCommand(command.NAME):
            if tracing.active is None:
                return await self._settled(request)
            return await self._traced(request, tracing.active)

    async def _traced(self, request: Request, traces: Tracing) -> Dispatched:
        """Settle under a span of its own, which the events will name."""
        with traces.command(request.command.NAME) as span:
            parent = request.traceparent or traces.traceparent()
            done = await self._settled(msgspec.structs.replace(request, traceparent=parent))
            span.set_attributes({"quanke.first": done.first, "quanke.last": done.last})
            return done

    async def _settled(self, request: Request) -> Dispatched:
        """Decide until the decision holds: anew after a conflict or on a state that had moved."""
        judge = self._judges[type(request.command)]
        for attempt in range(ATTEMPTS):
            seen = Seen(self.states)
            try:
                return await self._once(request, judge, seen)
            except Rejected:
                first = await self._first_answer(request)
                if first is not None:
                    return first
                if attempt or not await seen.outdated():
                    raise
            except VersionConflict as conflict:
                self.states.forget(conflict.stream, request.stream)
                first = await self._first_answer(request)
                if first is not None:
                    return first
                if request.expected_version is not None or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def load(self, stream: UUID, decider: Decider[Any, Any], at_least: int = 0) -> Held:
        """Return a stream's state (`States.load`)."""
        return await self.states.load(stream, decider, at_least)

    async def load_all(
        self, streams: Sequence[UUID], decider: Decider[Any, Any]
    ) -> dict[UUID, Held]:
        """Return the states of several streams (`States.load_all`)."""
        return await self.states.load_all(streams, decider)

    async def _once(self, request: Request, judge: Judge, seen: Seen) -> Dispatched:
        stream, decider = request.stream, judge.decider
        held = await self._held(request, decider, seen)
        if request.expected_version not in (None, held.version):
            raise VersionConflict(stream, request.expected_version or 0, held.version)
        by = by_request(request, max(held.effective_at, request.occurred_at))
        decided = await judge.judge(request, held, by, seen)
        writes, after = await self._writes(request, decided, by, seen)
        if not writes:
            nothing = Dispatched(Position(0), Position(0), 0, stream, held.version, (), False)
            return await self._first_answer(request) or nothing
        answer = await self.log.append(
            request.command_id, request.actor.id, writes, decided.unchanged
        )
        if answer.duplicate:
            return await self._repeated(request, answer)
        self.states.advance(decider, after, by)
        appended(decided.writes)
        if decider.name in DECIDER_NAMES:
            self._refer(request, writes, answer)
        events = tuple(decided.writes.get(stream, ()))
        version = held.version + len(events)
        return Dispatched(
            answer.first, answer.last, answer.recorded_at, stream, version, events, False
        )

    async def _held(self, request: Request, decider: Decider[Any, Any], seen: Seen) -> Held:
        """Return the state to decide on; a stream that must not exist yet is not looked for."""
        if request.expected_version == 0 and request.stream not in self.states:
            return seen.new(request.stream, decider)
        return await seen.load(request.stream, decider)

    async def _writes(
        self, request: Request, decided: Decided, by: By, seen: Seen
    ) -> tuple[list[Write], After]:
        """Return what to append, at the versions that were decided on, and the states before."""
        digest = self._digest(request)
        writes: list[Write] = []
        after: After = {}
        for target, events in decided.writes.items():
            if not events:
                continue
            before = seen.before(target)
            sealed = await seal_events(self.vault, target, events)
            meta = encode(meta_of(request, digest, max(before.effective_at, by.at)))
            writes.append(Write(target, before.version, new_events(sealed, meta)))
            after[target] = before, sealed
        return writes, after

    def _refer(self, request: Request, writes: Sequence[Write], answer: Appended) -> None:
        """Fold own reference events at once: the next command may already need them."""
        index = 0
        for write in writes:
            for offset, event in enumerate(write.events, 1):
                self.reference.apply(
                    Recorded(
                        Position(answer.first + index), write.stream,
                        write.expected_version + offset, event.topic, event.schema,
                        answer.recorded_at, request.command_id, index, request.actor.id,
                        event.meta, event.state,
                    )
                )  # fmt: skip
                index += 1

    def _digest(self, request: Request) -> str:
        """A keyed digest: tells a retry from a reuse, and gives no handle on personal text.

        Raises Rejected for a text that no read model could take.
        """
        command = _INPUT.encode(request.command)
        if nul_in(command):
            raise Rejected(UNFIT)
        said = (request.command.NAME.encode(), request.stream.bytes, command)
        return self._inputs.hexdigest(b"|".join(said))[:32]

    async def _first_answer(self, request: Request) -> Dispatched | None:
        """Return what this command id was answered the first time, if it was on this stream."""
        recorded = await self.log.read_stream(request.stream)
        mine = [one for one in recorded if one.command_id == request.command_id]
        if not mine:
            return None
        first = mine[0].position - mine[0].command_index
        return await self._repeated(
            request, Appended(Position(first), mine[-1].position, mine[0].recorded_at, True)
        )

    async def _repeated(self, request: Request, answer: Appended) -> Dispatched:
        count = answer.last - answer.first + 1
        recorded = await self.log.read_all(Position(answer.first - 1), count)
        main = recorded[0]
        if not self._same(request, main):
            raise Rejected(REUSED)
        own = [one for one in recorded if one.stream == main.stream]
        events = tuple(decode(one.topic, one.schema, one.state) for one in own)
        return Dispatched(
            answer.first, answer.last, main.recorded_at, main.stream, own[-1].version, events, True
        )

    def _same(self, request: Request, main: Recorded) -> bool:
        if main.actor != request.actor.id:
            return False
        # A first event has made its own stream: a retry may have made up another id for it.
        if main.version == 1:
            request = msgspec.structs.replace(request, stream=main.stream)
        return decode_meta(main.meta).input == self._digest(request)


_INPUT = msgspec.json.Encoder(order="sorted")
DECIDER_NAMES = frozenset(decider.name for decider in DECIDERS.values())


def _stream(command: Command) -> tuple[UUID, bool]:
    """Return the stream a command is about, and whether it is a new one."""
    known = type(command) in DECIDERS
    return (stream_of(command), False) if known else (new_stream(), True)
