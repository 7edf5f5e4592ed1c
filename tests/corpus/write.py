"""Add a stored record for every topic and schema that has none yet; never change one.

A record has every field of its event, so that a reader that forgets one is found out. The
bytes are those of the log: canonical JSON, personal fields sealed under keys that nobody has.
"""

import hashlib
import json
import types
import typing
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec

from domain.event import DomainEvent, Meta, Sealed
from domain.topics import EVENT_TYPES, encode

FOLDER: Final = Path(__file__).parent
RECORDS: Final = FOLDER / "records"
DIGESTS: Final = FOLDER / "digests.json"
INSTANT: Final = 1_767_225_600_000_000
SEALED: Final = Sealed(
    key="7d444840-9dc0-41d1-b245-5ffdce74fad2",
    nonce="AAAAAAAAAAAAAAAA",
    ct="AAAAAAAAAAAAAAAAAAAAAA==",
)
META: Final = Meta(
    occurred_at=INSTANT, effective_at=INSTANT + 1, role="dispatcher", scope="371602.005.",
    unit="sanitation", basis="observed", device_time=INSTANT - 1, correlation="c", causation=7,
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", input="0" * 32,
)  # fmt: skip


def file_of(topic: str, schema: int) -> Path:
    """Return where the record of a topic in a schema lies."""
    return RECORDS / f"{topic}.{schema}.json"


def record_of(kind: type[DomainEvent]) -> dict[str, str | int]:
    """Return a stored record of an event class as it is now."""
    event = _whole(kind)
    for path in kind.PERSONAL:
        event = _sealed(event, path.split("."))
    return {
        "topic": kind.TOPIC, "schema": kind.SCHEMA,
        "meta": encode(META).decode(), "state": encode(event).decode(),
    }  # fmt: skip


def _whole(kind: type[Any]) -> Any:
    hints = typing.get_type_hints(kind)
    values = {name: _value(name, hints[name]) for name in kind.__struct_fields__}
    for one in msgspec.structs.fields(kind):
        if one.default is True:  # what equals its default is not written
            values[one.name] = False
    return kind(**values)


def _value(name: str, hint: Any) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _value(name, next(one for one in inner if one not in (type(None), Sealed)))
    if origin is tuple:
        many = inner[:1] if inner[-1] is Ellipsis else inner
        return tuple(_value(name, one) for one in many)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _whole(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    plain: dict[Any, Any] = {str: f"{name} 值", int: INSTANT, bool: True, float: 0.5}
    return plain.get(hint, {})


def _sealed(event: Any, path: list[str]) -> Any:
    name, *rest = path
    path_name = name.rstrip("?")
    inner = _sealed(getattr(event, path_name), rest) if rest else SEALED
    return msgspec.structs.replace(event, **{path_name: inner})


def digest(path: Path) -> str:
    """Return the SHA-256 of a record's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Add what is missing."""
    RECORDS.mkdir(exist_ok=True)
    known: dict[str, str] = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    for topic, kind in sorted(EVENT_TYPES.items()):
        path = file_of(topic, kind.SCHEMA)
        if path.exists():
            continue
        path.write_text(json.dumps(record_of(kind), ensure_ascii=False, indent=1) + "\n")
        known[path.name] = digest(path)
    DIGESTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
