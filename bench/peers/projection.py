"""The eventsourcing library's own ProjectionRunner over its PostgreSQL recorders."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

GRIDS = 1_182
DEPARTMENTS = 35
PATIENCE_S = 600.0
TABLES = ("bench_grid", "bench_department", "load_tracking")
"""What a projection writes, where it stands last."""


class Matter(Aggregate):
    """A case in the library's own style."""

    @event("Reported")
    def __init__(self, grid: str, department: str) -> None:
        self.grid = grid
        self.department = department
        self.step = 0

    @event("Moved")
    def move(self, grid: str, department: str, step: int) -> None:  # noqa: ARG002 - in the event
        """Go one step on."""
        self.step = step

    @event("Closed")
    def close(self, grid: str, department: str) -> None:  # noqa: ARG002 - in the event
        """End."""
        self.step = -1


class Counters(PostgresTrackingRecorder):
    """Counts per grid and per department, with the tracking row in the same transaction."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for table in ("bench_grid", "bench_department"):
            self.sql_create_statements.append(
                SQL(  # type: ignore[arg-type]
                    f"create table if not exists {table}"
                    " (id text primary key, open bigint not null, closed bigint not null)"
                )
            )

    def count(self, grid: str, department: str, opened: int, closed: int, at: Tracking) -> None:
        """Add one event's difference to both tables."""
        with self.datastore.transaction(commit=True) as cursor:
            for table, key in (("bench_grid", grid), ("bench_department", department)):
                cursor.execute(
                    f"insert into {table} as t values (%s, %s, %s) on conflict (id) do update"
                    " set open = t.open + excluded.open, closed = t.closed + excluded.closed",
                    (key, opened, closed),
                )
            self._insert_tracking(cursor, at)


class Load(Projection[Counters]):
    """Events to counts."""

    name = "load"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Count one event."""
        opened, closed = _difference(type(domain_event).__name__)
        self.view.count(domain_event.grid, domain_event.department, opened, closed, tracking)


def _difference(name: str) -> tuple[int, int]:
    return {"Reported": (1, 0), "Closed": (-1, 1)}.get(name, (0, 0))


class Stock:
    """The runner as its manual shows it."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        self._env = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": parts.path.lstrip("/"),
            "POSTGRES_HOST": parse_qs(parts.query)["host"][0],
            "POSTGRES_PORT": "5432",
            "POSTGRES_USER": parts.username or "postgres",
            "POSTGRES_PASSWORD": "",
        }
        self._head = 0

    def save(self, events: int) -> None:
        """Save the events that each round projects."""
        application = Application[Any](env=self._env)
        for number in range(events // 10):
            application.save(_matter(number))
        self._head = application.recorder.max_notification_id() or 0
        application.close()

    def measure(self) -> float:
        """Run the projection over all events, from the first one on; return events per second.

        Its tables and its tracking have to be empty (`TABLES`).
        """
        began = time.perf_counter()
        with ProjectionRunner(
            application_class=Application[Any],
            projection_class=Load,
            view_class=Counters,
            env=self._env,
        ) as runner:
            runner.wait(self._head, timeout=PATIENCE_S)
            took = time.perf_counter() - began
        return self._head / took


def _matter(number: int) -> Matter:
    grid, department = f"g{number % GRIDS}", f"d{number % DEPARTMENTS}"
    matter = Matter(grid, department)
    for step in range(8):
        matter.move(grid, department, step)
    matter.close(grid, department)
    return matter
