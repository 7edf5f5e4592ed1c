"""Cases told in another order give the same read models, but for positions and times."""

import random
from typing import Any
from uuid import UUID

import asyncpg

from bench.histories import Step, story
from eventlog.memory import MemoryLog
from eventlog.record import Write
from projections.build import Build
from projections.port import ReadModel
from projections.registry import READ_MODELS
from tests.projections.logs import ACTOR

CASES = 120


async def built(connection: asyncpg.Connection, steps: list[Step], name: str) -> dict[str, Any]:
    """Build all read models from steps; return their rows without position and time of record."""
    log = MemoryLog(lambda: 10**15)
    for number, step in enumerate(steps):
        write = Write(step.stream, step.version - 1, (step.new(),))
        await log.append(random_id(number), ACTOR, [write])

    def schema(model: ReadModel) -> str:
        return f"{name}_{model.name}"

    build = Build(connection, log, READ_MODELS, schema)
    await build.create()
    await build.catch_up(await log.head())
    found: dict[str, Any] = {}
    for model in READ_MODELS:
        tables = await connection.fetch(
            "select table_name from information_schema.tables where table_schema = $1",
            schema(model),
        )
        for (table,) in tables:
            rows = await connection.fetch(
                f"select (to_jsonb(t) - $1::text[])::text from {schema(model)}.{table} t",
                ["position", "decision", "recorded_at", "until", "span"],
            )
            found[f"{model.name}.{table}"] = sorted(row[0] for row in rows)
    return found


def random_id(number: int) -> UUID:

    return UUID(int=number + 1)


async def test_the_order_of_cases_does_not_matter(database: str) -> None:
    told = [story(number).steps for number in range(CASES)]
    shuffled = random.Random(7).sample(told, len(told))
    connection = await asyncpg.connect(database)
    one = await built(connection, [step for steps in told for step in steps], "one")
    other = await built(connection, [step for steps in shuffled for step in steps], "other")
    await connection.close()
    assert one.keys() == other.keys()
    for name in one.keys() - {"feed.feed", "case_past.tide"}:
        assert one[name] == other[name], name
    assert len(one["case_board.board"]) == CASES
