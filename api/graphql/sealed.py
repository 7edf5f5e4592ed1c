"""The seal of what was done: how far the log is signed, and where the proof of an event is."""

import strawberry

from api.graphql.context import Info
from api.graphql.scalars import Instant, LogPosition
from api.http.log import proof_path
from eventlog import seals
from eventlog.format import leaf_entry
from eventlog.record import Position


@strawberry.type(description="The proof that an event is in the log; there within a second.")
class EventSeal:
    """Keep `entry` and the receipt: together they prove the event without us."""

    sealed: bool = strawberry.field(description="Whether the receipt can be had now.")
    entry: str = strawberry.field(description="The event's leaf entry; its hash is the leaf.")
    proof_url: str = strawberry.field(description="Path of the receipt, a C2SP tlog-proof.")


@strawberry.type(description="Somebody outside who has cosigned heads of this log.")
class Witness:
    """What it has seen, nobody can take back unnoticed."""

    name: str = strawberry.field(description="Its name, as in its signatures.")
    position: LogPosition = strawberry.field(description="Up to where it has cosigned.")
    at: Instant = strawberry.field(description="When its newest cosignature came.")


@strawberry.type(description="Where the log stands, and how much of it is signed.")
class LogHead:
    """The checkpoint is a signed note: origin, size, root, signatures."""

    head: LogPosition = strawberry.field(description="Position of the last event.")
    sealed: LogPosition = strawberry.field(description="Up to where the log is signed.")
    witnessed: LogPosition = strawberry.field(
        description="Up to where a witness outside has cosigned it; 0: none has."
    )
    origin: str = strawberry.field(description="Cell and epoch: the name of this log.")
    vkey: str | None = strawberry.field(
        description="The key it is signed with; compare it with one you were given elsewhere."
    )
    checkpoint: str | None = strawberry.field(description="The newest signed head.")
    sealed_at: Instant | None = strawberry.field(description="When it was signed.")

    @strawberry.field(description="Who outside has cosigned it, by name.")
    async def witnesses(self, info: Info) -> list[Witness]:
        """Return each witness with how far it has come."""
        return [
            Witness(name=one.witness, position=LogPosition(one.size), at=Instant(one.at))
            for one in await seals.cosigned(info.context.platform.pool)
        ]


async def seal_of(info: Info, position: int) -> EventSeal:
    """Return the seal of an event."""
    platform = info.context.platform
    (event,) = await platform.log.read_all(Position(position - 1), 1)
    standing = await seals.standing(platform.pool)
    return EventSeal(
        sealed=position <= standing.size,
        entry=leaf_entry(event).decode(),
        proof_url=proof_path(position),
    )


@strawberry.type
class SealQueries:
    """Root field about the log's head."""

    @strawberry.field(description="Where the log stands and how much of it is signed.")
    async def log(self, info: Info) -> LogHead:
        """Return the head of the log."""
        pool = info.context.platform.pool
        seal = await seals.latest(pool)
        standing = await seals.standing(pool)
        _, origin = await seals.epoch_and_origin(pool)
        return LogHead(
            head=LogPosition(standing.head),
            sealed=LogPosition(0 if seal is None else seal.size),
            witnessed=LogPosition(standing.witnessed),
            origin=origin,
            vkey=None if seal is None else seal.vkey,
            checkpoint=None if seal is None else str(seal.note),
            sealed_at=None if seal is None else Instant(seal.sealed_at),
        )
