"""A deadline that opens its arithmetic: start, spans, what they counted, and the due instant."""

from typing import Final
from uuid import UUID

import strawberry

from api.graphql.context import Context
from api.graphql.deadline.trace import Setting, Trace, Traced, trace
from api.graphql.scalars import Instant, LogPosition
from api.graphql.words import title_of
from api.reference import Reference
from domain.calendar.calendar import Calendar
from domain.calendar.clock import Span, doubts, lay_out, parse_limit
from domain.event import Microseconds
from domain.words import Kind, word
from projections.decoding import decode_page

SECOND: Final = 1_000_000
EVER: Final = 10_000
"""More events than a case has."""


@strawberry.type(description="A stretch of a deadline: it counts, or why it does not.")
class ClockSpan:
    """Spans are gapless from the start to the due instant."""

    start: Instant = strawberry.field(description="Where it begins.")
    end: Instant = strawberry.field(description="Where it ends, exclusive.")
    kind: str = strawberry.field(
        description="counted, make_up, night, break, weekend, holiday or pause."
    )
    name: str = strawberry.field(description="The kind in Chinese.")
    name_en: str = strawberry.field(description="The kind in English.")
    counted_s: float = strawberry.field(
        name="countedS", description="Seconds of the limit that it used up; 0 where it stood."
    )


@strawberry.type(description="An event that set a due instant, or moved it.")
class DueSetting:
    """The first one started the clock; later ones are resumptions and extensions."""

    position: LogPosition = strawberry.field(description="Place of the event in the log.")
    topic: str = strawberry.field(description="What happened, such as case.extension_granted.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    at: Instant = strawberry.field(description="Effective time of the event.")
    due: Instant = strawberry.field(description="The due instant from then on.")


@strawberry.type(description="What makes a deadline doubtful.")
class ClockDoubt:
    """Such as a calendar that is not published for the year it runs into."""

    code: str = strawberry.field(description="Code, such as YEAR_NOT_PUBLISHED.")
    name: str = strawberry.field(description="The same in Chinese.")
    name_en: str = strawberry.field(description="The same in English.")


@strawberry.type(description="A deadline with its arithmetic, span by span.")
class Reckoning:
    """Of a stage that runs, stands still or is over: its clock as last set."""

    clock: str = strawberry.field(description="Which stage.")
    name: str = strawberry.field(description="The clock in Chinese.")
    name_en: str = strawberry.field(description="The clock in English.")
    limit: str = strawberry.field(description="Such as 4H; empty for a target that a source set.")
    calendar: str | None = strawberry.field(
        description="Calendar version it is counted by, such as 371602@2026.1."
    )
    start: Instant = strawberry.field(description="When the clock was started.")
    due: Instant = strawberry.field(description="When it ends, or would have ended.")
    stopped_at: Instant | None = strawberry.field(
        description="When its stage was over; null while it runs or stands."
    )
    standing_since: Instant | None = strawberry.field(
        description="Since when it stands still; its due instant will move on."
    )
    warned: bool = strawberry.field(description="Whether a warning was recorded.")
    passed: bool = strawberry.field(description="Whether its passing was recorded.")
    settings: list[DueSetting] = strawberry.field(
        description="The events that set the due instant, the first one first."
    )
    spans: list[ClockSpan] = strawberry.field(
        description="From start to due without a gap; empty for a stated target, and where"
        " the calendar is not in the log."
    )
    limit_s: float | None = strawberry.field(
        name="limitS", description="The limit in counted seconds; a day has 86,400."
    )
    counted_s: float = strawberry.field(
        name="countedS",
        description="What all spans count: the limit, unless somebody set another due instant.",
    )
    doubts: list[ClockDoubt] = strawberry.field(description="What makes it doubtful.")


async def reckonings(context: Context, case: UUID, version: int) -> list[Reckoning]:
    """Return the deadlines of a case up to a version, in the order they were first set."""
    found = await _traced(context, case, version)
    reference = context.platform.reference
    return [reckoning_of(found, one, reference) for one in found.clocks.values()]


async def reckoning_with(
    context: Context, case: UUID, clock: str, due: Microseconds
) -> Reckoning | None:
    """Return a clock of a case as it was when it had this due; None when it never had."""
    found = await _traced(context, case, EVER)
    one = found.with_due(clock, due)
    return None if one is None else reckoning_of(found, one, context.platform.reference)


async def _traced(context: Context, case: UUID, version: int) -> Trace:
    recorded = await context.platform.log.read_stream(case, 0, version)
    seen, _ = decode_page(recorded)
    return trace(str(case), seen)


def reckoning_of(found: Trace, one: Traced, reference: Reference) -> Reckoning:
    """Return one clock with its arithmetic."""
    due = one.due
    zh, en = word(Kind.CLOCK, one.clock)
    name = due.counted[2:] if due.counted else ""
    calendar = _calendar(reference, name)
    spans = _spans(found, one, calendar) if calendar is not None else ()
    doubtful = doubts(due.limit, calendar, due.start, due.due) if calendar is not None else ()
    return Reckoning(
        clock=one.clock, name=zh, name_en=en, limit=due.limit, calendar=name or None,
        start=Instant(due.start), due=Instant(due.due),
        stopped_at=None if one.stopped_at is None else Instant(one.stopped_at),
        standing_since=_standing(found, one), warned=due.warned, passed=due.passed,
        settings=[_setting(setting) for setting in one.settings],
        spans=[_span(span) for span in spans],
        limit_s=parse_limit(due.limit).amount / SECOND if due.limit else None,
        counted_s=sum(span.counted for span in spans) / SECOND,
        doubts=[
            ClockDoubt(code=code, name=words.zh, name_en=words.en)
            for code, words in ((code, word(Kind.CLOCK_WARNING, code)) for code in doubtful)
        ],
    )  # fmt: skip


def _spans(found: Trace, one: Traced, calendar: Calendar) -> tuple[Span, ...]:
    due = one.due
    return lay_out(due.start, due.due, due.limit, calendar, found.pauses_of(one))


def _standing(found: Trace, one: Traced) -> Instant | None:
    since = found.standing_since
    stands = since is not None and one.stopped_at is None and one.due.due > since
    return Instant(since) if stands and since is not None else None


def _calendar(reference: Reference, name: str) -> Calendar | None:
    calendar, _, version = name.partition("@")
    return reference.calendar_version(calendar, version)


def _setting(one: Setting) -> DueSetting:
    title, title_en = title_of(one.topic)
    return DueSetting(
        position=LogPosition(one.position), topic=one.topic, title=title, title_en=title_en,
        at=Instant(one.at), due=Instant(one.due),
    )  # fmt: skip


def _span(span: Span) -> ClockSpan:
    zh, en = word(Kind.SPAN_KIND, span.kind)
    return ClockSpan(
        start=Instant(span.start), end=Instant(span.end), kind=span.kind, name=zh, name_en=en,
        counted_s=span.counted / SECOND,
    )  # fmt: skip
