"""The log as a recorder of the eventsourcing library (9.5): synchronous, from any thread.

For stock tools and for the library's own conformance cases; the platform itself never
blocks a thread on the log. Stock appends carry no command, so each gets a fresh id.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import UUID, uuid4

import orjson
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    JSONTranscoder,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)

from eventlog.errors import LogBusy, LogUnavailable, VersionConflict
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Recorded, Write

T = TypeVar("T")
ACTOR: Final = "system:stock"
_META: Final = b"{}"
_PAGE: Final = 5_000
_PLAIN: Final = frozenset((str, int, float, bool, type(None)))


class LogThread:
    """A log on an event loop of its own, for callers that block."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._ready: Future[tuple[asyncio.AbstractEventLoop, PostgresLog]] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="quanke log", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop, self.log = self._ready.result(timeout=30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=30)

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the log's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the log's loop and wait for it, with the library's errors."""
        try:
            return self.submit(work).result(timeout=60)
        except VersionConflict as error:
            raise IntegrityError(str(error)) from error
        except (LogBusy, LogUnavailable, TimeoutError) as error:
            raise OperationalError(str(error)) from error

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        async with PostgresLog.open(self._dsn) as log:
            self._stop = asyncio.Event()
            self._ready.set_result((asyncio.get_running_loop(), log))
            await self._stop.wait()


class StockAggregateRecorder(AggregateRecorder):
    """Streams of the log as the library's aggregate sequences.

    `initial_version` is the library's number for the first event of a stream; in the log
    it is always 1.
    """

    def __init__(self, thread: LogThread, initial_version: int = 1) -> None:
        self._thread = thread
        self._shift = initial_version - 1

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append in one command. Raises IntegrityError where a stream stands elsewhere."""
        self._insert(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read one stream between two versions."""
        after = 0 if gt is None else gt - self._shift
        found = self._thread.call(_whole(self._thread.log, _uuid(originator_id), after))
        stored = [self._stored(one) for one in found]
        kept = [one for one in stored if lte is None or one.originator_version <= lte]
        return (kept[::-1] if desc else kept)[:limit]

    def _insert(self, stored_events: Sequence[StoredEvent]) -> Sequence[int]:
        if not stored_events:
            return []
        writes = self._writes(stored_events)
        answer = self._thread.call(self._thread.log.append(uuid4(), ACTOR, writes))
        return range(answer.first, answer.last + 1)

    def _writes(self, stored_events: Sequence[StoredEvent]) -> list[Write]:
        streams: dict[UUID, list[StoredEvent]] = {}
        for event in stored_events:
            streams.setdefault(_uuid(event.originator_id), []).append(event)
        return [self._write(stream, events) for stream, events in streams.items()]

    def _write(self, stream: UUID, events: list[StoredEvent]) -> Write:
        versions = [event.originator_version - self._shift for event in events]
        if versions != list(range(versions[0], versions[0] + len(versions))):
            raise IntegrityError(f"versions of {stream} do not step by one")
        return Write(
            stream, versions[0] - 1, tuple(NewEvent(e.topic, 1, e.state, _META) for e in events)
        )

    def _stored(self, one: Recorded) -> StoredEvent:
        return StoredEvent(one.stream, one.version + self._shift, one.topic, one.state)


class StockApplicationRecorder(StockAggregateRecorder, ApplicationRecorder):
    """The whole log as the library's application sequence."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append in one command and return the positions, stream after stream."""
        return list(self._insert(stored_events))

    def max_notification_id(self) -> int | None:
        """Return the last position, None for an empty log."""
        return self._thread.call(self._thread.log.head()) or None

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read the log by position."""
        after = Position((start or 0) - (1 if inclusive_of_start and start else 0))
        return self._thread.call(self._select(after, limit, stop, topics))

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LogSubscription":
        """Follow the log from a position on."""
        return LogSubscription(self, gt, topics)

    async def _select(
        self, after: Position, limit: int, stop: int | None, topics: Sequence[str]
    ) -> list[Notification]:
        found: list[Notification] = []
        while len(found) < limit:
            page = await self._thread.log.read_all(after, min(limit, _PAGE))
            if not page:
                break
            found += [self.notification(one) for one in page if wanted(one, stop, topics)]
            after = page[-1].position
            if stop is not None and after >= stop:
                break
        return found[:limit]

    def notification(self, one: Recorded) -> Notification:
        """Return an event in the library's words."""
        return Notification(
            one.stream, one.version + self._shift, one.topic, one.state, id=one.position
        )

    def pages(self, after: Position) -> AsyncIterator[list[Recorded]]:
        """Follow the log; to be iterated on its own loop."""
        return self._thread.log.follow(after)

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the log's loop."""
        return self._thread.submit(work)


class LogSubscription(Subscription[StockApplicationRecorder]):
    """A blocking iterator over the log that another thread may stop."""

    def __init__(
        self, recorder: StockApplicationRecorder, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._pages = recorder.pages(Position(gt or 0))
        self._page: Iterator[Recorded] = iter(())
        self._waiting: Future[list[Recorded]] | None = None

    def stop(self) -> None:
        """Stop the iteration, also one that is waiting."""
        super().stop()
        if self._waiting is not None:
            self._waiting.cancel()

    def __next__(self) -> Notification:
        """Return the next event, waiting for it."""
        while not self._has_been_stopped:
            for one in self._page:
                if wanted(one, None, self._topics):
                    return self._recorder.notification(one)
            self._page = iter(self._next_page())
        raise StopIteration

    def _next_page(self) -> list[Recorded]:
        async def page() -> list[Recorded]:
            return await anext(self._pages)

        self._waiting = self._recorder.submit(page())
        if self._has_been_stopped:
            self._waiting.cancel()
        try:
            return self._waiting.result()
        except CancelledError:
            return []


class OrjsonTranscoder(JSONTranscoder):
    """The library's JSON with its typed wrappers, written and parsed by orjson.

    Raises TypeError for integers beyond 64 bits and for types without a transcoding.
    """

    def encode(self, obj: Any) -> bytes:
        """Return the bytes of an object."""
        return orjson.dumps(self._wrapped(obj))

    def decode(self, data: bytes) -> Any:
        """Return the object of these bytes."""
        return self._unwrapped(orjson.loads(data))

    def _wrapped(self, obj: Any) -> Any:
        kind = type(obj)
        if kind in _PLAIN:
            return obj
        if kind is list:
            return [self._wrapped(one) for one in obj]
        if kind is not dict:
            obj = self._encode_obj(obj)
        return {key: self._wrapped(value) for key, value in obj.items()}

    def _unwrapped(self, obj: Any) -> Any:
        if type(obj) is list:
            return [self._unwrapped(one) for one in obj]
        if type(obj) is dict:
            return self._decode_obj({key: self._unwrapped(value) for key, value in obj.items()})
        return obj


def wanted(one: Recorded, stop: int | None, topics: Sequence[str]) -> bool:
    """Tell whether an event lies before the stop and has one of the topics, if any."""
    return (stop is None or one.position <= stop) and (not topics or one.topic in topics)


async def _whole(log: PostgresLog, stream: UUID, after: int) -> list[Recorded]:
    found: list[Recorded] = []
    while page := await log.read_stream(stream, after, _PAGE):
        found += page
        after = page[-1].version
        if len(page) < _PAGE:
            break
    return found


def _uuid(originator_id: UUID | str) -> UUID:
    return originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
