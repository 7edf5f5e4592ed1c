"""Ids as the database driver makes them: UUIDs like any other, made and written out in C.

Equal to the standard library's, of the same hash, and a subclass of them; to make one and to
put it into words costs a seventh. A command does so a dozen times.
"""

import os
import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    DriverUUID = UUID
else:
    from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - it is a class

_VARIANT: Final = 0x8000_0000_0000_0000
_RANDOM_62: Final = 0x3FFF_FFFF_FFFF_FFFF


def uuid_of(text: str) -> UUID:
    """Return the UUID that a text states, in any form that UUID takes. Raises ValueError."""
    try:
        return DriverUUID(text)
    except ValueError:
        return UUID(text)


def random_id() -> UUID:
    """Return a UUIDv4."""
    noise = bytearray(os.urandom(16))
    noise[6] = 0x40 | noise[6] & 0x0F
    noise[8] = 0x80 | noise[8] & 0x3F
    return id_of(bytes(noise))


def ordered_id() -> UUID:
    """Return a UUIDv7: ordered by time, which the log's index likes."""
    noise = int.from_bytes(os.urandom(10))
    stamp = time.time_ns() // 1_000_000
    high = stamp << 16 | 0x7000 | noise >> 62 & 0x0FFF
    return id_of((high << 64 | _VARIANT | noise & _RANDOM_62).to_bytes(16))


def id_of(sixteen: bytes) -> UUID:
    """Return the UUID of sixteen bytes."""
    made: UUID = DriverUUID(sixteen)  # type: ignore[arg-type]
    return made
