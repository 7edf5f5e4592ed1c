"""What `bench overload` concludes from what it measured."""

from typing import Any

import pytest

from bench.overload import met

WAY: dict[str, Any] = {
    "kept": 0.93, "reports_taken": 0.99, "queries_shed": 100, "without_retry_after": 0,
}  # fmt: skip


def mix(*ways: dict[str, Any], filled: float = 1.0) -> dict[str, Any]:
    """Return a mix measured straight, and through a front where there is a second."""
    return {"filled": filled, "ways": dict(zip(("straight", "front"), ways, strict=False))}


def test_one_of_the_ways_has_to_keep_the_peak() -> None:
    assert met(mix(WAY))
    assert met(mix({**WAY, "kept": 0.6}, WAY))
    assert not met(mix({**WAY, "kept": 0.6}, {**WAY, "kept": 0.89}))


@pytest.mark.parametrize(
    "missed", [{"reports_taken": 0.94}, {"queries_shed": 0}, {"without_retry_after": 1}]
)
def test_what_else_is_asked_holds_on_every_way(missed: dict[str, Any]) -> None:
    assert not met(mix(WAY, {**WAY, **missed}))


def test_empty_answers_are_no_load() -> None:
    assert not met(mix(WAY, filled=0.89))
