"""What Prometheus is told of the load: who is being answered, who stands, who was sent away.

A request that is sent away is in no other metric: it costs a look at its bytes, and to time it
would cost as much again. Labels are the two kinds and the two moments of being sent away.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.http.shedding import Kind, Load

AT_ONCE: Final = "at_once"
STOOD: Final = "stood"
"""After having stood in line in vain; a report never stands."""


class Crowd(Collector):
    """The load as it is when somebody asks."""

    def __init__(self, load: Load) -> None:
        self._load = load

    def collect(self) -> Iterator[Metric]:
        """Yield who is in, the line and its pace, and those sent away; none is a 0."""
        load = self._load
        answering = GaugeMetricFamily(
            "quanke_answering", "Requests to /graphql that are being answered.", labels=["kind"]
        )
        away = CounterMetricFamily(
            "quanke_sent_away", "Requests for which there was no room, by when they were told.",
            labels=["kind", "when"],
        )  # fmt: skip
        for kind in Kind:
            answering.add_metric([kind], load.now[kind])
            away.add_metric([kind, AT_ONCE], load.shed[kind])
        away.add_metric([Kind.QUERY, STOOD], load.stood)
        yield answering
        yield away
        yield GaugeMetricFamily(
            "quanke_line_standing", "Queries that stand in line.", value=len(load.line)
        )
        yield GaugeMetricFamily(
            "quanke_line_aside", "Queries that wait for their minPosition.", value=load.aside
        )
        yield GaugeMetricFamily(
            "quanke_line_pace_seconds", "From one answer to the next while somebody stood.",
            value=load.line.pace_s,
        )  # fmt: skip
