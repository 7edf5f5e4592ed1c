"""What is counted of operations: how long, how dear, why not. Labels from closed sets only.

The name of an operation is whatever its author calls it, so only those of our own screens
are told apart; the reasons are our own codes. What every operation counts is kept in plain
numbers until somebody asks: the library's own take a lock each time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from projections.metrics import Tally

SECONDS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
COSTS: Final = (1, 10, 100, 1_000, 10_000)
OTHER: Final = "other"


class Operations(Collector):
    """The operations of this process."""

    def __init__(self) -> None:
        self.seconds: defaultdict[tuple[str, str], Tally] = defaultdict(lambda: Tally(SECONDS))
        self.cost = Tally(COSTS)
        self.refused: Counter[str] = Counter()
        self.plans: Counter[tuple[str, str]] = Counter()
        self.closed: Counter[int] = Counter()
        self.told = Tally(SECONDS)
        self.joined: Counter[str] = Counter()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they stand."""
        seconds = HistogramMetricFamily(
            "quanke_graphql_seconds", "From an operation prepared to its answer encoded.",
            labels=["operation", "kind"],
        )  # fmt: skip
        for labels, tally in list(self.seconds.items()):
            seconds.add_metric(labels, tally.buckets(), tally.sum)
        yield seconds
        cost = HistogramMetricFamily("quanke_graphql_cost", "What operations cost at most.")
        cost.add_metric([], self.cost.buckets(), self.cost.sum)
        yield cost
        refused = CounterMetricFamily(
            "quanke_graphql_refused", "Requests that came to nothing, by the code of their answer.",
            labels=["code"],
        )  # fmt: skip
        for code, count in list(self.refused.items()):
            refused.add_metric([code], count)
        yield refused
        plans = CounterMetricFamily(
            "quanke_graphql_plans", "What plans came to; failed: the executor found nothing wrong.",
            labels=["kind", "outcome"],
        )  # fmt: skip
        for pair, count in list(self.plans.items()):
            plans.add_metric(pair, count)
        yield plans
        closed = CounterMetricFamily(
            "quanke_live_closed", "Sockets closed by us, by code: 4413 did not read.",
            labels=["code"],
        )  # fmt: skip
        for number, count in list(self.closed.items()):
            closed.add_metric([str(number)], count)
        yield closed
        yield from self._groups()

    def _groups(self) -> Iterator[Metric]:
        """Yield what groups of subscribers count."""
        told = HistogramMetricFamily(
            "quanke_live_told_seconds", "From a change taken to all who keep up having it.",
        )  # fmt: skip
        told.add_metric([], self.told.buckets(), self.told.sum)
        yield told
        joined = CounterMetricFamily(
            "quanke_live_joined", "Members of groups by what brought them up to date.",
            labels=["by"],
        )  # fmt: skip
        for way, count in list(self.joined.items()):
            joined.add_metric([way], count)
        yield joined


OPERATIONS: Final = Operations()
REGISTRY.register(OPERATIONS)
