"""What comes in is counted by closed labels: door, status class, command, outcome, topic."""

import pytest
from prometheus_client import REGISTRY
from starlette.types import Message, Receive, Scope, Send

from api.measured import FAILED, MeasuredCommand, MeasuredDoors, door_of, outcome
from domain.errors import Rejected
from eventlog.errors import LogBusy


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/graphql", "graphql"), ("/log/checkpoint", "log"), ("/log/tile/0/x000", "log"),
        ("/open311/v2/requests.json", "open311"), ("/", "screens"), ("/wall", "screens"),
        ("/made-up-by-a-caller", "screens"),
    ],
)  # fmt: skip
def test_a_path_never_becomes_a_label(path: str, door: str) -> None:
    assert door_of(path) == door


async def test_a_request_is_timed_by_door_and_status() -> None:
    async def answers(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    before = value("quanke_request_seconds_count", door="export", status="4xx")
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await MeasuredDoors(answers)({"type": "http", "path": "/export/x"}, _nothing, send)
    assert value("quanke_request_seconds_count", door="export", status="4xx") == before + 1
    assert [message["type"] for message in sent] == [
        "http.response.start", "http.response.body",
    ]  # fmt: skip


async def test_an_answer_that_breaks_counts_as_ours() -> None:
    async def breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    async def send(_message: Message) -> None:
        raise AssertionError

    before = value("quanke_request_seconds_count", door="export", status="5xx")
    with pytest.raises(ZeroDivisionError):
        await MeasuredDoors(breaks)({"type": "http", "path": "/export/x"}, _nothing, send)
    assert value("quanke_request_seconds_count", door="export", status="5xx") == before + 1


async def _nothing() -> Message:
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "expected"),
    [(Rejected("ANY"), "refused"), (LogBusy(1.0), "busy"), (ValueError(), FAILED)],
)
def test_a_command_counts_by_what_became_of_it(error: Exception, expected: str) -> None:
    labels = {"command": "case.report", "outcome": expected}
    before = value("quanke_commands_total", **labels)
    with pytest.raises(type(error)), MeasuredCommand("case.report"):
        raise error
    assert value("quanke_commands_total", **labels) == before + 1


def test_done_is_no_error() -> None:
    assert outcome(None) == "done"
