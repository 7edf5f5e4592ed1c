"""An alarm in the API, and the figures about alarms."""

from uuid import UUID

import strawberry

from api.graphql.case.types import case_id
from api.graphql.history.fields import history_field
from api.graphql.history.pages import alarm_subject
from api.graphql.history.types import HistoryConnection
from api.graphql.ids import decode_id, encode_id
from api.graphql.place import Category, category_of
from api.graphql.scalars import Instant, LogPosition
from api.reference import Reference
from domain.words import Kind, word
from projections.alarm_list.queries import AlarmRow, ChatterRow, CountRow


@strawberry.type(description="告警 An alarm: what a person must act on in time.")
class Alarm:
    """One time that it was raised. Instants are effective times."""

    id: strawberry.ID = strawberry.field(description="Id of the alarm, the same in every cycle.")
    cycle: int = strawberry.field(description="How often it was raised so far.")
    version: int = strawberry.field(description="How many events it has; see expectedVersion.")
    position: LogPosition = strawberry.field(description="Place of its latest event in the log.")
    kind: str = strawberry.field(description="life_safety, urgent_late or waiting.")
    title: str = strawberry.field(description="What is wrong, in Chinese.")
    title_en: str = strawberry.field(description="What is wrong, in English.")
    priority: str = strawberry.field(description="high, medium or low.")
    case: strawberry.ID = strawberry.field(description="The case it is about.")
    number: str = strawberry.field(description="The number people know the case by.")
    category: Category | None = strawberry.field(description="Category of the case.")
    scope: str = strawberry.field(description="Where it is.")
    department: str | None = strawberry.field(description="Department that had the case then.")
    raised_at: Instant = strawberry.field(description="When it was raised.")
    acknowledged_at: Instant | None = strawberry.field(description="When somebody took it up.")
    acknowledged_by: str | None = strawberry.field(description="Opaque account of who did.")
    shelved_until: Instant | None = strawberry.field(description="Until when it is laid aside.")
    shelve_reason: str | None = strawberry.field(description="Why it is laid aside.")
    cleared_at: Instant | None = strawberry.field(description="When it was over.")
    stands: bool = strawberry.field(description="Whether somebody has still to look at it.")

    history: HistoryConnection = history_field(
        lambda one: alarm_subject(UUID(decode_id(one.id)[1]))
    )


@strawberry.type(description="The alarms of one priority in a window.")
class AlarmCount:
    """Raised, and how they were dealt with."""

    priority: str = strawberry.field(description="high, medium or low.")
    raised: int = strawberry.field(description="How often one was raised.")
    acknowledged: int = strawberry.field(description="How many of them were acknowledged.")
    shelved: int = strawberry.field(description="How many are or were laid aside.")
    acknowledge_p50_s: int | None = strawberry.field(
        description="Median seconds from raised to acknowledged; null without any."
    )


@strawberry.type(description="An alarm that was raised again and again.")
class ChatteringAlarm:
    """Chattering: its rule or its threshold wants mending."""

    kind: str = strawberry.field(description="What is wrong.")
    case: strawberry.ID = strawberry.field(description="The case it is about.")
    number: str = strawberry.field(description="The number people know the case by.")
    cycles: int = strawberry.field(description="How often it was raised in the window.")


@strawberry.type(description="How the alarms of a window were: their rate, and their handling.")
class AlarmFigures:
    """After EEMUA 191: one alarm in ten minutes is manageable, ten are a flood."""

    since: Instant = strawberry.field(description="Start of the window.")
    until: Instant = strawberry.field(description="End of the window, exclusive.")
    raised: int = strawberry.field(description="Alarms raised.")
    per_ten_minutes: float = strawberry.field(description="Their mean rate.")
    busiest_ten_minutes: int = strawberry.field(description="Most within ten minutes.")
    by_priority: list[AlarmCount] = strawberry.field(description="The same by priority.")
    chattering: list[ChatteringAlarm] = strawberry.field(description="The ten most repeated.")


def alarm_id(row: AlarmRow) -> strawberry.ID:
    """Return the id of an alarm."""
    return strawberry.ID(encode_id("Alarm", str(row.alarm)))


def alarm_of(row: AlarmRow, reference: Reference) -> Alarm:
    """Return an alarm for the API."""
    title, category = word(Kind.ALARM_KIND, row.kind), reference.category(row.category, row.scope)
    return Alarm(
        id=alarm_id(row), cycle=row.cycle, version=row.version, position=LogPosition(row.position),
        kind=row.kind, title=title.zh, title_en=title.en, priority=row.priority,
        case=case_id(row.case_id), number=row.number,
        category=None if category is None else category_of(category),
        scope=row.scope, department=row.department, raised_at=Instant(row.raised_at),
        acknowledged_at=_instant(row.acknowledged_at), acknowledged_by=row.acknowledged_by,
        shelved_until=_instant(row.shelved_until), shelve_reason=row.shelve_reason,
        cleared_at=_instant(row.cleared_at), stands=row.stands,
    )  # fmt: skip


def count_of(row: CountRow) -> AlarmCount:
    """Return the count of one priority for the API."""
    return AlarmCount(
        priority=row.priority, raised=row.raised, acknowledged=row.acknowledged,
        shelved=row.shelved, acknowledge_p50_s=row.acknowledge_p50_s,
    )  # fmt: skip


def chatter_of(row: ChatterRow) -> ChatteringAlarm:
    """Return a chattering alarm for the API."""
    return ChatteringAlarm(
        kind=row.kind, case=case_id(row.case_id), number=row.number, cycles=row.cycles
    )


def _instant(value: int | None) -> Instant | None:
    return None if value is None else Instant(value)
