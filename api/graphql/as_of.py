"""`asOf` on root fields: the moment a question is asked as of, and what is read there.

By position and by recorded time: what was known. By effective time: what had happened by
then, as known now. What one may see is today's, and so is what was erased; what is shown
is as it was, names of areas and departments included.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
import strawberry

from api.graphql.context import Context
from api.graphql.errors import BadInput
from api.graphql.paging import cursor_kind
from api.graphql.scalars import Instant, LogPosition
from api.platform import Platform
from api.reference import Reference
from projections.as_of import At, NotYet, happened, known, position_at, resolve
from projections.port import Connection, Reads
from projections.reading import Standing, at_position
from projections.sight import EVERYTHING, Sight

REACH_S: Final = 2.0
"""How long is waited for read models that are a little behind."""


@strawberry.input(one_of=True, description="A moment to ask as of: exactly one of the three.")
class AsOf:
    """The three times of the log."""

    position: LogPosition | None = strawberry.field(
        default=strawberry.UNSET, description="What was known at this position of the log."
    )
    recorded_at: Instant | None = strawberry.field(
        default=strawberry.UNSET, description="What was known at this instant."
    )
    effective_at: Instant | None = strawberry.field(
        default=strawberry.UNSET,
        description="What had happened by this instant, as known now.",
    )


AskedAsOf = Annotated[
    AsOf | None, strawberry.argument(description="As of this moment; now without it.")
]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One snapshot of the read models, as of a moment (`at` None: the present).

    `reference` is the district then; `now` the instant that counts as now, microseconds UTC.
    """

    platform: Platform
    reads: Connection
    found: Standing
    at: At | None
    reference: Reference
    now: int

    @property
    def position(self) -> int:
        """The last position looked at."""
        return self.found.position if self.at is None else self.at.position

    def cursor(self, kind: str) -> str:
        """Return the kind of cursor of a list as of this moment."""
        return kind if self.at is None else f"{kind}@{self.at.name}"


def present(platform: Platform, reads: Connection, found: Standing) -> Sighting:
    """Return the present."""
    return Sighting(platform, reads, found, None, platform.reference, platform.clock())


@asynccontextmanager
async def sighting(
    context: Context, sight: Sight, asked: AsOf | None, after: str | None = None
) -> AsyncIterator[Sighting]:
    """Open a snapshot as of what was asked, or of what the cursor `after` carries.

    It shows cases that lie in the sight today. States the position read. Raises BadInput
    for a moment that has not come.
    """
    platform, asked = context.platform, asked or _carried(after)
    position = await _reached(platform, asked) if asked is not None else None
    async with at_position(platform.reads, sight) as (reads, found):
        if asked is None:
            seen = present(platform, reads, found)
        else:
            effective_at = _given(asked.effective_at)
            try:
                at = await resolve(reads, found, position=position, effective_at=effective_at)
            except NotYet as error:
                raise BadInput(str(error)) from None
            reference = await platform.earlier.at(at)
            seen = Sighting(platform, reads, found, at, reference, at.clock)
        context.has_read(seen.position)
        yield seen


class Glance(msgspec.Struct, frozen=True):
    """What one statement needs: where to ask it, as of which moment, and the district then."""

    reads: Reads
    at: At | None
    reference: Reference

    def cursor(self, kind: str) -> str:
        """Return the kind of cursor of a list as of this moment."""
        return kind if self.at is None else f"{kind}@{self.at.name}"

    def has_read(self, context: Context, position: int) -> None:
        """Note the position that a statement states, unless it was asked as of another one."""
        if self.at is None or self.at.effective_at is not None:
            context.has_read(position)


def glance(
    context: Context,
    sight: Sight,
    asked: AsOf | None,
    after: str | None = None,
    *,
    walking: bool = False,
    counted: bool = False,
) -> AbstractAsyncContextManager[Glance]:
    """Open what one statement needs: a session that keeps its sight.

    A statement has a snapshot of its own, and states the position in it. `walking`: it has the
    same plan whatever its arguments. `counted`: what is counted as of the past begins with what
    was kept, and where that is has to be asked first, in a snapshot of both.
    """
    asked = asked or _carried(after)
    if asked is None:
        platform, reference = context.platform, context.platform.reference
        return platform.glances.through(
            sight, lambda reads: Glance(reads, None, reference), walking=walking
        )
    return (_then if counted else _there)(context, sight, asked)


@asynccontextmanager
async def _then(context: Context, sight: Sight, asked: AsOf) -> AsyncIterator[Glance]:
    async with sighting(context, sight, asked) as seen:
        yield Glance(seen.reads, seen.at, seen.reference)


@asynccontextmanager
async def _there(context: Context, sight: Sight, asked: AsOf) -> AsyncIterator[Glance]:
    """Lend a session that keeps its sight and its plans, without a transaction.

    What was known at a position that the read models have reached does not change, and what had
    happened by an instant is one statement's to say.
    """
    platform, effective_at = context.platform, _given(asked.effective_at)
    position = await _reached(platform, asked)
    if position is not None and position > platform.applied():
        async with _then(context, sight, asked) as seen:
            yield seen
        return
    if position is None:
        assert effective_at is not None, "one of the three is given"
        at = happened(effective_at)
    else:
        at = known(position)
        context.has_read(position)
    reference = await platform.earlier.at(at)
    async with platform.glances.looking(sight) as reads:
        yield Glance(reads, at, reference)


async def reference_at(context: Context, asked: AsOf | None) -> Reference:
    """Return the district as of what was asked."""
    if asked is None:
        return context.platform.reference
    async with sighting(context, EVERYTHING, asked) as seen:
        return seen.reference


async def all_at(context: Context, asked: AsOf | None) -> tuple[Reference, int]:
    """Return everything in memory as of what was asked, and the instant that counts as now."""
    platform = context.platform
    if asked is None:
        return platform.reference, platform.clock()
    async with sighting(context, EVERYTHING, asked) as seen:
        return await platform.earlier.all_at(seen.at), seen.now


async def _reached(platform: Platform, asked: AsOf) -> int | None:
    """Return the position asked for, once the read models had time to reach it."""
    recorded_at, position = _given(asked.recorded_at), _given(asked.position)
    if recorded_at is not None:
        position = await position_at(platform.pool, recorded_at)
    if position is None:
        return None
    if position > platform.applied() and position <= await platform.log.head():
        await platform.reached(position, REACH_S)
    return position


def of_the_past(asked: AsOf | None, after: str | None) -> bool:
    """Tell whether a page is asked as of a moment, by itself or by the cursor it goes on from."""
    return asked is not None or _carried(after) is not None


def _given(value: int | None) -> int | None:
    return None if value is strawberry.UNSET else value


def _carried(after: str | None) -> AsOf | None:
    """Return the moment that a cursor carries. Raises BadInput for none of ours."""
    _, marked, name = cursor_kind(after).partition("@") if after is not None else ("", "", "")
    if not marked:
        return None
    if not name[1:].isdecimal() or len(name) > 20 or name[0] not in "pe":
        raise BadInput("after is not a cursor of this list")
    value = int(name[1:])
    if name[0] == "p":
        return AsOf(position=LogPosition(value))
    return AsOf(effective_at=Instant(value))
