"""What the projections tell Prometheus. Labels come from the registry: a closed set.

What every request counts is kept in plain numbers until somebody asks (`Tally`): the library's own
histograms take a lock twice each time.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
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


class Standing(Collector):
    """Where the read models stand, asked for when somebody wants to know, not page by page."""

    def __init__(self) -> None:
        self.status: Callable[[], Sequence[Status]] = tuple
        REGISTRY.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the last position applied and the streams held back, by read model."""
        by = ("read_model",)
        position = GaugeMetricFamily(
            "quanke_projection_position", "Last position applied", labels=by
        )
        held = GaugeMetricFamily(
            "quanke_quarantine_streams", "Streams held back behind a poison event", labels=by
        )
        for one in self.status():
            position.add_metric((one.read_model,), one.position)
            held.add_metric((one.read_model,), one.held_streams)
        yield position
        yield held


STANDING: Final = Standing()
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


def applied(events: int, seconds: float) -> None:
    """Note a page that was committed."""
    EVENTS.inc(events)
    SECONDS.observe(seconds)
