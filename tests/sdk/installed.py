"""Plays a conformance case with the installed package; `installed.mjs` does the same.

Its last argument is {"url", "query", "silence_ms"}. After each message that was seen it says one
line of JSON: how many so far, and what the collection holds.
"""

import asyncio
import json
import sys
from typing import Any


async def main(stage: dict[str, Any]) -> None:
    from quanke_client import (  # type: ignore[import-not-found]
        READINGS,
        Asked,
        Line,
        LiveCollection,
    )

    live: Any = LiveCollection(READINGS["caseFeed"])
    seen = 0

    def told(problem: str | None) -> None:
        nonlocal seen
        if problem is None:
            seen += 1
            items = {key: item["version"] for key, item in live.items.items()}
            at = live.progress
            say({"seen": seen, "position": at.position, "cursor": at.cursor, "items": items})

    more = {} if stage["silence_ms"] is None else {"silence_s": stage["silence_ms"] / 1_000}
    asked = Asked(
        stage["url"], stage["query"], "caseFeed", lambda: {"after": live.progress.cursor}, **more
    )
    await Line(asked, live.apply, told).run()


def say(line: dict[str, Any]) -> None:
    """Say one line."""
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[-1])))
