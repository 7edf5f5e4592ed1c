"""Topic ↔ event class, and the bytes between them.

The registry is built from each capability's explicit EVENTS tuple. Bytes are
canonical: UTF-8 JSON, members sorted by name, no white space (docs/log-format.md).
Old schemas are lifted by `UPCASTS` before decoding; the log itself is never rewritten.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec.structs import force_setattr

from domain.account.events import EVENTS as ACCOUNT
from domain.alarm.events import EVENTS as ALARM
from domain.alert.events import EVENTS as ALERT
from domain.attestation import EVENTS as ATTESTATION
from domain.calendar.events import EVENTS as CALENDAR
from domain.case.events import EVENTS as CASE
from domain.catalogue.events import EVENTS as CATALOGUE
from domain.directory.events import EVENTS as DIRECTORY
from domain.epoch import EVENTS as EPOCH
from domain.event import By, ByMeta, DomainEvent, Meta
from domain.grid.events import EVENTS as GRID
from domain.privacy.events import EVENTS as PRIVACY
from domain.webhook.events import EVENTS as WEBHOOK

_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    *CASE, *GRID, *DIRECTORY, *CATALOGUE, *CALENDAR, *ACCOUNT, *PRIVACY, *EPOCH, *ATTESTATION,
    *ALARM, *WEBHOOK, *ALERT,
)  # fmt: skip
EVENT_TYPES: Final[dict[str, type[DomainEvent]]] = {event.TOPIC: event for event in _EVENTS}
RESERVED: Final = ("log.opened",)
"""Topics kept from the start and not written yet."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: Final[dict[tuple[str, int], Upcast]] = {
    ("directory.worker_dismissed", 1): lambda state: state,  # `reason` was not sealed yet
    ("account.identity_linked", 1): lambda state: state,  # nor was `identity`
    ("account.role_granted", 1): lambda state: state,  # nobody had a `thumbprint`
}
"""(topic, schema) → lift to schema + 1."""

_ENCODER = msgspec.json.Encoder(order="sorted")
_KNOWN: Final = {
    topic: (cls.SCHEMA, msgspec.json.Decoder(cls).decode) for topic, cls in EVENT_TYPES.items()
}
"""Topic → its schema of today, and what decodes that."""

decode_meta: Final = msgspec.json.Decoder(Meta).decode
"""Return the envelope's meta from its bytes: nothing stands between, as all events are read so."""
_decode_by: Final = msgspec.json.Decoder(ByMeta).decode


class UnknownTopic(LookupError):
    """The log holds a topic that this release does not know: quarantine, never skip."""


def encode(value: DomainEvent | Meta) -> bytes:
    """Return the canonical bytes of an event's state or of its meta."""
    return _ENCODER.encode(value)


def decode(topic: str, schema: int, state: bytes) -> DomainEvent:
    """Return the event that these bytes state, lifted to the current schema.

    Raises UnknownTopic, msgspec.ValidationError.
    """
    known = _KNOWN.get(topic)
    if known is None:
        raise UnknownTopic(topic)
    if schema == known[0]:
        return known[1](state)
    return _lift(topic, schema, state)


def decode_by(meta: bytes, actor: str) -> By:
    """Return who did an event, as the rules may read it, from the envelope's bytes."""
    by = _decode_by(meta)
    force_setattr(by, "actor", actor)  # made just now: nobody else has it yet
    return by


def _lift(topic: str, schema: int, state: bytes) -> DomainEvent:
    current = EVENT_TYPES[topic]
    if schema > current.SCHEMA:
        raise UnknownTopic(f"{topic} in schema {schema}")
    value = msgspec.json.decode(state)
    for step in range(schema, current.SCHEMA):
        value = UPCASTS[topic, step](value)
    return msgspec.convert(value, current)
