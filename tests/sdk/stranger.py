"""Uses the package as an integrator does: only what `./quanke sdk` wrote, and the door.

Speaks like `tests/clients/all.mjs`: {"ready": …}, a position on standard input, {"states": …}.
"""

import asyncio
import json
import sys
from typing import Any


async def main(door: dict[str, str]) -> None:
    from quanke_client.typed import Typed  # type: ignore[import-not-found]

    async with Typed(door["url"].removesuffix("/graphql"), door["token"]) as quanke:
        page = (await quanke.board(first=5))["cases"]
        async with quanke.follow_cases() as live:
            seen = aiter(live)
            await anext(seen)
            say({"ready": {"quanke_client": [one["id"] for one in page["nodes"]]}})
            position = int(await asyncio.to_thread(sys.stdin.readline))
            while live.progress.position < position:
                await anext(seen)
            states = {key: one["version"] for key, one in live.items.items()}
            say({"states": {"quanke_client": states}})


def say(line: dict[str, Any]) -> None:
    """Say one line."""
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    asyncio.run(main(json.loads(sys.argv[2])))
