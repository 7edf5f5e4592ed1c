"""Traces, where somebody asks for them: from a request to its commit, its rows and its frames.

Off, this is one look at a module's name on each way; nothing of OpenTelemetry is imported.
On, the trace of a command lies in its events' envelope (`traceparent`), so whoever folds them
links to it, in whichever process: a page of the log and a frame belong to many commands and
are children of none. No span says what was asked or whose it is: names and numbers only.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, Span, Tracer

    from projections.seen import Seen

POSITIONS: Final = 4_096
"""How many of the latest traced positions are remembered for the frames that tell of them."""
LINKS: Final = 64
"""A page or a frame links to at most so many commands."""
_NOTHING: Final[AbstractContextManager[None]] = nullcontext()


class Tracing:
    """Makes the spans. One per process, in `active`."""

    def __init__(self, tracer: "Tracer") -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer = tracer
        self._w3c = TraceContextTextMapPropagator()
        self._told: OrderedDict[int, str] = OrderedDict()

    def request(
        self, headers: Mapping[bytes, bytes], method: str, door: str
    ) -> AbstractContextManager["Span"]:
        """Begin a request's span, below the caller's where it sent a `traceparent`."""
        from opentelemetry.trace import SpanKind

        return self._tracer.start_as_current_span(
            f"{method} /{door}",
            context=self._context(headers.get(b"traceparent", b"").decode("latin-1")),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "quanke.door": door},
            record_exception=False,
            set_status_on_exception=False,
        )

    def command(self, name: str) -> AbstractContextManager["Span"]:
        """Begin a command's span."""
        return self._tracer.start_as_current_span(
            f"command {name}", attributes={"quanke.command": name},
            record_exception=False, set_status_on_exception=False,
        )  # fmt: skip

    def traceparent(self) -> str | None:
        """Return what to write into the envelope; nothing of a trace that nobody keeps."""
        from opentelemetry.trace import get_current_span

        if not get_current_span().get_span_context().trace_flags.sampled:
            return None
        carrier: dict[str, str] = {}
        self._w3c.inject(carrier)
        return carrier.get("traceparent")

    def page(self, seen: Sequence["Seen"]) -> AbstractContextManager["Span"]:
        """Begin the span of a page of the log on its way into the read models."""
        traced = [(one.position, one.meta.traceparent) for one in seen if one.meta.traceparent]
        for position, parent in traced:
            self._told[position] = parent
        while len(self._told) > POSITIONS:
            self._told.popitem(last=False)
        return self._tracer.start_as_current_span(
            "project page",
            context=self._context(""),
            links=self._links(parent for _, parent in traced),
            attributes={
                "quanke.first": seen[0].position if seen else 0,
                "quanke.last": seen[-1].position if seen else 0,
                "quanke.events": len(seen),
            },
        )

    def frame(self, kind: str, after: int, last: int) -> AbstractContextManager["Span"]:
        """Begin the span of one message that brings its receivers from `after` to `last`."""
        told = (self._told[at] for at in range(max(after, last - POSITIONS) + 1, last + 1)
                if at in self._told)  # fmt: skip
        return self._tracer.start_as_current_span(
            f"frame {kind}",
            context=self._context(""),
            links=self._links(told),
            attributes={"quanke.after": after, "quanke.last": last},
        )

    def _links(self, parents: Iterable[str]) -> list["Link"]:
        from opentelemetry.trace import Link, get_current_span

        found = []
        for parent in list(dict.fromkeys(parents))[:LINKS]:
            context = get_current_span(self._context(parent)).get_span_context()
            if context.is_valid:
                found.append(Link(context))
        return found

    def _context(self, parent: str) -> "Context":
        """Return a context below a `traceparent`; a root for what is none."""
        from opentelemetry.context import Context

        return self._w3c.extract({"traceparent": parent}, context=Context())


active: Tracing | None = None
"""The tracing of this process; None: it is off."""


def page(seen: Sequence["Seen"]) -> AbstractContextManager[Any]:
    """Trace a page of the log, if traces are on."""
    return _NOTHING if active is None else active.page(seen)


def frame(kind: str, after: int, last: int) -> AbstractContextManager[Any]:
    """Trace one message to those who follow, if traces are on."""
    return _NOTHING if active is None else active.frame(kind, after, last)
