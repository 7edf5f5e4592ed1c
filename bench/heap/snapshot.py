"""A page's live heap by kind: what the engine made of the code, and what the page keeps.

A heap that grows may be a page that keeps things, which never ends, or an engine that goes on
compiling what is called often, which does. Their sum, all that the engine tells without a
snapshot, can't tell the one from the other.
"""

import json
from collections import Counter
from typing import Any, Final

from playwright.async_api import CDPSession

COLLECTIONS: Final = 4
ENGINE: Final = frozenset({"code", "object shape"})
"""Machine code, bytecode, feedback, hidden classes: bounded by the length of the script."""
BROWSER: Final = frozenset({"native", "synthetic"})
"""Of the browser, not of this heap: nodes, fonts, its lists of what was measured."""


async def kept(session: CDPSession) -> dict[str, int]:
    """Bytes of what lives, garbage collected first: `engine` and `page`."""
    for _ in range(COLLECTIONS):
        await session.send("HeapProfiler.collectGarbage")
    pieces: list[str] = []

    def take(event: dict[str, Any]) -> None:
        pieces.append(event["chunk"])

    session.on("HeapProfiler.addHeapSnapshotChunk", take)
    await session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    return by_kind(json.loads("".join(pieces)))


def by_kind(snapshot: dict[str, Any]) -> dict[str, int]:
    """Add up the own sizes of a snapshot's nodes."""
    meta, nodes = snapshot["snapshot"]["meta"], snapshot["nodes"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    width = len(fields)
    sizes: Counter[str] = Counter()
    kind_at, size_at = fields.index("type"), fields.index("self_size")
    for kind, size in zip(nodes[kind_at::width], nodes[size_at::width], strict=True):
        sizes[kinds[kind]] += size
    engine = sum(sizes.pop(kind, 0) for kind in ENGINE)
    return {
        "engine": engine,
        "page": sum(size for kind, size in sizes.items() if kind not in BROWSER),
    }
