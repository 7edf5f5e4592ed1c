"""Switches traces on: OpenTelemetry's own settings, OTLP over HTTP, off without an endpoint.

`OTEL_EXPORTER_OTLP_ENDPOINT` names the collector; sampler, headers and service name are set
as for any other program (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`,
`OTEL_SERVICE_NAME`). The packages are the group `traces`, which `./quanke` brings along then.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from projections import tracing
from projections.tracing import Tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVICE: Final = "quanke"
FLUSH_MS: Final = 3_000


def wanted() -> bool:
    """Tell whether somebody has named a collector."""
    return any(os.environ.get(name) for name in ENDPOINTS)


@contextmanager
def traced() -> Iterator[None]:
    """Send traces to the collector that is named, if one is, until this ends."""
    if not wanted():
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    with tracing_through(BatchSpanProcessor(OTLPSpanExporter())):
        yield


@contextmanager
def tracing_through(processor: "SpanProcessor") -> Iterator[None]:
    """Trace through a processor of spans until this ends; what is left is sent then."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider

    name = os.environ.get("OTEL_SERVICE_NAME", SERVICE)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(processor)
    tracing.active = Tracing(provider.get_tracer(SERVICE))
    try:
        yield
    finally:
        tracing.active = None
        provider.force_flush(FLUSH_MS)
        provider.shutdown()
