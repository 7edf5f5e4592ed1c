"""Types of an explanation: a definition in words and as code, counted cases, their events."""

from typing import Annotated

import strawberry

from api.graphql.paging import PageInfo
from api.graphql.scalars import Instant, LogPosition

First = Annotated[int, strawberry.argument(description="How many cases, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the case to go on after.")]


@strawberry.type(description="One version of a figure's definition, in words and as code.")
class FigureDefinition:
    """Predicates are SQL over the milestones of one case."""

    name: str = strawberry.field(description="What it is quoted by, such as K7@1.")
    code: str = strawberry.field(description="Short name, such as K7.")
    version: int = strawberry.field(description="A changed predicate is a new version.")
    in_force: bool = strawberry.field(description="Whether it is what the bare code means.")
    title: str = strawberry.field(description="Name in Chinese.")
    title_en: str = strawberry.field(description="Name in English.")
    numerator: str = strawberry.field(description="What the numerator counts, in Chinese.")
    numerator_en: str = strawberry.field(description="What the numerator counts, in English.")
    denominator: str = strawberry.field(description="What the denominator counts, in Chinese.")
    denominator_en: str = strawberry.field(description="What the denominator counts, in English.")
    numerator_code: str | None = strawberry.field(
        description="Predicate of the numerator: $1 and $2 are the window's start and end."
    )
    denominator_code: str | None = strawberry.field(description="Predicate of the denominator.")
    left_out_code: str | None = strawberry.field(
        description="Predicate of imported cases whose source does not state the stage."
    )
    measure_code: str | None = strawberry.field(
        description="What a duration measures, in microseconds."
    )


@strawberry.type(description="An event that bears on a case's milestones.")
class CountedEvent:
    """Folding these events alone brings out the milestones that the figure looked at."""

    id: strawberry.ID = strawberry.field(description="Id of the event.")
    position: LogPosition = strawberry.field(description="Place in the log.")
    version: int = strawberry.field(description="Place in the case's own history.")
    topic: str = strawberry.field(description="What happened, such as case.filed.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    at: Instant = strawberry.field(description="Effective time: what the window is about.")
    recorded_at: Instant = strawberry.field(description="When the log took it.")
    sets: list[str] = strawberry.field(
        description="Milestones it set that this definition looks at, such as filed_at."
    )


@strawberry.type(description="A case behind a figure.")
class CountedCase:
    """With the events that made it count."""

    case: strawberry.ID = strawberry.field(description="Id of the case.")
    number: str = strawberry.field(description="The number people know it by.")
    in_numerator: bool = strawberry.field(description="Whether the numerator counts it too.")
    value_s: float | None = strawberry.field(
        name="valueS", description="What it took, in seconds, for a duration."
    )
    events: list[CountedEvent] = strawberry.field(description="Oldest first.")


@strawberry.type(description="A counted case with its place in a list.")
class CountedCaseEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: CountedCase = strawberry.field(description="The case.")


@strawberry.type(description="A page of the cases behind a figure, by id.")
class CountedCaseConnection:
    """Relay's connection, forward only."""

    edges: list[CountedCaseEdge] = strawberry.field(description="The cases with their cursors.")
    nodes: list[CountedCase] = strawberry.field(description="The cases.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="How many the figure counted.")
    hidden: int = strawberry.field(
        description="Cases of this page that are not for you: counted, not shown."
    )
