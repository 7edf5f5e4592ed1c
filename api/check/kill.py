"""`quanke check kill`: nothing acknowledged is lost, whatever is killed and when.

A platform under load is killed again and again, whatever of it can be killed apart
(`victims.py`), in an order drawn from a printed seed. Clients in a process of their own
(`witness.py`) have each answer on disk before they send the next command, and before each
kill the log's signed head is written down outside. In the end the log must hold every
acknowledged command exactly once, without a gap; it must be the history that each of the
heads was signed for; and the read models must be those of a rebuild. The control switches
synchronous_commit off and must lose something: else the check would prove nothing.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx
import msgspec
import uvloop

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.check.kept import Found, Proven, hold, inspect, prove, settled
from api.check.load import OFFERED_PER_S, Answers, answered, loaded
from api.check.running import Running, start
from api.check.victims import ENDING, VICTIMS, kill_postgres
from api.check.witness import AT_ONCE, Plan
from api.cli.serving import free_socket
from api.database import opened
from api.database.layout import Layout
from api.demo.seeding import found
from api.offspring import ending_with_us
from api.settings import REPOSITORY, Settings
from api.trust import authorities
from api.wiring import App
from domain.actor import Role

READY_S: Final = 120.0
LAST_ANSWERS_S: Final = 90.0
LOAD_S: Final = (1.0, 3.0)
"""For so long, at random, the load goes on before a kill, and then until it is as high as asked."""
ASKED_MORE: Final = 1.2
"""Waited for is a fifth more than must have been begun in the second before a kill: answers are
counted where they arrive, a little later than their questions began."""
CONTROL_LEAST: Final = 300
"""Answers after which the control kills: they are seconds old at most, and not on disk."""
BACK_S: Final = 60.0
POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: who, when, and what was going on."""

    victim: str
    at: float
    ready_again_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """A kill as it is reported."""

    victim: str
    offered_per_s: int
    in_flight: int
    ready_again_s: float


def main(arguments: Sequence[str]) -> int:
    """Run the check; 0 when nothing was lost and the control lost something."""
    asked = _arguments(arguments)
    say = sys.stderr.write
    say(f"seed {asked.seed}\n")
    began = time.monotonic()
    rounds, found, proven = check(asked.rounds, asked.seed, asked.clients)
    lost = control(asked.seed, asked.clients) if asked.control else None
    result = {
        "seed": asked.seed,
        "took_s": round(time.monotonic() - began, 1),
        "rounds": [asdict(one) for one in rounds],
        **asdict(found),
        "proven": asdict(proven),
        "control_lost": lost,
    }
    weak = [one for one in rounds if one.offered_per_s < OFFERED_PER_S or not one.in_flight]
    print(json.dumps(result) if asked.json else _table(rounds, found, proven, lost))
    for one in weak:
        say(f"too little load at a kill to prove anything: {one}\n")
    return 0 if found.clean and proven.clean and not weak and lost != 0 else 1


def check(
    rounds: int,
    seed: int,
    clients: int,
    per_s: int = OFFERED_PER_S,
    load_s: tuple[float, float] = LOAD_S,
) -> tuple[list[Round], Found, Proven]:
    """Kill `rounds` times under load; return what was going on, and what was kept."""
    with scratch() as home:
        plan = prepare(home, clients, seed)
        held = home / "held"
        held.mkdir()
        kills = _kills(home, plan, rounds, random.Random(seed), per_s, load_s)
        timeline = json.loads(Path(plan.timeline).read_text())
        settings = settings_in(home)
        found = inspect(settings, Path(plan.acknowledged))
        return [_round(kill, timeline) for kill in kills], found, prove(settings, held, home)


def control(seed: int, clients: int) -> int:
    """Kill PostgreSQL once with synchronous_commit off; return how many answers were lies."""
    with scratch() as home:
        plan = prepare(home, clients, seed)
        platform = launch(home, plan, lossy=True)
        with witness(plan) as process:
            answered(Answers(Path(plan.acknowledged)), CONTROL_LEAST)
            kill_postgres(Layout(home / "data"))
            platform.kill()
            process.kill()
        return inspect(settings_in(home), Path(plan.acknowledged)).lost


def _kills(
    home: Path, plan: Plan, rounds: int, chance: random.Random, per_s: int,
    load_s: tuple[float, float],
) -> list[Kill]:  # fmt: skip
    victims = [list(VICTIMS)[number % len(VICTIMS)] for number in range(rounds)]
    chance.shuffle(victims)
    layout, answers = Layout(home / "data"), Answers(Path(plan.acknowledged))
    platform = launch(home, plan)
    done: list[Kill] = []
    with witness(plan) as process:
        for number, victim in enumerate(victims, 1):
            answered(answers, 1)  # on a busy machine the witness begins late
            time.sleep(chance.uniform(*load_s))
            hold(layout, home / "held")
            loaded(answers, per_s * ASKED_MORE)
            at = time.monotonic()
            what = VICTIMS[victim](platform, layout, chance)
            platform = _back(home, plan, platform, victim, answers)
            done.append(Kill(what, at, time.monotonic() - at))
            sys.stderr.write(f"kill {number} of {rounds}: {what}\n")
        process.send_signal(signal.SIGTERM)
        if process.wait(LAST_ANSWERS_S) != 0:
            raise RuntimeError("the witness failed: see its trace above")
    if not settled(layout):
        raise RuntimeError("not all that was appended was sealed and shown in time")
    hold(layout, home / "held")
    platform.stop()
    return done


def _back(home: Path, plan: Plan, platform: Running, victim: str, answers: Answers) -> Running:
    """Wait until commands are acknowledged again; start anew what a supervisor would.

    A platform that outlives the kill has to mend itself; that it ends instead is its right
    too, with a code that says so.
    """
    if victim in ENDING:
        platform.ended()
        return launch(home, plan)
    before = answers.count() + 2 * plan.clients * AT_ONCE
    give_up = time.monotonic() + BACK_S
    while answers.count() < before or not _is_ready(platform):
        if platform.process.poll() is not None:
            if platform.ended() == 0:
                raise RuntimeError(f"the platform ended as if all were well: {victim}")
            return launch(home, plan)
        if time.monotonic() > give_up:
            raise RuntimeError(f"nothing was acknowledged for {BACK_S:g} s: {victim}")
        time.sleep(POLL_S)
    return platform


def _is_ready(platform: Running) -> bool:
    try:
        return httpx.get(
            f"{platform.url}/ready", timeout=5, trust_env=False, verify=authorities()
        ).is_success
    except httpx.TransportError:
        return False


@contextmanager
def scratch() -> Iterator[Path]:
    """A data directory any account may pass into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="quanke-kill-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def settings_in(home: Path) -> Settings:
    """Return the settings of the platform under test."""
    return Settings(data=home / "data", database_url=None, demo=False)


def prepare(home: Path, clients: int, seed: int) -> Plan:
    """Found the district in a new data directory and return the witness's orders."""
    settings = settings_in(home)
    grids, categories = uvloop.run(_found(settings))
    with free_socket("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    return Plan(
        host="127.0.0.1",
        port=port,
        token=make_token(signing_key(settings.keys_dir), Role.ACCEPTOR),
        clients=clients,
        seed=seed,
        grids=grids,
        categories=categories,
        acknowledged=str(home / "acknowledged"),
        timeline=str(home / "timeline"),
    )


def launch(home: Path, plan: Plan, *, lossy: bool = False) -> Running:
    """Start the platform on the data directory and wait until it is ready."""
    env = {**os.environ, "QUANKE_LOSSY": "1" if lossy else "0", "QUANKE_CANARY": "0"}
    arguments = ["--no-demo", "--data", str(home / "data"), "--port", str(plan.port)]
    with (home / "platform.log").open("ab") as log:
        platform = start(arguments, timeout_s=READY_S, env=env, stderr=log)
    assert platform.url.endswith(f":{plan.port}"), platform.url
    return platform


@contextmanager
def witness(plan: Plan) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the witness beside the block."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "api.check.witness"],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509
    )
    assert process.stdin is not None
    try:
        process.stdin.write(msgspec.json.encode(plan))
        process.stdin.close()
        yield process
    finally:
        process.kill()
        process.wait()


def _round(kill: Kill, timeline: list[list[float]]) -> Round:
    """Say what was offered in the second before a kill, and what had no answer yet."""
    offered = sum(kill.at - 1 < began <= kill.at for began, _ in timeline)
    in_flight = sum(began <= kill.at < done for began, done in timeline)
    return Round(kill.victim, offered, in_flight, round(kill.ready_again_s, 2))


async def _found(settings: Settings) -> tuple[list[str], list[str]]:
    """Found the demo's district, without its history; return grids and categories to report."""
    async with (
        opened(settings, "check", exclusive=True) as database,
        App.open(settings, database.dsn) as app,
    ):
        parts = app.platform
        await found(parts.dispatcher, parts.log, parts.reference, parts.clock(), lambda *_: None)
        district = parts.reference.district
        assert district is not None, "the district was founded just now"
        grids = parts.reference.grids_under(district.scope)
        return [grid.code for grid in grids], sorted(parts.reference.categories(district.scope))


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quanke check kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-control", dest="control", action="store_false")
    return parser.parse_args(arguments)


def _table(rounds: Sequence[Round], found: Found, proven: Proven, lost: int | None) -> str:
    lines = [
        f"{one.victim:<22} offered {one.offered_per_s:>5}/s  in flight {one.in_flight:>3}"
        f"  back after {one.ready_again_s:5.2f} s"
        for one in rounds
    ]
    lines += [
        f"acknowledged {found.acknowledged:,}, events {found.events:,}",
        (
            f"lost {found.lost}, doubled {found.doubled}, gaps {found.gaps}, "
            f"streams out of step {found.broken_streams}"
        ),
        (
            f"sealed {proven.sealed:,}, held against {proven.heads} heads written down before the "
            f"kills; read models rebuilt and compared: {len(proven.faults)} faults"
        ),
        *proven.faults,
    ]
    if lost is not None:
        lines.append(f"control with synchronous_commit off: lost {lost:,} (must be at least 1)")
    return "\n".join(lines)
