"""Who appends beside us, each with the same event of some 300 bytes.

A peer prepares itself once and then measures for a number of seconds, round by round.
"""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

STATE: Final = (
    b'{"category":"10101","channel":"grid_worker","description":{"ct":"'
    + b"y" * 120
    + b'","key":"6f1c2a50-8d0e-4b57-9a57-0d5f2f3c4e11","nonce":"AAECAwQFBgcICQoL","sealed":1},'
    b'"number":"37160220251009000001","place":{"grid":"371602005036001"}}'
)
META: Final = (
    b'{"correlation":"01990000-0000-7000-8000-0000000000aa","effective_at":1760000000000000,'
    b'"occurred_at":1760000000000000,"role":"grid_worker","scope":"371602.005.036.001."}'
)
TOPIC: Final = "case.reported"
TURNS: Final = 2
"""How often each number of clients is tried, for a second each time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: commands (= events) per second and latencies in milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float


class Peer(Protocol):
    """Something that appends single events."""

    name: str

    async def measure(self, seconds: float) -> Measured:
        """Append for so long."""
        ...


def measured(latencies_s: Sequence[float], seconds: float) -> Measured:
    """Sum up one round."""
    ordered = sorted(latencies_s)
    return Measured(
        len(ordered) / seconds,
        ordered[len(ordered) // 2] * 1_000,
        ordered[int(len(ordered) * 0.99)] * 1_000,
    )


async def fastest(counts: Sequence[int], per_s: Callable[[int], Awaitable[float]]) -> int:
    """Try numbers of clients in turns, and return the one that did most in all of its turns.

    Disks change by the second: one turn of each would choose the lucky one, not the best.
    """
    done = dict.fromkeys(counts, 0.0)
    for clients in (*counts,) * TURNS:
        done[clients] += await per_s(clients)
    return max(done, key=done.__getitem__)


def uuid7() -> UUID:
    """Return a time-ordered id: every peer has the same kind, which indexes like."""
    noise = int.from_bytes(os.urandom(10))
    low = 0x8000_0000_0000_0000 | (noise & 0x3FFF_FFFF_FFFF_FFFF)
    stamp = time.time_ns() // 1_000_000
    return UUID(int=stamp << 80 | 0x7000 << 64 | (noise >> 62 & 0x0FFF) << 64 | low)
