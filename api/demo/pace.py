"""Two tellers of one year keep step: neither runs far ahead of the other.

Each process has a core of its own and half of the matters. What they share is one small
mapped file with a simulated instant per teller, so that the log is in order of simulated
time as if one had told it.
"""

import asyncio
import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

POLL_S: Final = 0.002
DONE: Final = (1 << 63) - 1
_SLOT: Final = struct.Struct("<q")


@dataclass(frozen=True, slots=True)
class Share:
    """Which of the matters are told here: those whose number leaves `rest` when divided."""

    rest: int = 0
    tellers: int = 1

    def has(self, number: int) -> bool:
        """Tell whether a matter is ours."""
        return number % self.tellers == self.rest


WHOLE: Final = Share()


class Pace(Protocol):
    """Says where the others are."""

    async def keep(self, at: int, lead: int) -> None:
        """Say that we are at a simulated instant; wait while we lead by more than `lead`."""
        ...


class Alone:
    """The pace of one who tells the whole year."""

    async def keep(self, at: int, lead: int) -> None:
        """Go on."""


class InStep:
    """A mapped file: the end of the year, then one slot per teller.

    A plain aligned write of eight bytes needs no lock.
    """

    def __init__(self, slots: mmap.mmap, share: Share) -> None:
        self._slots = slots
        self._share = share
        self._at = 0

    async def year_end(self) -> int:
        """Return the instant at which the year ends, once somebody has set it."""
        while not (end := self._read(0)):
            await asyncio.sleep(POLL_S)
        return end

    def set_year_end(self, at: int) -> None:
        """Say when the year ends: the district is founded, the telling may begin."""
        _SLOT.pack_into(self._slots, 0, at)

    async def keep(self, at: int, lead: int) -> None:
        """Say where we are and wait for the slowest. Ends when the caller is cancelled."""
        self.reach(at)
        while at - self._slowest() > lead:
            await asyncio.sleep(POLL_S)

    def reach(self, at: int) -> None:
        """Say that nothing before an instant is left to tell here."""
        if at > self._at:
            self._at = at
            _SLOT.pack_into(self._slots, _SLOT.size * (1 + self._share.rest), at)

    def _slowest(self) -> int:
        return min(self._read(1 + teller) for teller in range(self._share.tellers))

    def _read(self, slot: int) -> int:
        return int(_SLOT.unpack_from(self._slots, _SLOT.size * slot)[0])


def lay_out(path: Path, tellers: int) -> None:
    """Make the file, with every teller at the beginning of time."""
    path.write_bytes(bytes(_SLOT.size * (1 + tellers)))


@contextmanager
def in_step(path: Path, share: Share) -> Iterator[InStep]:
    """Open the file of `lay_out`; who leaves no longer holds the others back."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as slots:
        pace = InStep(slots, share)
        try:
            yield pace
        finally:
            pace.reach(DONE)
