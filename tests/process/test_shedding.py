"""Overload: what finds no room is sent away unparsed, reports last, and the rest goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http import line, shedding
from api.http.crowd import Crowd
from api.http.known import Answers, Said
from api.http.shedding import LOAD, Admission, Kind, Load, is_whole

BODY = b'{"query":"{ me { role } }"}'
REPORT = b'{"query":"mutation { x }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def whole(body: bytes = BODY, head: bytes = HEAD) -> bytes:
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    ("request_bytes", "said"),
    [
        (whole(), True),
        (whole(head=HEAD.replace(b"host", b"HOST")), True),
        (whole()[:-1], False),
        (whole() + b"G", False),
        (whole().replace(b"POST", b"GET "), False),
        (whole().replace(b"/graphql ", b"/other "), False),
        (whole().replace(b"content-length", b"x-length"), False),
        (whole().replace(b"content-length: 27", b"content-length: -1"), False),
        (whole(head=HEAD + b"x-a: content-length: 27\r\n"), False),
        (whole(head=HEAD + b"content-length: 27\r\n"), False),
        (whole(head=HEAD + b"transfer-encoding: chunked\r\n"), False),
        (whole().replace(b"content-length: 27", b"x-a: content-length: 27"), False),
        (whole().replace(b"content-length: 27", b"content-length: " + b"9" * 5_000), False),
        (HEAD, False),
        (b"", False),
    ],
)
def test_only_a_whole_request_is_looked_at(request_bytes: bytes, said: bool) -> None:
    assert is_whole(request_bytes) is said


class Somebody:
    """Who stands in line, and remembers being let in."""

    def __init__(self) -> None:
        self.is_in = False

    def let_in(self) -> None:
        self.is_in = True


def test_reports_begin_at_once_and_queries_stand_in_line() -> None:
    load = Load()
    for _ in range(shedding.PLACES):
        assert load.admission(Kind.QUERY) is Admission.BEGINS
        load.begin(Kind.QUERY)
    assert load.admission(Kind.QUERY) is Admission.STANDS
    first, second = Somebody(), Somebody()
    load.line.join(first)
    load.line.join(second)
    assert load.admission(Kind.REPORT) is Admission.BEGINS
    load.end(Kind.QUERY)
    assert (first.is_in, second.is_in) == (True, False)
    assert load.now == {Kind.REPORT: 0, Kind.QUERY: shedding.PLACES}


def test_while_reports_crowd_queries_have_few_places() -> None:
    load = Load()
    for _ in range(shedding.CROWDED):
        load.begin(Kind.REPORT)
    for _ in range(shedding.FEW):
        assert load.admission(Kind.QUERY) is Admission.BEGINS
        load.begin(Kind.QUERY)
    assert load.admission(Kind.QUERY) is Admission.STANDS
    one = Somebody()
    load.line.join(one)
    load.end(Kind.REPORT)
    assert one.is_in


def test_there_is_an_end_of_room_for_reports_too() -> None:
    load = Load()
    for _ in range(shedding.MAX_REPORTS):
        load.begin(Kind.REPORT)
    assert load.admission(Kind.REPORT) is Admission.AWAY


def test_who_waits_for_what_is_to_come_gives_its_place_away() -> None:
    load = Load()
    for _ in range(shedding.PLACES):
        load.begin(Kind.QUERY)
    one = Somebody()
    load.line.join(one)
    with load.stepping_aside(whole()):
        assert (one.is_in, load.aside) == (True, 1)
    assert (load.now[Kind.QUERY], load.aside) == (shedding.PLACES + 1, 0)
    for request in (None, whole(REPORT)):
        with load.stepping_aside(request):
            assert (load.now[Kind.QUERY], load.aside) == (shedding.PLACES + 1, 0)


def test_not_all_the_world_waits_aside() -> None:
    load = Load()
    load.aside = shedding.MAX_ASIDE
    assert load.admission(Kind.QUERY) is Admission.AWAY


def test_a_report_is_known_by_its_words_or_its_documents_id() -> None:
    known = b"sha256:" + b"a" * 64
    load = Load({known})
    assert load.kind(b'{"query":"mutation { x }"}') is Kind.REPORT
    assert load.kind(b'{"documentId":"' + known + b'"}') is Kind.REPORT
    assert load.kind(b'{"documentId":"sha256:' + b"b" * 64 + b'"}') is Kind.QUERY


class House:
    """An application that answers when it is let, by what it was asked."""

    def __init__(self) -> None:
        self.entered: list[bytes] = []
        self.leave = asyncio.Semaphore(0)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        self.entered.append(body)
        await self.leave.acquire()
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def full(self, count: int) -> None:
        """Wait until so many have come in."""
        await until(lambda: len(self.entered) == count)


class KnowingHouse(House):
    """One that knows every head, and answers past the parser."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Answers(begin=lambda request, _peer: partial(self._say, request))

    async def _say(self, request: bytes) -> Said:
        body = request.partition(b"\r\n\r\n")[2]
        self.entered.append(body)
        await self.leave.acquire()
        return Said(200, b"content-length: %d\r\n" % len(body), body)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.005)


def standing(count: int) -> Callable[[], bool]:
    return lambda: len(LOAD.line) == count


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One place, and one may stand, for as long as a slow machine takes."""
    monkeypatch.setattr(shedding, "PLACES", 1)
    monkeypatch.setattr(line, "LEAST", 1)
    monkeypatch.setattr(line, "WORTH_S", 0)
    monkeypatch.setattr(line, "STANDS_S", 60)


@asynccontextmanager
async def served(house: House) -> AsyncIterator[tuple[int, Callable[..., Any]]]:
    """Serve it: its port, and how to ask it. In the end nobody is in or stands."""
    listening = free_socket("127.0.0.1", 0)
    port = listening.getsockname()[1]
    async with serving(house, listening), httpx.AsyncClient(trust_env=False) as http:

        async def ask(body: bytes = BODY) -> httpx.Response:
            headers = {"content-type": "application/json"}
            url = f"http://127.0.0.1:{port}/graphql"
            return await http.post(url, content=body, headers=headers, timeout=30)

        yield port, ask
    assert LOAD.now == {Kind.REPORT: 0, Kind.QUERY: 0}
    assert len(LOAD.line) == 0


@pytest.mark.usefixtures("narrow")
async def test_a_full_house_answers_503_and_takes_the_next_one() -> None:
    house, before = House(), LOAD.shed[Kind.QUERY]
    async with served(house) as (_, ask), asyncio.TaskGroup() as tasks:
        first = tasks.create_task(ask())
        await house.full(1)
        second = tasks.create_task(ask())
        await until(standing(1))
        away = await ask()
        report = tasks.create_task(ask(REPORT))
        await house.full(2)
        house.leave.release()
        await house.full(3)
        for _ in range(3):
            house.leave.release()
        assert (await ask()).content == BODY
    assert [one.result().content for one in (first, second, report)] == [BODY, BODY, REPORT]
    assert house.entered == [BODY, REPORT, BODY, BODY]
    assert_told_to_come_back(away)
    assert LOAD.shed[Kind.QUERY] == before + 1


def assert_told_to_come_back(away: httpx.Response) -> None:
    assert away.status_code == 503
    assert 1 <= int(away.headers["retry-after"]) <= 4
    assert away.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"


@pytest.mark.usefixtures("narrow")
async def test_who_stands_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "STANDS_S", 0.1)
    house, before = House(), (LOAD.stood, dict(LOAD.shed))
    async with served(house) as (_, ask), asyncio.TaskGroup() as tasks:
        tasks.create_task(ask())
        await house.full(1)
        assert_told_to_come_back(await ask())
        house.leave.release()
    assert house.entered == [BODY]
    assert (LOAD.stood, LOAD.shed) == (before[0] + 1, before[1])


@pytest.mark.parametrize("built", [House, KnowingHouse])
@pytest.mark.usefixtures("narrow")
async def test_who_goes_stands_no_more_and_what_comes_behind_is_answered_in_order(
    built: type[House],
) -> None:
    house, second = built(), b'{"query":"{ second }"}'
    async with served(house) as (port, ask), asyncio.TaskGroup() as tasks:
        tasks.create_task(ask())
        await house.full(1)
        _, gone = await asyncio.open_connection("127.0.0.1", port)
        gone.write(whole())
        await until(standing(1))
        gone.close()
        await until(standing(0))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(whole())
        await until(standing(1))
        writer.write(whole(second))
        for _ in range(3):
            house.leave.release()
        async with asyncio.timeout(20):
            for body in (BODY, second):
                assert (await reader.readuntil(body)).startswith(b"HTTP/1.1 200")
        writer.close()
    assert house.entered == [BODY, BODY, second]


@pytest.mark.usefixtures("narrow")
async def test_who_stands_when_the_server_ends_is_told_to_come_back() -> None:
    house = House()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks, served(house) as (port, _):
        first, in_it = await asyncio.open_connection("127.0.0.1", port)
        in_it.write(whole())
        await house.full(1)
        second, behind = await asyncio.open_connection("127.0.0.1", port)
        behind.write(whole())
        await until(standing(1))
        told = tasks.create_task(second.read())
        told.add_done_callback(lambda _: house.leave.release())
    assert told.result().startswith(b"HTTP/1.1 503")
    assert b"\r\nretry-after: " in told.result()
    assert (await first.read()).endswith(BODY)
    in_it.close()
    behind.close()


def told(load: Load) -> dict[str, float]:
    """What Prometheus would read of a load, by name and labels."""
    registry = CollectorRegistry()
    registry.register(Crowd(load))
    lines = generate_latest(registry).decode().splitlines()
    found = (one.rpartition(" ") for one in lines if not one.startswith("#"))
    return {name.removeprefix("quanke_"): float(value) for name, _, value in found}


def test_the_line_and_those_sent_away_are_told_under_labels_that_are_always_there() -> None:
    load = Load()
    names = set(told(load))
    load.begin(Kind.REPORT)
    load.begin(Kind.QUERY)
    load.line.join(Somebody())
    load.aside, load.line.pace_s = 3, 0.25
    for _ in range(2):
        load.refuse(Kind.QUERY)
    load.refuse_who_stood()
    found = told(load)
    assert set(found) == names
    assert found == {
        'answering{kind="report"}': 1, 'answering{kind="query"}': 1,
        'sent_away_total{kind="report",when="at_once"}': 0,
        'sent_away_total{kind="query",when="at_once"}': 2,
        'sent_away_total{kind="query",when="stood"}': 1,
        "line_standing": 1, "line_aside": 3, "line_pace_seconds": 0.25,
    }  # fmt: skip
