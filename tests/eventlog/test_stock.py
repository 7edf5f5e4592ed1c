"""The eventsourcing library's own conformance cases, run against our log.

Its recorder cases number some streams from 0 and some from INITIAL_VERSION; ours always
step by one from the first, so both are set to 0 here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    DatetimeAsISO,
    EventStore,
    IntegrityError,
    Mapper,
    ProgrammingError,
    StoredEvent,
    Transcoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.tests import persistence as cases
from eventsourcing.utils import get_topic, register_topic

from eventlog.stock import (
    LogThread,
    OrjsonTranscoder,
    StockAggregateRecorder,
    StockApplicationRecorder,
)


@pytest.fixture
def thread(database: str) -> Iterator[LogThread]:
    """The log of a fresh database, on a loop of its own."""
    with LogThread(database) as running:
        yield running


class OnOurLog:
    """Gives a unittest case the log of a fresh database."""

    thread: LogThread

    @pytest.fixture(autouse=True)
    def _with_thread(self, thread: LogThread) -> None:
        self.thread = thread


class TestAggregateRecorder(OnOurLog, cases.AggregateRecorderTestCase):
    INITIAL_VERSION = 0

    def create_recorder(self) -> StockAggregateRecorder:
        return StockAggregateRecorder(self.thread, initial_version=0)


class TestApplicationRecorder(OnOurLog, cases.ApplicationRecorderTestCase[Any]):
    INITIAL_VERSION = 0

    def create_recorder(self) -> StockApplicationRecorder:
        return StockApplicationRecorder(self.thread, initial_version=0)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(OnOurLog, cases.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> StockApplicationRecorder:
        return StockApplicationRecorder(self.thread, initial_version=0)


def transcoding(kind: type, label: str, out: Any, back: Any) -> Transcoding:
    class Made(Transcoding):
        type = kind
        name = label

        def encode(self, obj: Any) -> Any:
            return out(obj)

        def decode(self, data: Any) -> Any:
            return back(data)

    return Made()


class TestOrjsonTranscoder(cases.TranscoderTestCase):
    def construct_transcoder(self) -> Transcoder:
        made = OrjsonTranscoder()
        for one in (
            transcoding(tuple, "tuple_as_list", list, tuple),
            transcoding(cases.Mydict, "mydict", dict, cases.Mydict),
            transcoding(cases.MyList, "mylist", list, cases.MyList),
            transcoding(cases.MyStr, "mystr", str, cases.MyStr),
            transcoding(cases.MyInt, "myint", int, cases.MyInt),
            cases.CustomType1AsDict(),
            cases.CustomType2AsDict(),
            UUIDAsHex(),
        ):
            made.register(one)
        return made

    def test_an_integer_beyond_64_bits_is_refused(self) -> None:
        with pytest.raises(TypeError):
            self.transcoder.encode({"n": 2**70})


class Dog(Aggregate):
    """An aggregate as the library's users write them."""

    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.tricks: list[str] = []

    @event("TrickAdded")
    def add_trick(self, trick: str) -> None:
        self.tricks.append(trick)


class Names:
    """Topics are names here as well."""

    TOPICS: ClassVar = {"dog.registered": Dog.Registered, "dog.trick_added": Dog.TrickAdded}  # type: ignore[attr-defined]


def test_a_stock_aggregate_lives_in_our_log(thread: LogThread) -> None:
    for name, kind in Names.TOPICS.items():
        register_topic(name, kind)
    transcoder = OrjsonTranscoder()
    for one in (UUIDAsHex(), DatetimeAsISO()):
        transcoder.register(one)
    recorder = StockApplicationRecorder(thread)
    store = EventStore[UUID](mapper=Mapper(transcoder), recorder=recorder)
    dog = Dog("旺财")
    dog.add_trick("roll over")
    store.put(dog.collect_events())
    copy: Any = None
    for stored in store.get(dog.id):
        copy = cast("Dog.Event", stored).mutate(copy)
    assert (copy.name, copy.tricks, copy.version) == ("旺财", ["roll over"], 2)
    assert [n.topic for n in recorder.select_notifications(1, 10)] == [
        get_topic(kind) for kind in Names.TOPICS.values()
    ]


@dataclass
class Stock:
    """The library's own PostgreSQL recorder, looking at our table."""

    datastore: PostgresDatastore
    recorder: PostgresApplicationRecorder


@pytest.fixture
def stock(database: str) -> Iterator[Stock]:
    """A stock recorder on quanke_log that creates nothing."""
    parts = urlsplit(database)
    host = parse_qs(parts.query)["host"][0]
    datastore = PostgresDatastore(
        parts.path.lstrip("/"), host, 5432, parts.username or "postgres", "", schema="public"
    )
    yield Stock(datastore, PostgresApplicationRecorder(datastore, events_table_name="quanke_log"))
    datastore.close()


def test_the_stock_recorder_reads_our_table(thread: LogThread, stock: Stock) -> None:
    stream, other = uuid4(), uuid4()
    ours = StockApplicationRecorder(thread)
    ours.insert_events([StoredEvent(stream, n, f"t{n}", b'{"n":%d}' % n) for n in (1, 2, 3)])
    ours.insert_events([StoredEvent(other, 1, "t1", b"{}")])
    theirs = stock.recorder
    assert theirs.select_events(stream) == ours.select_events(stream)
    assert theirs.select_events(stream, gt=1, lte=2) == ours.select_events(stream, gt=1, lte=2)
    assert theirs.select_notifications(1, 10) == ours.select_notifications(1, 10)
    assert theirs.select_notifications(None, 10, topics=["t1"]) == ours.select_notifications(
        None, 10, topics=["t1"]
    )
    assert theirs.max_notification_id() == ours.max_notification_id() == 4


def test_a_stock_write_is_refused(thread: LogThread, stock: Stock) -> None:
    with pytest.raises((IntegrityError, ProgrammingError)):
        stock.recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"{}")])
    assert StockApplicationRecorder(thread).max_notification_id() is None


def test_versions_that_skip_are_refused(thread: LogThread) -> None:
    recorder = StockApplicationRecorder(thread)
    stream = uuid4()
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(stream, n, "t", b"{}") for n in (1, 3)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(stream, 2, "t", b"{}")])
    assert recorder.select_events(stream) == []
