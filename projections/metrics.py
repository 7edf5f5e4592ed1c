"""What the projections tell Prometheus. Labels come from the registry: a closed set."""

from collections.abc import Sequence
from typing import Final, Protocol

from prometheus_client import Counter, Gauge, Histogram


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

WAITED: Final = Histogram(
    "quanke_pool_wait_seconds", "How long a read waited for a session of the database.", ["pool"],
    buckets=(0.0005, 0.002, 0.01, 0.05, 0.25, 1, 5),
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
