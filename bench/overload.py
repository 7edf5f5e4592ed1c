"""Overload: the load is stepped up to where answers no longer come in time, then to ten times.

Open loop, from another process: a request is due when it is due. Goodput is answers within a
second. At ten times the sustainable rate it must stay within 90 % of its peak, what is sent away
must say when to come back, and of a mix with more reports than can be taken beside the queries,
the reports must be what is taken. What is asked says `bench/asked.py`, for people at a desk and for
other systems; nine answers in ten must hold something.

The peak is no single good moment: the two rates that brought most on the way up are offered again,
in turns with ten times the sustained one, and the better one's median is the peak. Ten times is
measured straight and through the front that is shipped (`bench/front.py`). All share the same
processors: what server, front, PostgreSQL and whoever offers the load took is told in cores, and
so is what of the load never found a connection in time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import anyio
import httpx
import uvloop

from api.http.shedding import LOAD
from api.settings import REPOSITORY
from bench.asked import MIXES, Case
from bench.front import MISSING, Front, found, front
from bench.mutations import platform, postgres_s, process_s, reported
from domain.actor import Actor, Role

STEPS: Final = (
    100, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_300, 1_600, 2_000, 2_500, 3_000, 4_000,
)  # fmt: skip
SUSTAINED: Final = 0.95
"""A rate is sustained while this share of what is offered is answered in time."""
MISSED: Final = 2
"""After so many steps in a row that are not sustained it ends."""
GOAL: Final = 0.9
REPORTS_FIRST: Final = 0.95
FILLED: Final = 0.9
"""So many answers hold something, or it was no load."""
CONNECTIONS: Final = 800
DAYS: Final = 14
BEST: Final = 2
"""So many of the ladder's rates may be the peak."""
PAGE: Final = 500
RESTED_S: Final = 30.0
CASES: Final = (
    "query($n: Int!, $after: String) { cases(first: $n, after: $after) {"
    " nodes { id scope status department { key } } pageInfo { hasNextPage endCursor } } }"
)
ONE: Final = "query One($id: ID!) { case(id: $id) { id number status dueAt } }"
COUNTED: Final = (
    "query good", "query shed", "query late", "query failed", "query never sent", "query offered",
    "report good", "report shed", "report offered", "without retry-after", "empty",
    "connections lost",
)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench overload", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--times", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mix", choices=[*MIXES], action="append")
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if all(met(one) for one in figures["mixes"].values()) else 1


def met(figures: dict[str, Any]) -> bool:
    """Tell whether a mix reaches the goals, by the better of the ways that there are."""
    ways = figures["ways"].values()
    return bool(
        max(way["kept"] for way in ways) >= GOAL
        and all(way["reports_taken"] >= REPORTS_FIRST and way["queries_shed"] > 0 for way in ways)
        and not any(way["without_retry_after"] for way in ways)
        and figures["filled"] >= FILLED
    )


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of each mix, and what the front costs where there is no overload."""
    async with platform(days=DAYS) as (app, url), _front(url) as ahead:
        actor = Actor(id="acct:crowd", role=Role.ACCEPTOR, scope="371602.")
        token = app.platform.tokens.issue(actor, 3600, "simulated")
        crowd = Offer(asked.seconds, token, await _cases(url, token), ahead)
        ways = {"straight": url} | ({"front": ahead.url} if ahead else {})
        mixes = {mix: await _mix(crowd, mix, ways, asked) for mix in asked.mix or MIXES}
        one_ms = {way: await _one_case_ms(at, crowd) for way, at in ways.items()}
    return {"mixes": mixes, "one_case_p50_ms": one_ms, "load": os.getloadavg()[0]}


@asynccontextmanager
async def _front(url: str) -> AsyncIterator[Front | None]:
    program = found()
    if program is None:
        print(MISSING, file=sys.stderr)
        yield None
        return
    async with front(program, url) as ahead:
        yield ahead


async def _cases(url: str, token: str) -> list[Case]:
    """Return the platform's cases, as anybody would read them."""
    cases: list[Case] = []
    headers, after = {"authorization": f"Bearer {token}"}, None
    async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=30) as client:
        while True:
            asked = {"query": CASES, "variables": {"n": PAGE, "after": after}}
            answer = await client.post(f"http://{url}/graphql", json=asked)
            page = answer.json()["data"]["cases"]
            cases += [
                Case(one["id"], one["scope"], one["status"], (one["department"] or {}).get("key"))
                for one in page["nodes"]
            ]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return cases


async def _mix(
    crowd: "Offer", mix: str, ways: dict[str, str], asked: argparse.Namespace
) -> dict[str, Any]:
    """Return the steps of a mix, the peak, and by way what is left of it at ten times."""
    straight = ways["straight"]
    for at in ways.values():
        await crowd.offered(at, mix, STEPS[0])
    steps: list[dict[str, Any]] = []
    for rate in STEPS:
        steps.append(await crowd.offered(straight, mix, rate))
        if not any(_is_sustained(one) for one in steps[-MISSED:]):
            break
    sustained = max((one["rate"] for one in steps if _is_sustained(one)), default=STEPS[0])
    over: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    best: dict[float, list[dict[str, Any]]] = {rate: [] for rate in _best(steps)}
    for _ in range(asked.rounds):
        for near, again in best.items():
            again.append(await crowd.offered(straight, mix, near))
        for way, at in ways.items():
            over[way].append(await crowd.offered(at, mix, sustained * asked.times))
    # Reports at a fifth of what the machine takes alone, queries at nearly twice what it takes.
    mixed = {way: await crowd.offered(at, mix, sustained * 2, 10) for way, at in ways.items()}
    peak = max(_median(again) for again in best.values())
    every = [*steps, *chain(*best.values(), *over.values())]
    return {
        "steps": steps, "sustained": sustained, "peak": peak, "best": [*chain(*best.values())],
        "filled": 1 - sum(one["empty"] for one in every) / _answered(every),
        "ways": {way: _way(over[way], mixed[way], peak) for way in ways},
    }  # fmt: skip


def _best(steps: list[dict[str, Any]]) -> list[float]:
    """Return the rates that brought most, the lowest first."""
    most = sorted(steps, key=lambda one: float(one["good_per_s"]))[-BEST:]
    return sorted(one["rate"] for one in most)


def _median(rounds: list[dict[str, Any]]) -> float:
    return statistics.median(float(one["good_per_s"]) for one in rounds)


def _is_sustained(one: dict[str, Any]) -> bool:
    return bool(one["good_per_s"] >= SUSTAINED * one["rate"])


def _answered(every: list[dict[str, Any]]) -> int:
    answered: int = sum(one["query good"] + one["query late"] for one in every)
    return max(1, answered)


def _way(over: list[dict[str, Any]], mixed: dict[str, Any], peak: float) -> dict[str, Any]:
    kept = [one["good_per_s"] / peak for one in over]
    return {
        "over": over, "mixed": mixed,
        "kept": statistics.median(kept), "spread": (min(kept), max(kept)),
        "queries_shed": mixed["query shed"],
        "reports_taken": mixed["report good"] / max(1, mixed["report offered"]),
        "without_retry_after": sum(one["without retry-after"] for one in (*over, mixed)),
    }  # fmt: skip


@dataclass(slots=True)
class Offer:
    """Who offers: the same cases again and again, and never the same question."""

    seconds: float
    token: str
    cases: list[Case]
    front: Front | None
    asked: int = 0

    async def offered(
        self, url: str, mix: str, rate: float, reports_percent: int = 0
    ) -> dict[str, Any]:
        """Return what became of so many requests a second, and what it took."""
        job = {
            "url": url, "token": self.token, "mix": mix, "rate": rate, "seconds": self.seconds,
            "reports_percent": reports_percent, "connections": CONNECTIONS, "cases": self.cases,
            "first": self.asked,
        }  # fmt: skip
        self.asked += int(rate * self.seconds)
        await _rested()
        before = self._used()
        counts = await heard(job)
        used = {part: after_s - before[part] for part, after_s in self._used().items()}
        used["crowd"] = counts.pop("cpu_s")
        counts = dict.fromkeys(COUNTED, 0) | counts
        good = counts["query good"] + counts["report good"]
        cores = {part: took_s / self.seconds for part, took_s in used.items()}
        return {"rate": rate, "good_per_s": good / self.seconds, "cores": cores, **counts}

    def _used(self) -> dict[str, float]:
        """Return the seconds of processor that each part has used."""
        ahead = process_s(self.front.pid) if self.front else 0.0
        return {
            "server": time.process_time(), "front": ahead, "PostgreSQL": postgres_s() - ahead,
        }  # fmt: skip


async def _rested() -> None:
    """Wait until nothing of an earlier round is being answered."""
    with anyio.fail_after(RESTED_S):
        while any(LOAD.now.values()):
            await anyio.sleep(0.05)


async def heard(job: dict[str, Any]) -> dict[str, Any]:
    """Run the other process and return what it counted. Raises when it failed."""
    done = await anyio.run_process(
        [sys.executable, "-m", "bench.crowd"],
        input=json.dumps(job).encode(),
        stderr=subprocess.PIPE,
        check=False,
        cwd=REPOSITORY,
    )
    if done.returncode:
        raise RuntimeError(f"the crowd failed:\n{done.stderr.decode()}")
    counts: dict[str, Any] = json.loads(done.stdout)
    return counts


async def _one_case_ms(url: str, crowd: Offer) -> float:
    """Return the median of one case on one connection, each asked for once."""
    bodies = [json.dumps({"query": ONE, "variables": {"id": case.id}}) for case in crowd.cases]
    job = {"url": url, "token": crowd.token, "connections": 1, "seconds": 2.0, "once": True}
    await _rested()
    latencies_s: list[float] = (await reported({**job, "bodies": bodies}))["latencies_s"]
    return statistics.median(latencies_s) * 1_000


def _table(figures: dict[str, Any]) -> str:
    lines: list[str] = []
    for mix, told in figures["mixes"].items():
        lines += _mix_lines(mix, told)
    ones = ", ".join(f"{way} {ms:.2f} ms" for way, ms in figures["one_case_p50_ms"].items())
    return "\n".join([*lines, f"one case, p50: {ones}", f"machine load {figures['load']:.1f}"])


def _mix_lines(mix: str, told: dict[str, Any]) -> list[str]:
    lines = [f"{mix}: offered/s  in time/s  sent away  late  never sent  cores:"]
    lines += [_line("", one) for one in told["steps"]]
    lines += [_line("again", one) for one in told["best"]]
    for way, heard in told["ways"].items():
        lines += [_line(way, one) for one in heard["over"]]
    peak = max(told["steps"], key=lambda one: float(one["good_per_s"]))
    costs = ", ".join(f"{part} {us:,.0f}" for part, us in _costs(peak).items())
    lines.append(
        f"  an answer takes, in µs: {costs}; {told['filled']:.0%} of the answers hold data"
    )
    lines.append(f"  sustained {told['sustained']}/s, peak {told['peak']:.0f}/s")
    for way, heard in told["ways"].items():
        lines.append(
            f"  {way}: {heard['kept']:.0%} ({_spread(heard)}) of the peak"
            f" at {heard['over'][0]['rate']:,.0f}/s"
            f" (goal {GOAL:.0%}); of a mix at {heard['mixed']['rate']:,.0f}/s, a tenth reports,"
            f" {heard['reports_taken']:.1%} of the reports in time (goal {REPORTS_FIRST:.0%}),"
            f" {heard['queries_shed']:,} queries sent away;"
            f" without a retry time {heard['without_retry_after']};"
            f" a request offered takes, in µs: {_offering(heard['over'])}"
        )
    return lines


def _spread(way: dict[str, Any]) -> str:
    least, most = way["spread"]
    return f"{least:.0%} to {most:.0%}"


def _offering(over: list[dict[str, Any]]) -> str:
    """Return microseconds of processor for each request, answered or not, beside the answers."""
    each = [
        (part, statistics.fmean(one["cores"][part] for one in over) / over[0]["rate"] * 1e6)
        for part in ("front", "crowd")
    ]
    return ", ".join(f"{part} {us:.1f}" for part, us in each if us)


def _costs(one: dict[str, Any]) -> dict[str, float]:
    """Return microseconds of processor an answer, by where they went."""
    return {part: used / one["good_per_s"] * 1e6 for part, used in one["cores"].items() if used}


def _line(way: str, one: dict[str, Any]) -> str:
    cores = ", ".join(f"{part} {used:.2f}" for part, used in one["cores"].items())
    return (
        f"{way:>9}{one['rate']:8,.0f} {one['good_per_s']:10,.0f} {one['query shed']:10,}"
        f" {one['query late']:5,} {one['query never sent']:11,}  {cores}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
