"""The eventsourcing library's own PostgreSQL recorder, with threads."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import asyncpg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from bench.peers import STATE, TOPIC, Measured, measured, uuid7


class Library:
    """Threads that each insert one event of a new aggregate at a time."""

    def __init__(self, dsn: str, threads: int) -> None:
        parts = urlsplit(dsn)
        self.name = f"stock_{threads}"
        self._threads = threads
        self._datastore = PostgresDatastore(
            parts.path.lstrip("/"),
            parse_qs(parts.query)["host"][0],
            5432,
            parts.username or "postgres",
            "",
            pool_size=threads,
            schema="public",
        )
        self._recorder = PostgresApplicationRecorder(
            self._datastore, events_table_name="bench_stock_events"
        )
        self._recorder.create_table()

    async def fill(self, connection: "asyncpg.Connection[asyncpg.Record]", rows: int) -> None:
        """Put so many events into the table."""
        await connection.execute(
            "insert into bench_stock_events (originator_id, originator_version, topic, state)"
            " select uuidv7(), 1, $1, $2 from generate_series(1, $3)",
            TOPIC, STATE, rows, timeout=600,
        )  # fmt: skip

    def read(self, count: int) -> float:
        """Read the first so many events in pages of 1,000; return events per second."""
        began, after, seen = time.perf_counter(), None, 0
        while page := self._recorder.select_notifications(after, 1_000, inclusive_of_start=False):
            after, seen = page[-1].id, seen + len(page)
        assert seen == count
        return count / (time.perf_counter() - began)

    async def measure(self, seconds: float) -> Measured:
        """Insert with all threads at once."""
        return await asyncio.to_thread(self._measure, seconds)

    def close(self) -> None:
        """Close the connections."""
        self._datastore.close()

    def _measure(self, seconds: float) -> Measured:
        go = threading.Event()
        with ThreadPoolExecutor(self._threads) as pool:
            runs = [pool.submit(self._insert, go, seconds) for _ in range(self._threads)]
            began = time.perf_counter()
            go.set()
            latencies = [one for run in runs for one in run.result()]
            return measured(latencies, time.perf_counter() - began)

    def _insert(self, go: threading.Event, seconds: float) -> list[float]:
        latencies = []
        go.wait()
        until = time.perf_counter() + seconds
        while (asked := time.perf_counter()) < until:
            self._recorder.insert_events([StoredEvent(uuid7(), 1, TOPIC, STATE)])
            latencies.append(time.perf_counter() - asked)
        return latencies
