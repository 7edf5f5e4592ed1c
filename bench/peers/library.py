"""The eventsourcing library's own PostgreSQL recorder, with threads."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from bench.peers import STATE, TOPIC, Measured, measured


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
            self._recorder.insert_events([StoredEvent(uuid4(), 1, TOPIC, STATE)])
            latencies.append(time.perf_counter() - asked)
        return latencies
