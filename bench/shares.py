"""Who has had the processors: the seconds of this process and of all it has started, by kind.

Read from /proc; where there is none, nothing is told. Children that have ended and were waited
for count with whoever waited.
"""

import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

KINDS: Final = {"postgres": "PostgreSQL", "chrom": "Chromium", "headless_shell": "Chromium"}
"""By how the command's name begins; any other but the platform itself drives the load."""


def seconds() -> Counter[str]:
    """Return the processor seconds so far, by kind."""
    found: Counter[str] = Counter()
    known = _processes()
    ours = {os.getpid()}
    while more := {pid for pid, one in known.items() if one[1] in ours} - ours:
        ours |= more
    for pid in ours & known.keys():
        name, _parent, own, waited_for = known[pid]
        here = pid == os.getpid()
        found["platform" if here else _kind(name)] += own
        found["driver" if here else _kind(name)] += waited_for
    return Counter({kind: ticks / os.sysconf("SC_CLK_TCK") for kind, ticks in found.items()})


def cores(
    before: Mapping[str, float], after: Mapping[str, float], span_s: float
) -> dict[str, float]:
    """Return how many processors each kind has kept busy."""
    return {
        kind: round((used - before.get(kind, 0.0)) / span_s, 2)
        for kind, used in sorted(after.items())
    }


def _kind(name: str) -> str:
    return next((kind for begin, kind in KINDS.items() if name.startswith(begin)), "driver")


def _processes() -> dict[int, tuple[str, int, int, int]]:
    """Return name, parent, own ticks and those of ended children of all that /proc shows."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            head, _, rest = stat.read_text().rpartition(")")
            fields = rest.split()
            own, waited_for = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
            name = head.partition("(")[2]
            found[int(stat.parent.name)] = name, int(fields[1]), own, waited_for
    return found
