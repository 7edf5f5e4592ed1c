"""What the wall shows; every value is plain, of open categories, and absolute."""

import strawberry

from api.graphql.figure import Figure
from api.graphql.load import AreaLoad, DepartmentLoad, GridLoad, Overview
from api.graphql.place import Area
from api.graphql.scalars import Instant, LogPosition


@strawberry.type(description="Something that has just happened to a case, in plain values.")
class FeedEntry:
    """Never of a sensitive or internal category on the wall."""

    position: LogPosition = strawberry.field(description="Place of the event in the log.")
    at: Instant = strawberry.field(description="Effective time of the event.")
    topic: str = strawberry.field(description="What happened, such as case.reported.")
    number: str = strawberry.field(description="The number people know the case by.")
    category: str = strawberry.field(
        description="Category name in Chinese or as the source has it."
    )
    category_en: str = strawberry.field(description="Category name in English.")
    area: str = strawberry.field(description="Smallest known area, in Chinese or as the source.")
    area_en: str = strawberry.field(description="Smallest known area, in English.")
    grid: str | None = strawberry.field(description="Grid code.")
    department: str | None = strawberry.field(description="Lead department's name.")
    department_en: str | None = strawberry.field(description="Lead department's English name.")
    severity: str = strawberry.field(description="normal, urgent or life_safety.")
    overdue: bool = strawberry.field(description="Whether the case was overdue then.")


@strawberry.type(description="The whole wall at one position.")
class WallScene:
    """Everything of one snapshot of the read models."""

    position: LogPosition = strawberry.field(description="Position the values are as of.")
    server_time: Instant = strawberry.field(description="The server's clock.")
    at: Instant = strawberry.field(
        description="The instant that today and the last 30 days refer to; now, unless asOf."
    )
    district: Area = strawberry.field(description="The area shown.")
    overview: Overview = strawberry.field(description="The area in a handful of numbers.")
    grids: list[GridLoad] = strawberry.field(description="Grids that ever had a case.")
    departments: list[DepartmentLoad] = strawberry.field(description="Departments with cases.")
    townships: list[AreaLoad] = strawberry.field(description="Areas one level below.")
    feed: list[FeedEntry] = strawberry.field(description="The latest events, newest first.")
    figures: list[Figure] = strawberry.field(description="Named figures of the last 30 days.")


@strawberry.type(description="A fresh start: everything at one position.")
class WallSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the scene is as of.")
    scene: WallScene = strawberry.field(description="The whole wall.")


@strawberry.type(description="What has changed: new absolute values, at most ten times a second.")
class WallDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    overview: Overview = strawberry.field(description="The area in a handful of numbers.")
    grids: list[GridLoad] = strawberry.field(description="Grids that changed.")
    departments: list[DepartmentLoad] = strawberry.field(
        description="Departments that changed; drop one whose closingRateBp is null: no case left."
    )
    townships: list[AreaLoad] = strawberry.field(
        description="Areas that changed; drop one whose closingRateBp is null: no case left."
    )
    feed: list[FeedEntry] = strawberry.field(description="What happened since, newest first.")
