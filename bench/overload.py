"""Overload: the load is stepped up to where answers no longer come in time, then to ten times.

Open loop, from another process: a request is due when it is due. Goodput is answers within
a second. At ten times the sustainable rate it must stay within 90 % of its peak, what is
sent away must say when to come back, and of a mix with more reports than can be taken
beside the queries, the reports must be what is taken.

Who offers the load runs on the same processors: what it took, and what the server took, are
told in cores, and so is what of the load never found a connection in time.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import anyio
import uvloop

from api.settings import REPOSITORY
from bench.mutations import platform
from domain.actor import Actor, Role

STEPS: Final = (100, 200, 400, 600, 800, 1_000, 1_300, 1_600, 2_000, 2_500, 3_000, 4_000)
SUSTAINED: Final = 0.95
"""A rate is sustained while this share of what is offered is answered in time."""
GOAL: Final = 0.9
REPORTS_FIRST: Final = 0.95


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench overload", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--times", type=float, default=10.0)
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if met(figures) else 1


def met(figures: dict[str, Any]) -> bool:
    """Tell whether the goals are reached."""
    return bool(
        figures["kept"] >= GOAL
        and figures["reports_taken"] >= REPORTS_FIRST
        and figures["queries_shed"] > 0
        and not figures["without_retry_after"]
    )


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return the steps, the peak, and what is left of it at ten times the sustained rate."""
    async with platform() as (app, url):
        actor = Actor(id="acct:crowd", role=Role.ACCEPTOR, scope="371602.")
        job = {
            "url": url, "token": app.platform.tokens.issue(actor, 3600, "simulated"),
            "connections": 200, "seconds": asked.seconds, "reports_percent": 0,
        }  # fmt: skip
        await _offered({**job, "rate": 100, "seconds": 1.0}, 0)
        steps: list[dict[str, Any]] = []
        for number, rate in enumerate(STEPS, 1):
            steps.append(await _offered({**job, "rate": rate}, number))
            if steps[-1]["good_per_s"] < SUSTAINED * rate:
                break
        sustained = max((one["rate"] for one in steps[:-1]), default=STEPS[0])
        peak = max(one["good_per_s"] for one in steps)
        over = await _offered({**job, "rate": sustained * asked.times}, 90)
        # Reports at half of what the machine takes alone, queries at twice what it takes.
        mixed = await _offered({**job, "rate": sustained * 2, "reports_percent": 10}, 91)
    return {
        "steps": steps, "sustained": sustained, "peak": peak, "over": over, "mixed": mixed,
        "kept": over["good_per_s"] / peak, "queries_shed": mixed["query shed"],
        "reports_taken": mixed["report good"] / max(1, mixed["report offered"]),
        "without_retry_after": over["without retry-after"] + mixed["without retry-after"],
        "load": os.getloadavg()[0],
    }  # fmt: skip


async def _offered(job: dict[str, Any], number: int) -> dict[str, Any]:
    used = time.process_time()
    done = await anyio.run_process(
        [sys.executable, "-m", "bench.crowd"],
        input=json.dumps({**job, "round": number}).encode(),
        stderr=subprocess.PIPE,
        check=False,
        cwd=REPOSITORY,
    )
    if done.returncode:
        raise RuntimeError(f"the crowd failed:\n{done.stderr.decode()}")
    counts: dict[str, Any] = json.loads(done.stdout)
    for name in (
        "query shed", "query never sent", "report good", "report offered", "without retry-after",
    ):  # fmt: skip
        counts.setdefault(name, 0)
    good = counts.get("query good", 0) + counts["report good"]
    cores = {
        "server_cores": (time.process_time() - used) / job["seconds"],
        "crowd_cores": counts.pop("cpu_s") / job["seconds"],
    }
    return {"rate": job["rate"], "good_per_s": good / job["seconds"], **cores, **counts}


def _table(figures: dict[str, Any]) -> str:
    mixed, over, kept = figures["mixed"], figures["over"], figures["kept"]
    lines = ["offered/s   in time/s   sent away  never sent  cores: server, crowd"]
    lines.extend(
        f"{one['rate']:9,.0f} {one['good_per_s']:11,.0f} {one['query shed']:11,}"
        f" {one['query never sent']:11,} {one['server_cores']:14.2f} {one['crowd_cores']:6.2f}"
        for one in [*figures["steps"], over]
    )
    lines.append(f"sustained {figures['sustained']}/s, peak {figures['peak']:.0f}/s")
    lines.append(f"at {over['rate']:,.0f}/s {kept:.0%} of the peak (goal {GOAL:.0%})")
    lines.append(f"mixed, {mixed['rate']:.0f}/s, a tenth reports: {mixed['query shed']:,} queries")
    lines.append(
        f"  sent away, {figures['reports_taken']:.1%} of reports in time (goal {REPORTS_FIRST:.0%})"
    )
    lines.append(f"sent away without a retry time: {figures['without_retry_after']}")
    lines.append(f"machine load {figures['load']:.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
