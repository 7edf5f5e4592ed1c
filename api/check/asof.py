"""`quanke check asof`: every answer as of a position is the one of a log that ended there.

Random (position, read model, filter, order, page, scope), each asked twice: as of the
position beside the whole history, and live in an empty database in which the log was told
up to there and all read models were built from nothing (`stopped.py`). `--stir` first does
to a copy what may never happen to it by itself: an erasure, a correction, a merge and
unmerge, a border moved. Nothing else of the data directory is changed.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop

from api.check import beside
from api.check.questions import Question, ground, question
from api.check.stir import stir
from api.check.stopped import Stopped, stopped
from api.database import database
from api.settings import Settings
from api.wiring import App
from migrations import migrate
from projections.as_of import resolve
from projections.port import Connection
from projections.reading import standing
from projections.rebuild import build_missing, rebuild
from projections.registry import READ_MODELS
from projections.session import connect

NON_EMPTY: Final = 0.9
A_POSITION: Final = 5
"""Questions at one position: building on to it is what takes long."""
LATEST: Final = 60
"""A fifth of the positions are among so many last ones, where a stirred log was stirred."""


@dataclass
class Verdict:
    """What was asked, what was wrong, how long the slowest took, by position."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest_ms: float = 0.0
    slowest: str = ""

    @property
    def total(self) -> int:
        """How many questions were asked."""
        return sum(self.asked.values())

    @property
    def share(self) -> float:
        """The part of the answers that had something in them."""
        return self.answered / max(1, self.total)

    @property
    def ok(self) -> bool:
        """Whether every answer was right and nearly all had something in them."""
        return not self.wrong and self.total > 0 and self.share >= NON_EMPTY


def main(argv: Sequence[str]) -> int:
    """Run the check and print what was found; exit 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="quanke check asof", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a stopped data directory")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--stir", action="store_true", help="first write into this copy")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    found = uvloop.run(_run(asked.data, asked.cases, asked.seed, stirred=asked.stir))
    print(_json(found) if asked.json else _text(found, asked.seed))
    return 0 if found.ok else 1


async def _run(data: Path, cases: int, seed: int, *, stirred: bool) -> Verdict:
    settings = Settings(data=data)
    async with database(settings, "check asof") as dsn:
        await migrate(dsn)
        if stirred:
            async with App.open(settings, dsn) as app:
                await stir(app, random.Random(seed))
            await rebuild(dsn)
        await build_missing(dsn, READ_MODELS)
        return await compare(dsn, cases, seed)


async def compare(dsn: str, cases: int, seed: int) -> Verdict:
    """Ask so many questions of a database whose read models stand at the head."""
    rng, verdict = random.Random(seed), Verdict()
    reads = await connect(dsn, "check asof")
    try:
        head = (await standing(reads)).position
        wanted = -(-cases // A_POSITION)
        latest = [head - rng.randrange(min(LATEST, head)) for _ in range(wanted // 5)]
        positions = sorted(
            latest + [rng.randrange(1, head + 1) for _ in range(wanted - len(latest))]
        )
        async with stopped(dsn, READ_MODELS) as then:
            for index, position in enumerate(positions):
                await then.go_to(position)
                here = min(A_POSITION, cases - index * A_POSITION)
                await _at(reads, then, rng, verdict, here)
    finally:
        await reads.close()
    return verdict


async def _at(
    reads: Connection, then: Stopped, rng: random.Random, verdict: Verdict, cases: int
) -> None:
    at = await resolve(reads, await standing(reads), position=then.position)
    more = await beside.kinds(then.connection)
    for _ in range(cases):
        asked = question(rng, await ground(then.connection, rng, at.clock), more)
        expected = await asked.ask(then.connection, None)
        began = time.perf_counter()
        found = await asked.ask(reads, at)
        took = (time.perf_counter() - began) * 1_000
        _note(verdict, asked, then.position, expected, found, took)


def _note(
    verdict: Verdict, asked: Question, position: int, expected: Any, found: Any, took: float
) -> None:
    where = f"position {position}: {asked.words}"
    verdict.asked[asked.read_model] += 1
    verdict.answered += bool(expected[0] if isinstance(expected, tuple) else expected)
    if took > verdict.slowest_ms:
        verdict.slowest_ms, verdict.slowest = round(took, 1), where
    if found != expected:
        verdict.wrong.append(f"{where}\n  then: {expected!s:.600}\n  as of: {found!s:.600}")


def _json(found: Verdict) -> str:
    said = msgspec.to_builtins(found) | {"share": found.share, "ok": found.ok}
    return json.dumps(said, ensure_ascii=False)


def _text(found: Verdict, seed: int) -> str:
    by = ", ".join(f"{name} {count}" for name, count in sorted(found.asked.items()))
    lines = [
        f"{found.total} questions (seed {seed}), {len(found.wrong)} answers wrong",
        f"  {by}",
        f"  {found.share:.1%} of the answers had something in them (at least {NON_EMPTY:.0%})",
        f"  slowest {found.slowest_ms:g} ms at {found.slowest}",
    ]
    return "\n".join([*lines, *found.wrong[:10]])
