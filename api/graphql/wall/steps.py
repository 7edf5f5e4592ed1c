"""Why a sum of the wall's feed is what it is: the steps it counts, with their places in the log."""

from typing import Annotated, Final

import strawberry

from api.graphql.as_of import Sighting
from api.graphql.errors import BadInput
from api.graphql.paging import PageInfo, decode_cursor, encode_cursor, page_info, page_size
from api.graphql.place import area_names
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import closed_categories, entry_of
from api.graphql.wall.types import FeedEntry
from api.graphql.words import title_of
from api.reference import Reference
from domain.directory.state import AreaState
from projections.replay.sums import SumRow, Told, lines, sums
from projections.replay.tape import Order

LONGEST_S: Final = 7_200
"""Ten seconds of a wall at the fastest pace of its time machine are 6,000."""
STEPS: Final = "steps"
END: Final = (1 << 63) - 1

Since = Annotated[Instant, strawberry.argument(description="Start, exclusive.")]
Until = Annotated[
    Instant, strawberry.argument(description="End, inclusive; at most two hours after the start.")
]
By = Annotated[Order, strawberry.argument(description="The time that since and until are of.")]
Place = Annotated[
    str | None, strawberry.argument(description="Lines of this place alone, as sums name it.")
]
Topic = Annotated[
    str | None, strawberry.argument(description="Lines of this kind alone, such as case.closed.")
]


@strawberry.type(description="Steps of one kind in one place: a line of the wall's sums.")
class StepSum:
    """What a wall shows of them is their number."""

    place: str = strawberry.field(description="Scope: an area one level below, or the case's own.")
    name: str = strawberry.field(description="Its name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Its name in English.")
    topic: str = strawberry.field(description="What happened, such as case.reported.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    steps: int = strawberry.field(description="How many.")
    first: LogPosition = strawberry.field(description="The first of them in the log.")
    last: LogPosition = strawberry.field(description="The last of them in the log.")


@strawberry.type(description="What a wall's feed sums up over a window: sums, and their lines.")
class WallSteps:
    """Of open categories alone, as on the wall."""

    position: LogPosition = strawberry.field(description="Position the values are as of.")
    total: int = strawberry.field(description="Steps that the asked lines are of.")
    sums: list[StepSum] = strawberry.field(description="By place and kind, the largest first.")
    nodes: list[FeedEntry] = strawberry.field(description="The lines, the newest first.")
    page_info: PageInfo = strawberry.field(description="Where this page of lines stands.")


async def wall_steps(
    seen: Sighting, area: AreaState, span: tuple[int, int], by: Order,
    of: tuple[str | None, str | None], first: int, after: str | None,
) -> WallSteps:  # fmt: skip
    """Return the sums, and a page of the lines of one or all. Raises BadInput."""
    size, start = page_size(first), decode_cursor(STEPS, after)
    told = _told(seen, area, span, by)
    found = await sums(seen.reads, told)
    before = int(start[0]) if start else END
    rows = await lines(seen.reads, told, *of, before, size + 1)
    cursors = [encode_cursor(STEPS, (row.position,)) for row in rows[:size]]
    return WallSteps(
        position=LogPosition(seen.position),
        total=sum(one.steps for one in found if _is(one, *of)),
        sums=[_sum(one, seen.reference) for one in found],
        nodes=[entry_of(row, seen.reference) for row in rows[:size]],
        page_info=page_info(cursors, len(rows) > size, after),
    )


def _told(seen: Sighting, area: AreaState, span: tuple[int, int], by: Order) -> Told:
    since, until = span
    if not since < until <= since + LONGEST_S * 1_000_000:
        raise BadInput(f"since comes before until, by at most {LONGEST_S:,} s")
    hidden = closed_categories(seen.platform.reference) or None
    return Told(by, since, until, seen.position, area.scope, hidden)


def _is(one: SumRow, place: str | None, topic: str | None) -> bool:
    return place in (None, one.place) and topic in (None, one.topic)


def _sum(one: SumRow, reference: Reference) -> StepSum:
    name, name_en = area_names(reference, one.place)
    title, title_en = title_of(one.topic)
    return StepSum(
        place=one.place, name=name, name_en=name_en, topic=one.topic, title=title,
        title_en=title_en, steps=one.steps, first=LogPosition(one.first),
        last=LogPosition(one.last),
    )  # fmt: skip
