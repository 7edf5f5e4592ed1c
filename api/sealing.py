"""Personal fields on their way into the log and back out.

`DomainEvent.PERSONAL` says which fields, and whose: `case`, `contact` or `worker`;
a trailing `?` means only when the event is of a sensitive category. Sealing happens
before the log sees the event, so clear text never lies on disk.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from domain.case.values import Point
from domain.event import DomainEvent, Sealed
from eventlog.sealed import open_sealed, seal
from eventlog.vault import DataKey, Vault

PURPOSE: Final = {"case": "text", "contact": "contact", "worker": "name"}
"""Owner kind → purpose of the key, as in `quanke_key`."""

Subject = tuple[str, str]


class Field(NamedTuple):
    """One personal field of an event class."""

    path: tuple[str, ...]
    owner: str
    only_sensitive: bool

    @property
    def name(self) -> str:
        """The dotted path, which is bound into the sealed value."""
        return ".".join(self.path)


class Clear(NamedTuple):
    """A value that has to be sealed: where it stands and whose it is."""

    place: int
    field: Field
    value: Any
    subject: Subject


@lru_cache(maxsize=512)
def personal(event: type[DomainEvent]) -> tuple[Field, ...]:
    """Return the personal fields of an event class."""
    return tuple(
        Field(tuple(path.split(".")), owner.rstrip("?"), owner.endswith("?"))
        for path, owner in event.PERSONAL.items()
    )


def value_at(event: DomainEvent, path: tuple[str, ...]) -> Any:
    """Return what stands at a path in an event, None where the path ends before."""
    value: Any = event
    for name in path:
        value = getattr(value, name, None)
        if value is None:
            return None
    return value


def _replaced(event: Any, path: tuple[str, ...], value: Any) -> Any:
    head, *rest = path
    inner = _replaced(getattr(event, head), tuple(rest), value) if rest else value
    return msgspec.structs.replace(event, **{head: inner})


def _subject(event: DomainEvent, owner: str, stream: UUID) -> Subject:
    whose = getattr(event, "worker", "") if owner == "worker" else stream
    return f"{owner}:{whose}", PURPOSE[owner]


def _clear_values(stream: UUID, events: Sequence[DomainEvent]) -> list[Clear]:
    found: list[Clear] = []
    for index, event in enumerate(events):
        if not event.PERSONAL:
            continue
        for field in personal(type(event)):
            if field.only_sensitive and not getattr(event, "sensitive", False):
                continue
            value = value_at(event, field.path)
            if value and not isinstance(value, Sealed):
                found.append(Clear(index, field, value, _subject(event, field.owner, stream)))
    return found


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


async def seal_events(
    vault: Vault, stream: UUID, events: Sequence[DomainEvent]
) -> Sequence[DomainEvent]:
    """Return the events with every personal field sealed.

    The keys are committed before this returns. Raises the vault's errors.
    """
    clear = _clear_values(stream, events)
    if not clear:
        return events
    keys = await vault.ensure(list({one.subject for one in clear}))
    sealed = list(events)
    for one in clear:
        event = sealed[one.place]
        value = _sealed(one, keys[one.subject], stream, event)
        sealed[one.place] = _replaced(event, one.field.path, value)
    return sealed


def _sealed(one: Clear, key: DataKey, stream: UUID, event: DomainEvent) -> Sealed:
    made = seal(_bytes(one.value), key, stream, event.TOPIC, event.SCHEMA, one.field.name)
    return msgspec.convert(made, Sealed)


def sealed_fields(event: DomainEvent) -> list[tuple[Field, Sealed]]:
    """Return the fields of an event that are sealed, with their sealed values."""
    values = ((field, value_at(event, field.path)) for field in personal(type(event)))
    return [(field, value) for field, value in values if isinstance(value, Sealed)]


async def open_events(
    vault: Vault,
    stream: UUID,
    events: Sequence[DomainEvent],
    owners: Collection[str] | None = None,
) -> list[DomainEvent]:
    """Return the events with every field opened whose key still exists.

    For permitted readers only: the caller has asked `domain.access` first. A field
    whose key was destroyed stays sealed, and so do those of other owners than `owners`.
    """
    found = [
        [one for one in sealed_fields(event) if owners is None or one[0].owner in owners]
        for event in events
    ]
    keys = await vault.keys(list({value.key for fields in found for _, value in fields}))
    opened = list(events)
    for index, fields in enumerate(found):
        for field, value in fields:
            key = keys.get(value.key)
            if key is not None:
                clear = _opened(value, key, stream, events[index], field)
                opened[index] = _replaced(opened[index], field.path, clear)
    return opened


def _opened(value: Sealed, key: DataKey, stream: UUID, event: DomainEvent, field: Field) -> Any:
    raw = open_sealed(
        msgspec.to_builtins(value), key, stream, event.TOPIC, event.SCHEMA, field.name
    )
    return msgspec.json.decode(raw, type=Point) if field.path[-1] == "point" else raw.decode()
