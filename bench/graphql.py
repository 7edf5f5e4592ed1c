"""Queries over HTTP: our fast ways beside the stock executor and beside constant bytes.

A fortnight of the demo's district, token check and scope on. Lists take variables not seen
before in the run, so nothing is kept for them; the dashboard is asked again and again while
reports come in at 50 a second, and is compared with the same bytes sent by a bare
application on the same server. One hash of the decoded list is printed for both executors.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
import httpx
import uvloop
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from bench.mutations import STEADY_PER_S, _reported, platform
from domain.actor import Actor, Role

CASE: Final = (
    "id number status severity scope categoryCode reportedAt updatedAt dueAt overdue returned"
    " version"
)
LIST: Final = (
    "query List($n: Int!, $since: DateTime!) { cases(first: $n, filter: {reportedFrom: $since})"
    f" {{ nodes {{ {CASE} }} }} }}"
)
ONE: Final = f"query One($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"
BOARD: Final = (
    "{ overview { open overdue total closed } departmentLoad { id open overdue }"
    " gridLoad { code open overdue } stageFunnel { status cases } }"
)
GOAL_CONSTANT: Final = 0.9
GOAL_ONE_MS: Final = 0.4
ROWS: Final = (100, 1_000)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench graphql", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if met(figures) else 1


def met(figures: dict[str, Any]) -> bool:
    """Tell whether the goals are reached."""
    same = len({one["hash"] for one in figures["lists"].values()}) == 1
    return bool(
        same
        and figures["one_case_p50_ms"] <= GOAL_ONE_MS
        and figures["board_of_constant"] >= GOAL_CONSTANT
    )


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return rates, latencies and ratios."""
    async with platform(days=14) as (app, url):
        actor = Actor(id="acct:bench", role=Role.ACCEPTOR, scope="371602.")
        token = app.platform.tokens.issue(actor, 3600, "simulated")
        job = {"url": url, "token": token, "connections": 8, "seconds": asked.seconds}
        lists: dict[str, Any] = {}
        for way in ("fast", "stock"):
            headers = "x-execution: stock\r\n" if way == "stock" else ""
            for rows in ROWS:
                offered = {**job, "headers": headers, "bodies": [_list(rows)]}
                lists[f"{way} {rows}"] = await _rate(offered)
            lists[f"{way} {ROWS[0]}"]["hash"] = await _hash(url, token, headers)
        ids = await _ids(url, token)
        one = await _rate({**job, "connections": 1, "bodies": [_body(ONE, id=one) for one in ids]})
        board = await _board({**job, "bodies": [json.dumps({"query": BOARD})]})
        size = len(await _asked(url, token, {"query": BOARD}))
        async with _constant(size) as bare:
            constant = await _rate({**job, "url": bare, "bodies": [json.dumps({"query": BOARD})]})
    hashes = {name: one for name, one in lists.items() if "hash" in one}
    return {
        "lists": hashes, "rates": {name: one["per_s"] for name, one in lists.items()},
        "one_case_p50_ms": one["p50_ms"], "board_per_s": board["per_s"],
        "constant_per_s": constant["per_s"],
        "board_of_constant": board["per_s"] / constant["per_s"], "load": os.getloadavg()[0],
    }  # fmt: skip


async def _board(job: dict[str, Any]) -> dict[str, Any]:
    """Ask the dashboard while the data change."""
    steady = {
        **{name: job[name] for name in ("url", "token", "seconds")},
        "rate": STEADY_PER_S, "connections": 8,
    }  # fmt: skip
    found: dict[str, Any] = {}

    async def ask() -> None:
        found.update(await _rate(job))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_reported, steady)
        tasks.start_soon(ask)
    return found


async def _rate(job: dict[str, Any]) -> dict[str, Any]:
    heard = await _reported(job)
    ordered = sorted(heard["latencies_s"])
    p50_ms = round(ordered[len(ordered) // 2] * 1_000, 3)
    return {"per_s": round(heard["per_s"], 1), "p50_ms": p50_ms}


def _body(query: str, **variables: Any) -> str:
    return json.dumps({"query": query, "variables": variables})


def _list(rows: int) -> str:
    """A list nobody has asked before: a filter a few microseconds on, the same rows."""
    body = json.dumps({"query": LIST, "variables": {"n": rows, "since": "@"}})
    return body.replace("@", "2000-01-01T00:00:00Z").replace('"n"', '"unseen": "$NUMBER", "n"')


async def _asked(url: str, token: str, body: dict[str, Any], header: str = "") -> bytes:
    headers = {"authorization": f"Bearer {token}"}
    if header:
        name, _, value = header.strip().partition(": ")
        headers[name] = value
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.post(f"http://{url}/graphql", json=body, headers=headers)).content


async def _hash(url: str, token: str, header: str) -> str:
    variables = {"n": 1_000, "since": "2000-01-01T00:00:00Z"}
    raw = await _asked(url, token, {"query": LIST, "variables": variables}, header)
    nodes = json.loads(raw)["data"]["cases"]["nodes"]
    return hashlib.sha256(json.dumps(nodes, sort_keys=True).encode()).hexdigest()[:16]


async def _ids(url: str, token: str) -> list[str]:
    variables = {"n": 1_000, "since": "2000-01-01T00:00:00Z"}
    raw = await _asked(url, token, {"query": LIST, "variables": variables})
    return [one["id"] for one in json.loads(raw)["data"]["cases"]["nodes"]]


@asynccontextmanager
async def _constant(size: int) -> AsyncIterator[str]:
    """A bare application on the same server that always sends as many bytes."""
    body, headers = b"x" * size, [(b"content-length", str(size).encode())]

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    listening = free_socket("127.0.0.1", 0)
    async with serving(application, listening):
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def _table(figures: dict[str, Any]) -> str:
    rates = figures["rates"]
    lines = [f"list of {rows:5,}: {rates[f'fast {rows}']:8,.0f}/s," for rows in ROWS]
    lines = [
        f"{line} stock {rates[f'stock {rows}']:,.0f}/s"
        for line, rows in zip(lines, ROWS, strict=True)
    ]
    lines.append(f"one case: p50 {figures['one_case_p50_ms']} ms (goal {GOAL_ONE_MS})")
    share = figures["board_of_constant"]
    lines.append(
        f"dashboard {figures['board_per_s']:,.0f}/s beside 50 reports/s, constant bytes"
        f" {figures['constant_per_s']:,.0f}/s: {share:.2f} (goal {GOAL_CONSTANT})"
    )
    hashes = {name: one["hash"] for name, one in figures["lists"].items()}
    lines.append(f"decoded answers: {hashes}; machine load {figures['load']:.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
