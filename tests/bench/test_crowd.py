"""The crowd of `bench overload` asks what is really asked, never the same, and counts rightly."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.graphql.schema import SCHEMA_CORE
from api.http.shedding import BODY, is_whole
from bench import asked, overload
from bench.asked import Case
from bench.crowd import made

CONSOLE = Path(__file__).resolve().parents[2] / "opscenter/src/console/questions.ts"
CASES = [
    Case(f"case-{number}", "371602.005.036.001.", "FILED", "water" if number % 2 else None)
    for number in range(200)
]
JOB = {
    "url": "127.0.0.1:1", "token": "t", "connections": 8, "seconds": 0.5, "rate": 200.0,
    "reports_percent": 0, "cases": CASES, "first": 0, "mix": "desk",
}  # fmt: skip


def test_the_desk_asks_what_the_console_asks() -> None:
    console = CONSOLE.read_text("utf-8")
    assert asked.LINE in console
    words = " ".join(console.split())
    for part in (asked.FIELDS, asked.STEPS.replace("$n", "100, asOf: $asOf")):
        assert " ".join(part.split()) in words
    assert "case { ...Line } distanceM sameGrid sameCategory mergeable" in words


@pytest.mark.parametrize("mix", asked.MIXES)
def test_every_document_is_one_of_ours(mix: str) -> None:
    for document in asked.documents(mix):
        assert validate(SCHEMA_CORE, parse(document)) == []


@pytest.mark.parametrize("mix", asked.MIXES)
def test_nothing_is_asked_twice(mix: str) -> None:
    questions = [asked.question(mix, CASES, number) for number in range(30_000)]
    assert len({json.dumps(one) for one in questions}) == len(questions)
    assert {one.document for one in questions} == set(asked.documents(mix))


def test_an_answer_that_holds_nothing_is_known() -> None:
    for empty in (
        b'{"data":{"cases":{"nodes":[],"pageInfo":{}}}}',
        b'{"data":{"case":null,"caseTimeline":{"nodes":[]}}}',
        b'{"data":{"overview":{"open":0,"overdue":0,"total":0,"closed":0}}}',
    ):
        assert asked.is_empty(empty)
    for filled in (
        b'{"data":{"cases":{"nodes":[{"id":"a"}],"pageInfo":{}}}}',
        b'{"data":{"overview":{"open":0,"total":10,"closed":0},"deadlines":{"nodes":[]}}}',
    ):
        assert not asked.is_empty(filled)


def test_requests_are_whole_and_hold_their_variables() -> None:
    requests = made(JOB)
    assert len(requests) == 100
    for number, one in enumerate(requests):
        body = json.loads(one.data.partition(b"\r\n\r\n")[2])
        document, variables = asked.question("desk", CASES, number)
        assert is_whole(one.data)
        assert body == {"query": document, "variables": variables}


async def _three_answers(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by what is asked: a page with a case, nobody, an area that is too much."""
    body = (await receive())["body"]
    status, said = 200, b'{"data":{"cases":{"nodes":[{"id":"a"}]}}}'
    if b"query Opened" in body:
        said = b'{"data":{"case":null}}'
    if b"query Stands" in body:
        status, said = 503, BODY
    headers = [(b"content-length", b"%d" % len(said)), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})


async def test_the_crowd_counts_what_became_of_its_requests() -> None:
    listening = free_socket("127.0.0.1", 0)
    url = f"127.0.0.1:{listening.getsockname()[1]}"
    async with serving(_three_answers, listening):
        heard: dict[str, Any] = await overload.heard({**JOB, "url": url})
    assert heard["query offered"] == 100
    assert (heard["query good"] + heard.get("query late", 0), heard["query shed"]) == (67, 33)
    assert heard["empty"] == 33
    assert heard["without retry-after"] == 0
