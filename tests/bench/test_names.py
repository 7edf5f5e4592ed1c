"""The list of benchmarks names what can be run, and nothing that they share."""

import importlib

from api.cli.bench import names


def test_every_benchmark_that_is_listed_can_be_run() -> None:
    known = names()
    assert {"append", "pixel", "play", "seek", "wall"} <= set(known)
    assert not {"patience", "shares", "__init__"} & set(known)
    assert all(callable(importlib.import_module(f"bench.{name}").main) for name in known)
