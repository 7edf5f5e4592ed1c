"""The leak of graphql-core stays closed: the memo of one event dies with the event.

Every event of a subscription is executed by a copy of one executor. Stock copies share
a memo that grows with each; ours must not, over any number of events.
"""

import gc
import tracemalloc

from graphql import ExecutionResult, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.executor import Executor
from api.graphql.live.messages import Heartbeat
from api.graphql.scalars import Instant, LogPosition
from api.graphql.schema import SCHEMA_CORE

DOCUMENT = parse(
    "subscription { wall { __typename ... on Heartbeat {"
    " cursor position head serverTime oldestUnappliedAgeMs } } }"
)
EVENTS = 3_000
NOISE = 50
"""Bytes an event that other parts of the process may take meanwhile; the leak is 1,300."""
BEAT = Heartbeat(
    cursor="c", position=LogPosition(1), head=LogPosition(1), server_time=Instant(1),
    oldest_unapplied_age_ms=0,
)  # fmt: skip


def _grown(kind: type[StrawberryGraphQLCoreExecutionContext], events: int) -> int:
    """Return the bytes that are alive after so many events and were not before."""
    executor = kind.build(SCHEMA_CORE, DOCUMENT)
    assert isinstance(executor, kind)

    def run(count: int) -> None:
        for _ in range(count):
            result = executor.build_per_event_executor(BEAT).execute_operation()
            assert isinstance(result, ExecutionResult)
            assert result.errors is None

    run(200)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    run(events)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown


def test_thousands_of_events_leave_nothing_behind() -> None:
    assert _grown(Executor, EVENTS) < EVENTS * NOISE


def test_the_stock_executor_still_leaks_so_the_override_is_still_needed() -> None:
    assert _grown(StrawberryGraphQLCoreExecutionContext, 300) > 300 * 10 * NOISE
