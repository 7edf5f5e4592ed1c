"""One trace from a mutation to the frame that tells of it, and nothing personal on the way."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.settings import REPOSITORY
from api.tracing import traced, tracing_through
from api.wiring import App
from domain.actor import Role
from domain.topics import decode_meta
from eventlog.record import Position
from projections import tracing
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, POINT

TRACE = 0x0AF7651916CD43DD8448EB211C80319C
CALLER = f"00-{TRACE:032x}-b7ad6b7169203331-01"
UNSAMPLED = f"00-{TRACE:032x}-b7ad6b7169203331-00"
FEED = "subscription { caseFeed { __typename } }"
REPORT = """mutation($input: ReportCaseInput!) { reportCase(input: $input) {
    case { id } event { position } userErrors { code } } }"""
WORDS, CONTACT = "王小明家门口", "13899990000"
ATTRIBUTES = {
    "http.request.method", "quanke.door", "quanke.status", "quanke.command", "quanke.first",
    "quanke.last", "quanke.events", "quanke.after",
}  # fmt: skip
PATIENCE_S = 10.0


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with tracing_through(SimpleSpanProcessor(exporter)):
        yield exporter


async def report(client: Client, **headers: str) -> int:
    said = {
        "clientMutationId": "7f000000-0000-4000-8000-000000000001", "channel": "HOTLINE",
        "category": "06010", "place": {"point": POINT}, "description": WORDS, "contact": CONTACT,
    }  # fmt: skip
    asking = client.acting(Role.ACCEPTOR, DISTRICT)
    answer = await asking.post({"query": REPORT, "variables": {"input": said}}, **headers)
    done = answer.json()["data"]["reportCase"]
    assert done["userErrors"] == []
    return int(done["event"]["position"])


async def ended(spans: InMemorySpanExporter, name: str, position: int) -> ReadableSpan:
    """Return the span of a name that brings somebody to a position, once it is over."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for one in spans.get_finished_spans():
                said = one.attributes or {}
                last = said.get("quanke.last", 0)
                first = said.get("quanke.first", int(str(said.get("quanke.after", -1))) + 1)
                if one.name == name and int(str(first)) <= position <= int(str(last)):
                    return one
            await asyncio.sleep(0.01)


def traces(span: ReadableSpan) -> set[int]:
    return {link.context.trace_id for link in span.links}


async def test_a_mutation_is_followed_from_its_request_to_the_frame(
    app: App, client: Client, spans: InMemorySpanExporter
) -> None:
    async with socket(client.app) as one:
        await one.init(client.acting(Role.DISPATCHER, DISTRICT).token)
        await one.subscribe(FEED)
        await one.next("CaseFeedSnapshot")
        position = await report(client, traceparent=CALLER)
        await one.next("CaseFeedDelta")
        page = await ended(spans, "project page", position)
        frame = await ended(spans, "frame delta", position)
    by_name = {one.name: one for one in spans.get_finished_spans()}
    command, request = by_name["command case.report"], by_name["POST /graphql"]
    assert request.parent is not None
    assert request.parent.span_id == 0xB7AD6B7169203331
    assert command.parent is not None
    assert command.parent.span_id == request.context.span_id
    assert {one.context.trace_id for one in (command, request)} == {TRACE}
    for span in (page, frame):
        assert span.parent is None, "it belongs to many commands"
        assert span.context.trace_id != TRACE
        assert [link.context.span_id for link in span.links] == [command.context.span_id]
        assert traces(span) == {TRACE}
    (recorded,) = await app.log.read_all(Position(position - 1), 1)
    written = decode_meta(recorded.meta).traceparent
    assert written == f"00-{TRACE:032x}-{command.context.span_id:016x}-01"


async def test_spans_say_nothing_of_what_was_asked(
    app: App, client: Client, spans: InMemorySpanExporter
) -> None:
    position = await report(client)
    await client.acting(Role.ACCEPTOR, DISTRICT).do(
        "reportCase", channel="HOTLINE", category="99999", place={"point": POINT}, description=WORDS
    )
    await ended(spans, "project page", position)
    finished = spans.get_finished_spans()
    assert {name for one in finished for name in one.attributes or {}} <= ATTRIBUTES
    told = "".join(str(one.to_json()) for one in finished)
    assert len(finished) >= 5
    for word in (WORDS, CONTACT, "acct:acceptor", str(POINT), "7f000000", "99999"):
        assert word not in told
        assert json.dumps(word) not in told


@pytest.mark.parametrize("caller", [UNSAMPLED, "nonsense", "00-0-0-01", ""])
async def test_what_nobody_keeps_is_not_written_down(
    app: App, client: Client, spans: InMemorySpanExporter, caller: str
) -> None:
    """A caller who does not sample is believed; one who sends nonsense begins nothing."""
    position = await report(client, traceparent=caller)
    (recorded,) = await app.log.read_all(Position(position - 1), 1)
    written = decode_meta(recorded.meta).traceparent
    if caller == UNSAMPLED:
        assert written is None
        assert spans.get_finished_spans() == () or all(
            one.context.trace_id != TRACE for one in spans.get_finished_spans()
        )
    else:
        assert written is not None
        assert f"{TRACE:032x}" not in written


async def test_off_nothing_is_traced_and_nothing_is_written(app: App, client: Client) -> None:
    assert tracing.active is None
    position = await report(client, traceparent=CALLER)
    (recorded,) = await app.log.read_all(Position(position - 1), 1)
    assert b"traceparent" not in recorded.meta


def test_off_nothing_of_opentelemetry_is_imported() -> None:
    asked = "import sys, api.cli.run; print([m for m in sys.modules if 'opentelemetry' in m])"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_collector_that_is_named_gets_the_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", place)
        with traced():
            assert tracing.active is not None
            with tracing.active.command("case.report"):
                pass
        server.shutdown()
    assert tracing.active is None
    (sent,) = heard
    (resource,) = sent.resource_spans
    named = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert named["service.name"] == "quanke"
    assert [span.name for span in resource.scope_spans[0].spans] == ["command case.report"]
