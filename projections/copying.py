"""Values in PostgreSQL's binary COPY format, for the two tables that get a row an event.

asyncpg's own COPY asks a codec for every value. Here the bytes of a value are remembered, for
most of a case is the same from one event to the next: a look-up instead of an encoding. A
field is its length and its bytes (PostgreSQL, "COPY", binary format).
"""

from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from itertools import chain
from struct import Struct
from typing import Any, Final
from uuid import UUID

Encode = Callable[[Any], bytes]
NULL: Final = Struct(">i").pack(-1)
KNOWN: Final = 50_000
"""Values of a kind whose bytes are remembered, about 100 bytes each."""
MESSAGE: Final = 1 << 18
"""Bytes of a message, about."""
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = Struct(">h").pack(-1)
_length: Final = Struct(">i").pack
_int8: Final = Struct(">iq").pack
_int4: Final = Struct(">ii").pack
_array_head: Final = Struct(">iii").pack
_dimension: Final = Struct(">ii").pack
_TEXT_OID, _INT8_OID, _UUID_OID = 25, 20, 2950


class Remembered(dict[Hashable, bytes]):
    """The bytes of values by value, null for None; all forgotten when they are too many."""

    def __init__(self, encode: Encode) -> None:
        super().__init__({None: NULL})
        self._encode = encode

    def __missing__(self, value: Hashable) -> bytes:
        """Encode a value that is new."""
        if len(self) >= KNOWN:
            self.clear()
            self[None] = NULL
        self[value] = found = self._encode(value)
        return found


def once(value: bytes | None) -> bytes:
    """Return a text, as UTF-8, that hardly ever comes again."""
    return NULL if value is None else _sized(value)


def _text(value: str) -> bytes:
    return _sized(value.encode())


def boolean(value: bool) -> bytes:
    """Return a boolean."""
    return b"\0\0\0\1\1" if value else b"\0\0\0\1\0"


def _array(kind: int, sizes: list[int], items: list[bytes]) -> bytes:
    if not items:
        return _sized(_array_head(0, 0, kind))
    dimensions = b"".join(_dimension(size, 1) for size in sizes)
    nulls = int(NULL in items)
    return _sized(_array_head(len(sizes), nulls, kind) + dimensions + b"".join(items))


def _texts(values: tuple[str | None, ...]) -> bytes:
    return _array(_TEXT_OID, [len(values)], [text(one) for one in values])


def _uuids(values: tuple[str, ...]) -> bytes:
    return _array(_UUID_OID, [len(values)], [uuid(one) for one in values])


def _pairs(values: tuple[tuple[int, int], ...]) -> bytes:
    ends = [_int8(8, end) for pair in values for end in pair]
    return _array(_INT8_OID, [len(values), 2], ends)


def _sized(value: bytes) -> bytes:
    return _length(len(value)) + value


text: Final[Encode] = Remembered(_text).__getitem__
int8: Final[Encode] = Remembered(lambda value: _int8(8, value)).__getitem__
int4: Final[Encode] = Remembered(lambda value: _int4(4, value)).__getitem__
uuid: Final[Encode] = Remembered(lambda value: b"\0\0\0\x10" + UUID(value).bytes).__getitem__
texts: Final[Encode] = Remembered(_texts).__getitem__
"""A text[] from a tuple."""
uuids: Final[Encode] = Remembered(_uuids).__getitem__
"""A uuid[] from a tuple of texts."""
pairs: Final[Encode] = Remembered(_pairs).__getitem__
"""A bigint[][2] from a tuple of pairs."""


async def source(rows: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Yield rows as what `copy_to_table(format="binary")` reads, in messages of some size.

    Not as a file: the driver reads one by a thread, which costs a third of laying the rows out.
    """
    message, size = list[bytes](), 0
    for row in chain((_HEADER,), rows, (_TRAILER,)):
        message.append(row)
        size += len(row)
        if size >= MESSAGE:
            yield b"".join(message)
            message, size = [], 0
    yield b"".join(message)
