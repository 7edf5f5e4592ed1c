"""What the projections tell Prometheus. Labels come from the registry: a closed set.

What every request counts is kept in plain numbers until somebody asks (`Tally`): the library's own
histograms take a lock twice each time.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Tally:
    """How often a value fell into each bucket, and the sum of all. One thread counts."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """Return the counts as Prometheus wants them: cumulative, by their upper bound."""
        found, total = [], 0
        names = [*map(floatToGoString, self.bounds), "+Inf"]
        for name, count in zip(names, self.counts, strict=True):
            total += count
            found.append((name, float(total)))
        return found


class Tallies(Collector):
    """One histogram of the process, by its labels."""

    def __init__(
        self, name: str, told: str, labels: Sequence[str], bounds: Sequence[float]
    ) -> None:
        self._name, self._told, self._labels, self._bounds = name, told, labels, bounds
        self._by: dict[tuple[str, ...], Tally] = {}
        REGISTRY.register(self)

    def labels(self, *labels: str) -> Tally:
        """Return the tally of these labels, to be kept by whoever counts."""
        return self._by.setdefault(labels, Tally(self._bounds))

    def collect(self) -> Iterator[Metric]:
        """Yield the histogram as it stands."""
        family = HistogramMetricFamily(self._name, self._told, labels=self._labels)
        for labels, tally in list(self._by.items()):
            family.add_metric(labels, tally.buckets(), tally.sum)
        yield family


class Status(Protocol):
    """Where one read model stands."""

    @property
    def read_model(self) -> str:
        """Its name."""
        ...

    @property
    def position(self) -> int:
        """The last position applied."""
        ...

    @property
    def held_streams(self) -> int:
        """Streams in quarantine."""
        ...


POSITION: Final = Gauge("quanke_projection_position", "Last position applied", ["read_model"])
HELD: Final = Gauge(
    "quanke_quarantine_streams", "Streams held back behind a poison event", ["read_model"]
)
EVENTS: Final = Counter("quanke_projected_events", "Events applied to all read models")
SECONDS: Final = Histogram(
    "quanke_projection_page_seconds",
    "From a page read to its rows committed",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

WAITED: Final = Tallies(
    "quanke_pool_wait_seconds", "How long a read waited for a session of the database.", ["pool"],
    (0.0005, 0.002, 0.01, 0.05, 0.25, 1, 5),
)  # fmt: skip
READS, GLANCES = WAITED.labels("reads"), WAITED.labels("glances")


def applied(status: Sequence[Status], events: int, seconds: float) -> None:
    """Note a page that was committed."""
    EVENTS.inc(events)
    SECONDS.observe(seconds)
    standing(status)


def standing(status: Sequence[Status]) -> None:
    """Note where the read models stand; also right after a start, before any page."""
    for one in status:
        POSITION.labels(one.read_model).set(one.position)
        HELD.labels(one.read_model).set(one.held_streams)
