"""The one way to open personal words for a person: purpose, record, words, in this order.

Whether the reader may see the subject at all has been asked before (`domain.access`).
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from api.auth.tokens import Identity
from api.dispatch.sealing import Field, open_fields
from api.privacy.access import AccessLog
from domain.event import DomainEvent
from domain.privacy.commands import Read
from domain.privacy.purposes import PURPOSES, Purpose, purpose_for
from eventlog.vault import Vault


class PurposeMissing(Exception):
    """A sensitive field was asked for without a purpose this role may state."""


def purpose_of(reader: Identity, stated: Purpose | None, *, sensitive: bool) -> Purpose:
    """Return the purpose to write down. Raises PurposeMissing."""
    role = reader.actor.role
    purpose = purpose_for(role, stated, sensitive=sensitive)
    if purpose is None:
        may = ", ".join(sorted(one.name for one in PURPOSES.get(role, ()))) or "nothing"
        raise PurposeMissing(f"state a purpose; as {role.value} you may state: {may}")
    return purpose


async def open_for(
    reader: Identity,
    vault: Vault,
    access: AccessLog,
    stream: UUID,
    events: Sequence[DomainEvent],
    *,
    wanted: Callable[[Field], bool],
    purpose: Purpose,
    request: str = "",
) -> list[DomainEvent]:
    """Return events of one stream with the wanted fields opened, once that is noted.

    What can't be opened because its key was destroyed stays sealed; where nothing could be
    opened, nothing is noted. Raises LogBusy, LogUnavailable.
    """
    opened, touched = await open_fields(vault, stream, events, wanted)
    reads = [
        Read(subject=subject, fields=tuple(sorted(names)), purpose=purpose.value, request=request)
        for subject, names in sorted(touched.items())
    ]
    await access.note(reader.actor, reads, reader.basis)
    return opened
