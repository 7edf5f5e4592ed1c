"""What `bench append` concludes from what it measured: ratios, void runs, goals."""

import pytest

from bench.append import FLOORS, Sized, Spread, judged, report
from bench.peers import Measured

IDLE = {
    "pgbench_single": (25_000.0, 1.5, 4.0), "pgbench_100": (110_000.0, 1.5, 4.0),
    "stock_16": (1_500.0, 10.0, 14.0), "emmett": (4_000.0, 12.0, 20.0),
    "message_db": (4_500.0, 3.0, 9.0), "quanke_256": (50_000.0, 4.5, 9.0),
    "pgbench_1": (6_000.0, 0.15, 0.4), "quanke_1": (3_000.0, 0.3, 0.6),
}  # fmt: skip


def sized(**changed: tuple[float, float, float]) -> Sized:
    """Return three like rounds of every peer on an idle machine."""
    return {
        name: Spread((Measured(*figures),) * 3) for name, figures in {**IDLE, **changed}.items()
    }


def test_an_idle_machine_meets_every_goal() -> None:
    assert judged({0: sized(), 1_000_000: sized()}) == (0, [])


@pytest.mark.parametrize("name", FLOORS)
def test_a_peer_below_half_its_rate_voids_the_run(name: str) -> None:
    slow = sized(**{name: (FLOORS[name] - 1.0, 1.0, 2.0)})
    assert judged({0: sized(), 1_000_000: slow}) == (2, [name])


@pytest.mark.parametrize(
    "missed",
    [
        {"quanke_256": (36_000.0, 4.5, 9.0)},
        {"quanke_256": (50_000.0, 5.1, 9.0)},
        {"quanke_256": (50_000.0, 4.5, 10.1)},
        {"quanke_1": (1_500.0, 0.5, 0.6)},
        {"emmett": (6_300.0, 12.0, 20.0)},
        {"message_db": (6_300.0, 12.0, 20.0)},
        {"stock_16": (2_100.0, 7.0, 9.0)},
    ],
)
def test_a_missed_goal_at_one_size_fails(missed: dict[str, tuple[float, float, float]]) -> None:
    assert judged({0: sized(**missed), 1_000_000: sized()}) == (1, [])


def test_the_median_counts_and_the_spread_is_told() -> None:
    rounds = tuple(Measured(rate, 4.0, 9.0) for rate in (40_000.0, 60_000.0, 20_000.0))
    sizes = {0: {**sized(), "quanke_256": Spread(rounds)}}
    ours = next(row for row in report(sizes, [])["rows"] if row["name"] == "quanke_256")
    assert ours == {
        "name": "quanke_256", "value": 40_000.0, "p50_ms": 4.0, "p99_ms": 9.0,
        "worst": 20_000.0, "best": 60_000.0,
    }  # fmt: skip
    assert report(sizes, [])["ratios"]["0"]["over_pgbench"] == 1.6
