"""Queries over HTTP beside PostGraphile 5, yoga, mercurius with JIT, and constant bytes.

A fortnight of the demo's district; token check and scope on for ours. All answer the same page
of the same table with the same filter, in interleaved rounds, while reports come in at 50 a
second. Lists take variables not seen before in the run, so no answer is kept for them; what is
kept is each case's text, by its latest event, and `written` is the same server with that taken
away. One case is asked for once, reports coming in already, from its write on, in five turns spread
over the run: the figure is the median of the turns' middles. Before, with the data standing still,
one hash of the decoded list is printed for each. The dashboard, which is
kept, is asked again and again and compared with one of its answers, always the same bytes, sent by
a bare application on the same server, the reports coming in beside it as well.
"""

import argparse
import hashlib
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import uvloop
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.graphql.plan.shelves import BYTES
from api.wiring import App
from bench.beside import Turns, rate, while_reported
from bench.mutations import platform
from bench.peers.installed import installed
from bench.peers.query_servers import QUERIES, query_server, rows_of, versions
from domain.actor import Actor, Role

CASE: Final = (
    "id number status severity scope categoryCode reportedAt updatedAt dueAt overdue returned"
    " version"
)
LIST: Final = (
    "query List($n: Int!, $since: DateTime!) { cases(first: $n, filter: {reportedFrom: $since})"
    f" {{ nodes {{ {CASE} }} }} }}"
)
DETAIL: Final = (
    f"query One($id: ID!) {{ case(id: $id) {{ {CASE} category {{ name }} grid {{ name }}"
    " timeline(first: 20) { nodes { topic title at role } } } }"
)
SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
GOALS: Final = {100: 3.0, 1_000: 4.0}
"""How many times PostGraphile's rate, by the rows of the list; ahead of the others too."""
OURS: Final = ("fast", "written", "stock")
"""With all there is, without any case's text kept, and by the stock executor."""
ONE: Final = f"query One($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"
BOARD: Final = (
    "{ overview { open overdue total closed } departmentLoad { id open overdue }"
    " gridLoad { code open overdue } stageFunnel { status cases } }"
)
GOAL_CONSTANT: Final = 0.9
GOAL_ONE_MS: Final = 0.4
ROWS: Final = (100, 1_000)
UNSEEN: Final = 20_000
"""Variables of one round; a rate above this per round would meet them again."""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench graphql", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if met(figures) else 1


def met(figures: dict[str, Any]) -> bool:
    """Tell whether the goals are reached."""
    rates = figures["rates"]
    lists = all(
        rates[f"fast {rows}"] >= times * rates[f"postgraphile {rows}"]
        and rates[f"fast {rows}"] > max(rates[f"{peer} {rows}"] for peer in QUERIES)
        for rows, times in GOALS.items()
    )
    return bool(
        len(set(figures["hashes"].values())) == 1
        and lists
        and figures["one_case_p50_ms"] <= GOAL_ONE_MS
        and figures["board_of_constant"] >= GOAL_CONSTANT
    )


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return rates, latencies and ratios."""
    packages = installed("queries")
    async with AsyncExitStack() as stack:
        app, url = await stack.enter_async_context(platform(days=14))
        actor = Actor(id="acct:bench", role=Role.ACCEPTOR, scope="371602.")
        token = app.platform.tokens.issue(actor, 3600, "simulated")
        job = {"url": url, "token": token, "connections": 8, "seconds": asked.seconds}
        servers = {
            name: await stack.enter_async_context(query_server(name, app.dsn, packages))
            for name in QUERIES
        }
        where = dict.fromkeys(OURS, url) | servers
        hashes = {name: await _hash(name, at, token) for name, at in where.items()}
        ids = await _ids(url, token)
        single = {**job, "connections": 1, "once": True}
        half = len(ids) // 2
        still = await rate({**single, "bodies": [_body(ONE, id=one) for one in ids[:half]]})
        turns = Turns(app, job, [_body(ONE, id=one) for one in ids[half:]])
        await turns.take()
        every = {**single, "bodies": [_body(DETAIL, id=one) for one in ids]}
        detail = await while_reported(app, job, every)
        rates = await _lists(app, job, where, asked.rounds, turns)
        board, constant = await _dashboard(app, job, asked.rounds)
        await turns.take_all()
    return {
        "hashes": hashes, "rates": rates,
        "one_case_p50_ms": statistics.median(turns.p50s_ms), "one_case_turns_ms": turns.p50s_ms,
        "one_case_still_p50_ms": still["p50_ms"],
        "case_with_timeline_p50_ms": detail["p50_ms"], "board_per_s": board,
        "constant_per_s": constant,
        "board_of_constant": board / constant, "load": os.getloadavg()[0],
        "versions": versions(packages),
    }  # fmt: skip


async def _lists(
    app: App, job: dict[str, Any], where: dict[str, str], rounds: int, turns: Turns
) -> dict[str, float]:
    """Return the median rate of each contender and size, in interleaved rounds, data changing.

    Before each round it is one case's turn.
    """
    shelves = app.doors.engine.documents.shelves
    found: dict[str, list[float]] = {}
    serial = 0
    for _ in range(rounds):
        await turns.take()
        for rows in ROWS:
            for name, at in where.items():
                serial += 1
                shelves.most = 0 if name == "written" else BYTES
                offered = {
                    **job, "url": at, "bodies": _bodies(name, rows, serial),
                    "headers": "x-execution: stock\r\n" if name == "stock" else "",
                }  # fmt: skip
                per_s = (await while_reported(app, job, offered))["per_s"]
                found.setdefault(f"{name} {rows}", []).append(per_s)
    return {name: statistics.median(all_) for name, all_ in found.items()}


async def _dashboard(app: App, job: dict[str, Any], rounds: int) -> tuple[float, float]:
    """Return the median rates of the dashboard and of its own bytes, in turns, data changing."""
    asking = {**job, "bodies": [json.dumps({"query": BOARD})]}
    found: list[tuple[float, float]] = []
    async with _constant(await _asked(job["url"], job["token"], {"query": BOARD})) as bare:
        for _ in range(rounds):
            ours = await while_reported(app, job, asking)
            constant = await while_reported(app, job, {**asking, "url": bare})
            found.append((ours["per_s"], constant["per_s"]))
    one, other = zip(*found, strict=True)
    return statistics.median(one), statistics.median(other)


def _bodies(name: str, rows: int, serial: int) -> list[str]:
    """Return lists nobody has asked before: a filter some microseconds on, the same rows."""
    return [
        _list_body(name, rows, SINCE + timedelta(microseconds=serial * UNSEEN + number))
        for number in range(UNSEEN)
    ]


def _list_body(name: str, rows: int, since: datetime) -> str:
    if name in OURS:
        return _body(LIST, n=rows, since=since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    micros = str((since - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
    return _body(QUERIES[name], n=rows, since=micros)


def _body(query: str, **variables: Any) -> str:
    return json.dumps({"query": query, "variables": variables})


async def _asked(url: str, token: str, body: dict[str, Any], header: str = "") -> bytes:
    headers = {"authorization": f"Bearer {token}"}
    if header:
        name, _, value = header.strip().partition(": ")
        headers[name] = value
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.post(f"http://{url}/graphql", json=body, headers=headers)).content


async def _hash(name: str, url: str, token: str) -> str:
    header = "x-execution: stock" if name == "stock" else ""
    raw = await _asked(url, token, json.loads(_list_body(name, 1_000, SINCE)), header)
    answer = json.loads(raw)
    if "errors" in answer:
        raise RuntimeError(f"{name} answered with errors: {raw[:500]!r}")
    rows = rows_of(name, answer["data"])
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:16]


async def _ids(url: str, token: str) -> list[str]:
    variables = {"n": 1_000, "since": "2000-01-01T00:00:00Z"}
    raw = await _asked(url, token, {"query": LIST, "variables": variables})
    return [one["id"] for one in json.loads(raw)["data"]["cases"]["nodes"]]


@asynccontextmanager
async def _constant(body: bytes) -> AsyncIterator[str]:
    """A bare application on the same server that always sends these bytes.

    They are an answer's, as whoever asks looks through them: that an error's word is not there is
    found in a quarter of the time where all are one letter.
    """
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    listening = free_socket("127.0.0.1", 0)
    async with serving(application, listening):
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def _table(figures: dict[str, Any]) -> str:
    rates, lines = figures["rates"], []
    for rows, times in GOALS.items():
        ours, first = rates[f"fast {rows}"], rates[f"postgraphile {rows}"]
        others = ", ".join(f"{name} {rates[f'{name} {rows}']:,.0f}" for name in (*QUERIES, "stock"))
        alone = rates[f"written {rows}"]
        lines.append(
            f"list of {rows:5,}: {ours:8,.0f}/s, {ours / first:.1f}× PostGraphile (goal {times:g});"
            f" {others}; with no text kept {alone:,.0f}, {alone / first:.1f}×"
        )
    lines.append(
        f"one case: p50 {figures['one_case_p50_ms']} ms (goal {GOAL_ONE_MS}),"
        f" turns {figures['one_case_turns_ms']},"
        f" {figures['one_case_still_p50_ms']} ms with the data standing still,"
        f" with names and timeline {figures['case_with_timeline_p50_ms']} ms"
    )
    share = figures["board_of_constant"]
    lines.append(
        f"dashboard (kept) {figures['board_per_s']:,.0f}/s, constant bytes"
        f" {figures['constant_per_s']:,.0f}/s: {share:.2f} (goal {GOAL_CONSTANT})"
    )
    lines.append(f"decoded answers: {figures['hashes']}")
    lines.append(f"{figures['versions']}; machine load {figures['load']:.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
