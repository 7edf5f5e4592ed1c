"""One case is asked for in turns: each once, spread over the run, however many rounds it has."""

from typing import Any, Final

import pytest

from bench import beside
from bench.beside import TURNS, Turns

BODIES: Final = [f"case-{number}" for number in range(23)]


@pytest.mark.parametrize("rounds", [0, 1, 3, 20])
async def test_every_case_is_asked_once_and_the_run_ends_with_a_turn(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    async def heard(_app: Any, _job: dict[str, Any], asking: dict[str, Any]) -> dict[str, Any]:
        asked.append(asking["bodies"])
        return {"p50_ms": float(len(asked))}

    monkeypatch.setattr(beside, "while_reported", heard)
    app: Any = None
    turns = Turns(app, {}, BODIES)
    for _ in range(rounds):
        await turns.take()
    assert len(asked) == min(rounds, TURNS - 1)
    await turns.take_all()
    assert turns.p50s_ms == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert sorted(one for some in asked for one in some) == sorted(BODIES)
