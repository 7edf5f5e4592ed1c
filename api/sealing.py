"""Personal fields on their way into the log and back out.

`DomainEvent.PERSONAL` says which fields, and whose: `case`, `contact`, `worker` or `office`;
a trailing `?` means only when the event is of a sensitive category. Sealing happens
before the log sees the event, so clear text never lies on disk.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from domain.case.values import Point
from domain.event import DomainEvent, Sealed
from eventlog.sealed import open_sealed, seal
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
    whose = getattr(event, owner, "") if owner in NAMED else stream
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
