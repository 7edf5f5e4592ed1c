"""The quarantine hook: a scanner looks at what was sent before anybody is shown it.

Without one configured everything counts as looked at, since the picture is made anew
anyway. `Clamd` speaks to a ClamAV daemon in its INSTREAM form. A scanner that can't be
reached leaves the picture in quarantine: kept and counted as evidence, shown to nobody.
"""

import asyncio
import struct
from enum import StrEnum
from typing import Final, Protocol

TIMEOUT_S: Final = 20.0
CHUNK: Final = 64 * 1024
LONGEST_ANSWER: Final = 4_096


class Verdict(StrEnum):
    """What a scanner says; the words are those of the column `state`."""

    CLEAN = "clean"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


class Scanner(Protocol):
    """Looks at a file."""

    async def look(self, sent: bytes, /) -> Verdict:
        """Return a verdict; QUARANTINED when it can't tell now."""
        ...


class NoScanner:
    """Finds nothing, because it does not look."""

    async def look(self, _sent: bytes, /) -> Verdict:
        """Let everything through."""
        return Verdict.CLEAN


class Clamd:
    """A ClamAV daemon at `host:port`, or at the path of its socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def look(self, sent: bytes, /) -> Verdict:
        """Ask the daemon; QUARANTINED when it does not answer within 20 s."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self._asked(sent)
        except (OSError, TimeoutError, ValueError):
            return Verdict.QUARANTINED
        if answer.endswith(b"OK"):
            return Verdict.CLEAN
        return Verdict.REFUSED if answer.endswith(b"FOUND") else Verdict.QUARANTINED

    async def _asked(self, sent: bytes) -> bytes:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(sent), CHUNK):
                piece = sent[start : start + CHUNK]
                writer.write(struct.pack(">I", len(piece)) + piece)
                await writer.drain()
            writer.write(struct.pack(">I", 0))
            await writer.drain()
            return (await reader.read(LONGEST_ANSWER)).rstrip(b"\0\n ")
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


def scanner_at(address: str | None) -> Scanner:
    """Return the daemon at an address; without one, the scanner that does not look."""
    return NoScanner() if address is None else Clamd(address)
