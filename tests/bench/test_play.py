"""How far a replay is behind is counted from its first message, in seconds of ours."""

import json
from datetime import UTC, datetime
from typing import Any

from bench.play import GOAL_S, Heard

BEGIN = 1_000_000.0


def _heard(beats: list[tuple[float, float]]) -> dict[str, Any]:
    """What is found when heartbeats come at these seconds, for these of the past's."""
    clock = iter([10.0, *(10.0 + at for at, _ in beats)])
    heard = Heard(lambda: next(clock))
    heard.take(json.dumps({"type": "connection_ack"}))
    _take(heard, {"__typename": "WallSnapshot"})
    for _, told in beats:
        at = datetime.fromtimestamp(BEGIN + told, UTC).isoformat()
        beat = {"__typename": "Heartbeat", "serverTime": at, "oldestUnappliedAgeMs": 0}
        _take(heard, beat)
    return heard.figures(BEGIN, 600)


def _take(heard: Heard, message: dict[str, Any]) -> None:
    heard.take(json.dumps({"type": "next", "payload": {"data": {"replay": message}}}))


def test_a_telling_that_keeps_its_pace_is_not_behind() -> None:
    found = _heard([(0.5, 300.0), (1.0, 600.0), (10.1, 6_000.0)])
    assert (found["worst_behind_s"], found["behind_at_end_s"]) == (0.1, 0.1)
    assert found["messages"] == 4


def test_one_that_tells_less_than_is_due_is_behind() -> None:
    found = _heard([(0.5, 300.0), (10.0, 3_000.0)])
    assert found["worst_behind_s"] == found["behind_at_end_s"] == 5.0
    assert found["worst_behind_s"] > GOAL_S
