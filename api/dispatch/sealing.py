"""Personal fields on their way into the log and back out.

`DomainEvent.PERSONAL` says which fields, and whose: `case`, `contact`, `worker` or `office`;
a trailing `?` means only when the event is of a sensitive category. Sealing happens
before the log sees the event, so clear text never lies on disk.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from domain.case.values import Point
from domain.event import DomainEvent, Sealed
from eventlog.sealed import EventSeal, open_sealed
from eventlog.vault import DataKey, Vault

PURPOSE: Final = {
    "case": "text", "contact": "contact", "worker": "name", "office": "file", "account": "name",
    "webhook": "secret",
}  # fmt: skip
"""Owner kind → purpose of the key, as in `quanke_key`."""

NAMED: Final = frozenset({"worker", "account", "webhook"})
"""Owners whose id stands in the event; the others go by the stream."""

Subject = tuple[str, str]


class Field(NamedTuple):
    """One personal field of an event class; `name` is bound into the sealed value."""

    path: tuple[str, ...]
    name: str
    owner: str
    only_sensitive: bool


Clear = tuple[Field, Any, Subject]
"""A value that has to be sealed: which field it is, and whose."""


@lru_cache(maxsize=512)
def personal(event: type[DomainEvent]) -> tuple[Field, ...]:
    """Return the personal fields of an event class."""
    return tuple(
        Field(tuple(path.split(".")), path, owner.rstrip("?"), owner.endswith("?"))
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
    whose = getattr(event, owner, "") if owner in NAMED else stream
    return f"{owner}:{whose}", PURPOSE[owner]


def _clear_values(stream: UUID, event: DomainEvent) -> list[Clear]:
    if not event.PERSONAL:
        return []
    found: list[Clear] = []
    owners: dict[str, Subject] = {}
    for field in personal(type(event)):
        value = value_at(event, field.path)
        if not value or isinstance(value, Sealed):
            continue
        if field.only_sensitive and not getattr(event, "sensitive", False):
            continue
        subject = owners.get(field.owner)
        if subject is None:
            subject = owners[field.owner] = _subject(event, field.owner, stream)
        found.append((field, value, subject))
    return found


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


async def seal_events(
    vault: Vault, stream: UUID, events: Sequence[DomainEvent]
) -> Sequence[DomainEvent]:
    """Return the events with every personal field sealed.

    The keys are committed before this returns. Raises the vault's errors.
    """
    clear = [_clear_values(stream, event) for event in events]
    subjects = {subject for each in clear for _, _, subject in each}
    if not subjects:
        return events
    keys = await vault.ensure(list(subjects))
    return [
        _sealed(event, each, keys, stream) if each else event
        for event, each in zip(events, clear, strict=True)
    ]


def _sealed(
    event: DomainEvent, clear: Sequence[Clear], keys: Mapping[Subject, DataKey], stream: UUID
) -> DomainEvent:
    seals: dict[Subject, EventSeal] = {}
    changes: dict[str, Any] = {}
    for field, value, subject in clear:
        seal = seals.get(subject)
        if seal is None:
            seal = seals[subject] = EventSeal(keys[subject], stream, event.TOPIC, event.SCHEMA)
        key, nonce, ct = seal.sealed(field.name, _bytes(value))
        inside = changes
        for name in field.path[:-1]:
            inside = inside.setdefault(name, {})
        inside[field.path[-1]] = Sealed(key=key, nonce=nonce, ct=ct)
    changed: DomainEvent = _changed(event, changes)
    return changed


def _changed(struct: Any, changes: Mapping[str, Any]) -> Any:
    """Return a struct with other fields; those of structs inside it are mappings."""
    for name, value in changes.items():
        if isinstance(value, dict):
            changes = {**changes, name: _changed(getattr(struct, name), value)}
    return msgspec.structs.replace(struct, **changes)


def sealed_fields(event: DomainEvent) -> list[tuple[Field, Sealed]]:
    """Return the fields of an event that are sealed, with their sealed values."""
    values = ((field, value_at(event, field.path)) for field in personal(type(event)))
    return [(field, value) for field, value in values if isinstance(value, Sealed)]


async def open_events(
    vault: Vault, stream: UUID, events: Sequence[DomainEvent]
) -> list[DomainEvent]:
    """Return the events with every field opened whose key still exists.

    For the platform's own work. What people read goes through `privacy/opening.py`, which
    writes down that they do.
    """
    return (await open_fields(vault, stream, events))[0]


async def open_fields(
    vault: Vault,
    stream: UUID,
    events: Sequence[DomainEvent],
    wanted: Callable[[Field], bool] = lambda _: True,
) -> tuple[list[DomainEvent], dict[str, set[str]]]:
    """Return the events with the wanted fields opened whose key still exists.

    Also the dotted paths that were opened, by subject. The others stay sealed.
    """
    found = [[one for one in sealed_fields(event) if wanted(one[0])] for event in events]
    keys = await vault.keys(list({value.key for each in found for _, value in each}))
    opened = list(events)
    touched: dict[str, set[str]] = {}
    for index, each in enumerate(found):
        for field, value in each:
            key = keys.get(value.key)
            if key is None:
                continue
            clear = _opened(value, key, stream, events[index], field)
            opened[index] = _replaced(opened[index], field.path, clear)
            subject, _ = _subject(events[index], field.owner, stream)
            touched.setdefault(subject, set()).add(field.name)
    return opened, touched


def _opened(value: Sealed, key: DataKey, stream: UUID, event: DomainEvent, field: Field) -> Any:
    raw = open_sealed(
        msgspec.to_builtins(value), key, stream, event.TOPIC, event.SCHEMA, field.name
    )
    return msgspec.json.decode(raw, type=Point) if field.path[-1] == "point" else raw.decode()
