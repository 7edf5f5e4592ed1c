"""Strangers of all kinds at a real server: no 5xx, no trace, nothing left over.

A run that the server mostly refuses proves nothing, so it must accept its share, and every
operation at least once. `./quanke check fuzz` runs the same for as long as one likes.
"""

import os
import time
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from api.graphql.schema import SCHEMA_CORE
from tests.fuzz.commands import Walk
from tests.fuzz.operations import Asking
from tests.fuzz.wires import ATTACKS, Dawdlers, settled
from tests.fuzz.world import Tally, World, pools, world
from tests.homes import home

SHARE: Final = 0.3
EXAMPLES: Final = int(os.environ.get("QUANKE_FUZZ_EXAMPLES", "3"))
SECONDS: Final = float(os.environ.get("QUANKE_FUZZ_S", "0"))
"""For so long it goes on, with other documents and bytes each time; at least once through all."""
ASKING: Final = 0.75
"""The share of that for documents; the rest is for bytes."""
SEED: Final = int(os.environ.get("QUANKE_FUZZ_SEED", "20261128"))
GROWN_KB: Final = 40_000
"""Caches of documents, plans and answers fill; what grows beyond that is a leak."""
SPARE_FILES: Final = 6
"""Database connections that the pool opens when there is much to do."""


@pytest.fixture(scope="module")
def ground() -> Iterator[World]:
    with home("quanke-fuzz-") as path, world(path) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_operations_are_answered_whatever_is_asked(ground: World) -> None:
    began, tally, rng = time.monotonic(), Tally(), Random(SEED)
    walk = Walk(ground, tally, rng)
    walk.run(bent=1 if EXAMPLES < 10 else 4)
    for _ in range(1 + EXAMPLES // 10):
        walk.around(bent=1 if EXAMPLES < 10 else 3)
    there = pools(ground, list(walk.cases.values()))
    asking = Asking(ground, tally, there, SEED)
    asking.all(EXAMPLES)
    warm = ground.rss_kb()
    asking.subscriptions(EXAMPLES)
    seed, until = SEED, began + ASKING * SECONDS
    if EXAMPLES >= 10:
        Asking(ground, tally, there, seed := seed + 1).all(EXAMPLES)
    while time.monotonic() < until:
        Asking(ground, tally, there, seed := seed + 1).all(EXAMPLES, until)
    report(tally, ground.rss_kb() - warm)
    assert not tally.wrong, "\n".join(tally.wrong[:9])
    assert ground.unforeseen() == []
    named = {
        f"{kind} {name}"
        for kind, root in (
            ("query", SCHEMA_CORE.query_type), ("mutation", SCHEMA_CORE.mutation_type),
            ("subscription", SCHEMA_CORE.subscription_type),
        )
        for name in (root.fields if root is not None else ())
    }  # fmt: skip
    assert set(tally.asked) == named
    assert not tally.never, tally.never
    assert tally.share >= SHARE
    assert ground.rss_kb() - warm < GROWN_KB


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_bytes_that_are_no_protocol_hurt_nobody(ground: World) -> None:
    began, files, rng = time.monotonic(), ground.open_files(), Random(SEED)
    dawdlers = Dawdlers(ground)
    for attack in ATTACKS:
        attack(ground, rng)
        assert ground.ready(), attack.__name__
    warm = ground.rss_kb()
    rounds = EXAMPLES // 10
    while rounds > 0 or time.monotonic() < began + (1 - ASKING) * SECONDS:
        rounds -= 1
        for attack in ATTACKS:
            attack(ground, rng)
            assert ground.ready(), attack.__name__
    assert dawdlers.left() == []
    assert ground.unforeseen() == []
    assert ground.rss_kb() - warm < GROWN_KB
    assert settled(ground, files + SPARE_FILES) <= files + SPARE_FILES


def report(tally: Tally, grown_kb: int) -> None:
    """Print what was asked and accepted, for those who run it by hand."""
    for name in sorted(tally.asked):
        print(f"{name:<40} {tally.asked[name]:>6} asked {tally.accepted[name]:>6} accepted")
    print(f"{tally.asked.total()} asked, {tally.share:.0%} accepted; grown {grown_kb} KB")
