"""The mutation bench runs, counts what was answered, and can fail."""

import argparse

import pytest

from api.settings import REPOSITORY
from bench import mutations


@pytest.mark.slow
async def test_the_bench_reports_and_tells_where_time_goes() -> None:
    asked = argparse.Namespace(seconds=1.5, rounds=1, connections=4, stock=False, lines=0)
    figures = await mutations.run(asked)
    assert figures["per_s"] > 10
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert {"graphql", "log", "reporters"} <= figures["us_per_mutation"].keys()


def test_each_room_of_ours_is_there() -> None:
    """Whose folder has moved would be told under another name, or not at all."""
    ours = [part for part, _ in mutations.ROOMS if (REPOSITORY / part.split("/")[0]).is_dir()]
    assert {part.split("/")[0] for part in ours} == {"api", "domain", "eventlog", "projections"}
    assert [part for part in ours if not list(REPOSITORY.glob(f"{part.rstrip('/')}*"))] == []


async def test_a_report_that_is_refused_fails_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="the reporters failed"):
        await mutations.reported({"url": "127.0.0.1:1", "connections": 1, "seconds": 0.1})
