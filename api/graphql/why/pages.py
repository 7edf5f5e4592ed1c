"""Pages of the cases behind a figure, as of the moment the figure was made at."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import strawberry

from api.auth.veil import NotOurs, Veil
from api.graphql.as_of import AsOf, Sighting, sighting
from api.graphql.case.sight import may
from api.graphql.case.types import case_id
from api.graphql.context import Context
from api.graphql.errors import BadInput, Forbidden
from api.graphql.ids import encode_id
from api.graphql.paging import decode_cursor, encode_cursor, page_info, page_size
from api.graphql.scalars import Instant, LogPosition
from api.graphql.why.types import (
    CountedCase,
    CountedCaseConnection,
    CountedCaseEdge,
    CountedEvent,
)
from api.graphql.words import title_of
from domain.access import GRANTS, Action
from projections.as_of import At
from projections.case_board import queries as board
from projections.case_board.row import BoardRow
from projections.decoding import decode_page
from projections.figures.definitions import VERSIONS, Definition, Duration
from projections.figures.queries import FigureRow, Level
from projections.figures.why import Counted, Part, Reference, counted, looked_at, references, up_to
from projections.history import History
from projections.sight import Sight


@dataclass(frozen=True, slots=True)
class Behind:
    """Where a figure comes from: its row, for whom, inside which scope, as of which moment."""

    row: FigureRow
    level: Level
    scope: str
    asked: AsOf | None

    @property
    def moment(self) -> AsOf:
        """The moment it was made at, also of one that was made as of now."""
        return self.asked or AsOf(position=LogPosition(self.row.position))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands among the cases of a figure, of which its reader may not see each."""

    veil: Veil
    behind: Behind
    part: Part

    def start(self, after: str | None) -> UUID | None:
        """Return the case after which a page begins. Raises BadInput."""
        key = decode_cursor(f"why {self.part}", after)
        try:
            return self.veil.uncover(str(key[0]), self._of) if key else None
        except NotOurs:
            raise BadInput("after is a cursor of another list") from None

    def cursor(self, case: UUID) -> str:
        """Return the cursor of a case, which does not tell which one it is."""
        return encode_cursor(f"why {self.part}", (self.veil.cover(case, self._of),))

    @property
    def _of(self) -> str:
        row, level = self.behind.row, self.behind.level
        return f"{self.part} {row.definition} {level} {row.key} {self.behind.scope}"


async def page_of_counted(
    context: Context, behind: Behind, part: Part, first: int, after: str | None
) -> CountedCaseConnection:
    """Return a page of the cases behind a figure. Raises Forbidden."""
    if context.shared or context.actor.role not in GRANTS[Action.READ_CASE]:
        raise Forbidden("the cases behind a figure are for those who may see cases")
    size, row = page_size(first), behind.row
    definition = VERSIONS[row.definition]
    assert isinstance(definition, Definition | Duration), definition
    place = Place(context.platform.veil, behind, part)
    start = place.start(after)
    sight = Sight(scope=behind.scope)
    async with sighting(context, sight, behind.moment) as seen:
        assert seen.at is not None
        found = await counted(
            seen.reads, definition, part, row.window,
            scope=row.key if behind.level else behind.scope,
            department=None if behind.level else row.key,
            at=seen.at, after=start, limit=size + 1,
        )  # fmt: skip
        nodes = await _cases(context, seen, found[:size], looked_at(definition))
    edges = [
        CountedCaseEdge(cursor=place.cursor(one.id), node=node)
        for one, node in zip(found[:size], nodes, strict=True)
        if node is not None
    ]
    cursors = [place.cursor(one.id) for one in found[:size]]
    return CountedCaseConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info(cursors, len(found) > size, after),
        total_count=_count(row, part),
        hidden=sum(node is None for node in nodes),
    )


def _count(row: FigureRow, part: Part) -> int:
    counts = {Part.NUMERATOR: row.numerator, Part.DENOMINATOR: row.n, Part.LEFT_OUT: row.left_out}
    return counts[part]


async def _cases(
    context: Context, seen: Sighting, found: Sequence[Counted], columns: frozenset[str]
) -> list[CountedCase | None]:
    """Return the cases with their events, None for those the reader may not see today."""
    ids = [one.id for one in found]
    assert seen.at is not None
    known = await board.many(seen.reads, ids)
    told = await _references(seen, ids, seen.at)
    return [
        _case(one, row, told[one.id], columns)
        if (row := known.get(one.id)) is not None and _sees(context, row)
        else None
        for one in found
    ]


def _sees(context: Context, row: BoardRow) -> bool:
    return may(context.actor, Action.READ_CASE, row)


async def _references(seen: Sighting, ids: list[UUID], at: At) -> dict[UUID, list[Reference]]:
    recorded = await History(seen.reads).read_streams(ids)
    told: dict[UUID, list[Reference]] = {}
    for case, own in groupby(recorded, key=lambda one: one.stream):
        events, _ = decode_page(own)
        told[case] = references(case, up_to(events, at))
    return told


def _case(
    one: Counted, row: BoardRow, events: Sequence[Reference], columns: frozenset[str]
) -> CountedCase:
    return CountedCase(
        case=case_id(one.id), number=row.number, in_numerator=one.in_numerator,
        value_s=None if one.value is None else one.value / 1_000_000,
        events=[_event(event, columns) for event in events],
    )  # fmt: skip


def _event(one: Reference, columns: frozenset[str]) -> CountedEvent:
    title, title_en = title_of(one.seen.topic)
    return CountedEvent(
        id=strawberry.ID(encode_id("Event", str(one.seen.position))),
        position=LogPosition(one.seen.position), version=one.seen.version,
        topic=one.seen.topic, title=title, title_en=title_en,
        at=Instant(one.seen.meta.effective_at), recorded_at=Instant(one.seen.recorded_at),
        sets=[name for name in one.sets if name in columns],
    )  # fmt: skip
