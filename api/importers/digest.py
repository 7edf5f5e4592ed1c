"""What a row said, as one mark per field: enough to see what changed, nothing to read.

Each mark is four letters of a keyed hash over source, id, field and canonical value,
in the order of the source's fields; `....` where the file has no such column, `____`
where the source says nothing. A column that comes or goes is not a changed row,
unless it newly states something that we write.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final
from uuid import UUID

from api.importers.columns import Field

ABSENT: Final = "...."
EMPTY: Final = "____"
_WIDTH: Final = 4


class Marks:
    """Makes digests and command ids under one key of the installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(
        self, source: str, source_id: str, fields: tuple[Field, ...], values: Mapping[str, str]
    ) -> str:
        """Return the digest of a row; `values` holds canonical text of the columns there are."""
        row = hmac.digest(self._key, f"{source}|{source_id}".encode(), "sha256")
        return "".join(self._mark(row, field.name, values.get(field.name)) for field in fields)

    def command_id(self, stream: UUID, label: str) -> UUID:
        """Return the id of one step: the same step again is the same command."""
        mac = hmac.digest(self._key, stream.bytes + label.encode(), "sha256")
        return UUID(bytes=mac[:16], version=5)

    def _mark(self, row: bytes, name: str, value: str | None) -> str:
        if value is None:
            return ABSENT
        if not value:
            return EMPTY
        mac = blake2b(f"{name}|{value}".encode(), digest_size=3, key=row)
        return urlsafe_b64encode(mac.digest()).decode()


def changed(was: str, now: str, fields: tuple[Field, ...]) -> tuple[str, ...]:
    """Return the names of the fields that a newer row states differently."""
    found = []
    for field, old, new in zip(fields, _cut(was, len(fields)), _cut(now, len(fields)), strict=True):
        added = old == ABSENT and new not in (ABSENT, EMPTY) and field.states
        differs = ABSENT not in (old, new) and old != new
        if added or differs:
            found.append(field.name)
    return tuple(found)


def merged(was: str, now: str, fields: tuple[Field, ...]) -> str:
    """Return the newer digest, with the older marks of columns the newer file lacks."""
    pairs = zip(_cut(was, len(fields)), _cut(now, len(fields)), strict=True)
    return "".join(old if new == ABSENT else new for old, new in pairs)


def present(digest: str, fields: tuple[Field, ...]) -> frozenset[str]:
    """Return the names of the fields that the digested row's file had a column for."""
    marks = _cut(digest, len(fields))
    return frozenset(
        field.name for field, mark in zip(fields, marks, strict=True) if mark != ABSENT
    )


def _cut(digest: str, count: int) -> list[str]:
    marks = [digest[at : at + _WIDTH] for at in range(0, len(digest), _WIDTH)]
    return marks[:count] + [ABSENT] * (count - len(marks))
