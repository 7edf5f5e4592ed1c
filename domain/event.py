"""What all domain events share: a frozen struct under a topic that is a name.

The topic is never a module path: code may move, the log may not (docs/topics.md).
`PERSONAL` names the fields that hold free text, media or a person's data, and the
subject under whose key each is sealed before it is stored: `case` (a key of the
case) or `contact` (a key of the person who gave it).

`gc=False`, here and where states and rows are made by the thousand: frozen trees have no
cycles, and the collector need not look through them.
"""

from typing import Any, ClassVar, Final

import msgspec

Microseconds = int
"""An instant: integer microseconds since the epoch, UTC."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True, tag_field="sealed", tag=1, gc=False):
    """A value only the holder of `key` can read: `{"sealed":1,…}`, see docs/log-format.md."""

    key: str
    nonce: str
    ct: str


Text = str | Sealed
"""Free text: clear in a command and in `decide`, sealed in the log."""


class DomainEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of all events. Subclasses set TOPIC, and SCHEMA when it grows."""

    TOPIC: ClassVar[str]
    SCHEMA: ClassVar[int] = 1
    PERSONAL: ClassVar[dict[str, str]] = {}


CANARY: Final = "canary"
"""The basis of a report that only tries the way: in the log, in nothing counted or shown."""


class By(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who did it, as what, where from and when: the part of the envelope rules may read.

    `at` is the effective time in microseconds UTC: the running maximum of occurred_at in the
    stream. The log's own clock is not here: no rule looks at it.
    """

    actor: str
    role: str
    scope: str = ""
    unit: str | None = None
    basis: str = "observed"
    at: Microseconds = 0


class ByMeta(By, frozen=True, kw_only=True, gc=False):
    """The same as an event's meta tells it, which says nothing of the actor."""

    actor: str = ""
    at: Microseconds = msgspec.field(name="effective_at", default=0)


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The envelope's `meta` column: canonical JSON beside every event.

    `occurred_at` is claimed, `effective_at` its running maximum within the stream,
    `causation` the position of the event that led to this one, `input` the keyed
    digest of the command, by which a reused command id is told from a retry.
    """

    occurred_at: Microseconds
    effective_at: Microseconds
    role: str
    scope: str = ""
    unit: str | None = None
    basis: str = "observed"
    device_time: Microseconds | None = None
    correlation: str | None = None
    causation: int | None = None
    traceparent: str | None = None
    input: str | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of all commands: what somebody wants, in the imperative."""

    NAME: ClassVar[str]


Facts = dict[str, Any]
