"""The script that every SDK runs, against the Python one."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import pytest

from api.sdk.quanke_client import READINGS, Asked, Line, LiveCollection
from api.sdk.quanke_client.line import SILENCE_S
from tests.sdk.stage import PATIENCE_S, Stage, stage

SCRIPT: Final = Path(__file__).parents[2] / "api" / "sdk" / "conformance.json"
CASES: Final = json.loads(SCRIPT.read_text("utf-8"))["cases"]
QUERY: Final = "subscription Follow($after: String) { caseFeed(after: $after) { __typename } }"


class Playing:
    """A collection that follows a stage, and how much of what was said it has seen."""

    def __init__(self, on: Stage, silence_s: float) -> None:
        self.stage = on
        self.live: LiveCollection[Any] = LiveCollection(READINGS["caseFeed"])
        self.said = self.seen = 0
        asked = Asked(
            on.url, QUERY, "caseFeed", lambda: {"after": self.live.progress.cursor},
            silence_s=silence_s,
        )  # fmt: skip
        self.line = Line(asked, self.live.apply, self._told)

    def _told(self, problem: str | None) -> None:
        self.seen += problem is None

    async def play(self, step: dict[str, Any]) -> None:
        if "accept" in step:
            assert await self.stage.accept() == step["accept"]
        for message in step.get("say", ()):
            await self.stage.say("next", {"data": {"caseFeed": message}})
            self.said += 1
        async with asyncio.timeout(PATIENCE_S):
            while self.seen != self.said:
                await asyncio.sleep(0.005)
        if "holds" in step:
            assert self.holds() == step["holds"]
        await self.stage.end(step)

    def holds(self) -> dict[str, Any]:
        items = {key: item["version"] for key, item in self.live.items.items()}
        progress = self.live.progress
        return {"position": progress.position, "cursor": progress.cursor, "items": items}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_the_collection_does_what_the_script_says(case: dict[str, Any]) -> None:
    silence_s = case.get("silence_ms", SILENCE_S * 1_000) / 1_000
    async with stage() as on, asyncio.TaskGroup() as group:
        playing = Playing(on, silence_s)
        running = group.create_task(playing.line.run())
        for step in case["steps"]:
            await playing.play(step)
        running.cancel()


def test_the_script_has_every_kind_of_step() -> None:
    kinds = {kind for case in CASES for step in case["steps"] for kind in step}
    assert kinds == {"accept", "say", "holds", "refuse", "complete", "close", "cut", "hush"}
    assert len(CASES) >= 14
