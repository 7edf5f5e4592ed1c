"""The live feed of cases: those that a filter lets through, and those that left it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
import orjson
import strawberry

from api.graphql.case.queries import CaseFilter, board_filter, list_sight
from api.graphql.case.sight import sight_key
from api.graphql.case.types import Case, case_id, case_of
from api.graphql.context import Context
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.scalars import LogPosition
from domain.actor import within
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.reading import at_position

FIRST: Final = 100


@strawberry.type(description="A case that is no longer in the feed.")
class CaseRemoved:
    """It left the filter, or your sight."""

    id: strawberry.ID = strawberry.field(description="Id of the case.")
    reason: str = strawberry.field(description="left_filter or out_of_sight.")


@strawberry.type(description="The hundred cases that changed last.")
class CaseFeedSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the cases are as of.")
    nodes: list[Case] = strawberry.field(description="Latest change first.")


@strawberry.type(description="Cases that changed: whole new values, never coalesced away.")
class CaseFeedDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the cases are as of.")
    upserts: list[Case] = strawberry.field(description="New or changed cases.")
    removes: list[CaseRemoved] = strawberry.field(description="Cases that are gone from the feed.")


class CaseFeedSource:
    """What one visible scope and filter let through."""

    interval_s = 0.0

    def __init__(self, context: Context, asked: CaseFilter | None) -> None:
        self._platform = context.platform
        self._wanted = board_filter(context, asked)
        self._sight = list_sight(context.actor, asked)
        filter_key = orjson.dumps(msgspec.to_builtins(self._wanted)).decode()
        self.scope_key = f"feed {sight_key(context.actor)} {filter_key}"

    async def snapshot(self) -> Taken:
        """Return the cases that changed last."""
        async with at_position(self._platform.reads, self._sight) as (reads, found):
            rows = (
                await board.page(reads, self._wanted, Sort.UPDATED, None, FIRST)
                if self._wanted is not None
                else []
            )
        cursor = at(self._platform, found)
        nodes = [case_of(row) for row in rows]
        payload = CaseFeedSnapshot(
            cursor=cursor.encode(), position=LogPosition(found.position), nodes=nodes
        )
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the cases that changed, and those that left."""
        if self._wanted is None:
            return None
        rows = changed_cases(changes)
        inside = [case_of(row) for row in rows if lets_through(self._wanted, row)]
        before = cases_before(changes)
        gone = [
            CaseRemoved(id=case_id(row.id), reason=self._reason(row))
            for row in rows
            if not lets_through(self._wanted, row)
            and (was := before.get(row.id)) is not None
            and lets_through(self._wanted, was)
        ]
        if not inside and not gone:
            return None
        return CaseFeedDelta(
            cursor=cursor.encode(), position=LogPosition(cursor.position),
            upserts=inside, removes=gone,
        )  # fmt: skip

    def _reason(self, row: BoardRow) -> str:
        assert self._wanted is not None
        return "left_filter" if within(row.scope, self._wanted.scope) else "out_of_sight"


def changed_cases(changes: Sequence[Change]) -> list[BoardRow]:
    """Return the latest row of every case that some changes touched."""
    latest: dict[str, BoardRow] = {}
    for change in changes:
        for delta in change.deltas:
            if isinstance(delta.row, BoardRow):
                latest[delta.key] = delta.row
    return sorted(latest.values(), key=lambda row: row.position)


def cases_before(changes: Sequence[Change]) -> dict[UUID, BoardRow]:
    """Return the row before the first of some changes of every case that was there."""
    before: dict[UUID, BoardRow] = {}
    for change in changes:
        for delta in change.deltas:
            if isinstance(delta.was, BoardRow):
                before.setdefault(delta.was.id, delta.was)
    return before


def lets_through(wanted: Filter, row: BoardRow) -> bool:
    """Tell whether a filter lets a case through: the board's SQL conditions, on one row."""
    return (
        row.scope.startswith(wanted.scope)
        and (wanted.statuses is None or row.status in wanted.statuses)
        and wanted.category in (None, row.category)
        and (wanted.departments is None or not set(wanted.departments).isdisjoint(row.departments))
        and (wanted.leads is None or row.department in wanted.leads)
        and wanted.overdue in (None, row.overdue)
        and wanted.severity in (None, row.severity)
        and (wanted.number is None or row.number.startswith(wanted.number))
        and wanted.open in (None, row.open)
        and _reported_within(wanted, row.reported_at)
    )


def _reported_within(wanted: Filter, at: int | None) -> bool:
    if wanted.reported_from is None and wanted.reported_before is None:
        return True
    if at is None:
        return False
    return (wanted.reported_from or 0) <= at < (wanted.reported_before or 1 << 62)
