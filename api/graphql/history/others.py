"""Things that have a history and little else to show: calendars and catalogues."""

from typing import Annotated

import strawberry

from api.graphql.as_of import AskedAsOf, all_at, reference_at
from api.graphql.context import Context, Info
from api.graphql.history.fields import history_field
from api.graphql.history.pages import (
    calendar_subject,
    catalogue_subject,
    staff_only,
)
from api.graphql.history.types import HistoryConnection
from api.graphql.ids import encode_id
from api.graphql.node import Node
from api.graphql.place import Worker, worker_of
from api.reference import Reference
from domain.access import Action, Denied, decide
from domain.calendar.calendar import Calendar as CalendarState
from domain.catalogue.state import CatalogueState


@strawberry.type(description="A published version of a working calendar; never changed.")
class CalendarVersion:
    """What deadlines under this version count by."""

    version: str = strawberry.field(description="Its name.")
    timezone: str = strawberry.field(description="IANA name of the time zone.")
    first_year: int = strawberry.field(description="First year it is published for.")
    last_year: int = strawberry.field(description="Last year it is published for.")
    hours: list[list[int]] = strawberry.field(
        description="Working hours as pairs of minutes of the day."
    )
    weekend: list[int] = strawberry.field(description="Days of the weekend, 1 is Monday.")
    holidays: list[str] = strawberry.field(description="Days off, ISO dates.")
    workdays: list[str] = strawberry.field(description="Make-up workdays, ISO dates.")
    source: str = strawberry.field(description="Where it was announced.")


@strawberry.type(description="工作日历 A working calendar with all its versions, oldest first.")
class Calendar(Node):
    """The last version counts for new deadlines; earlier ones for those that quote them."""

    key: str = strawberry.field(description="Calendar id as commands use it.")
    versions: list[CalendarVersion] = strawberry.field(description="What was published.")

    history: HistoryConnection = history_field(lambda one: calendar_subject(one.key))


@strawberry.type(description="Which department gets cases of a category in a scope, and why.")
class RoutingRule:
    """The first that fits by priority decides."""

    rule: str = strawberry.field(description="Its name.")
    priority: int = strawberry.field(description="The lower, the earlier it is tried.")
    category: str = strawberry.field(description="Code of a category; may end in *.")
    scope: str = strawberry.field(description="Where it holds.")
    department: str = strawberry.field(description="Who gets them; its own id.")
    reason: str = strawberry.field(description="Why, in Chinese.")
    reason_en: str = strawberry.field(description="Why, in English.")


@strawberry.type(description="The limit of a stage clock.")
class StageLimit:
    """An empty category is every category."""

    clock: str = strawberry.field(description="Which stage.")
    category: str = strawberry.field(description="Code of the category it is for, or empty.")
    limit: str = strawberry.field(description="Such as 4H.")


@strawberry.type(description="One area's own policy: categories, routing, limits, standards.")
class Catalogue(Node):
    """Counts of what is in force; the history says how it came to be."""

    owner: str = strawberry.field(description="Code of the area whose policy it is.")
    categories: int = strawberry.field(description="Categories that may be reported.")
    rules: int = strawberry.field(description="Routing rules.")
    limits: int = strawberry.field(description="Limits of stage clocks.")
    standards: int = strawberry.field(description="Filing standards.")

    routing: list[RoutingRule] = strawberry.field(description="The rules, first tried first.")
    stage_limits: list[StageLimit] = strawberry.field(description="The limits, by stage.")

    history: HistoryConnection = history_field(lambda one: catalogue_subject(one.owner))


def calendar_of(key: str, versions: tuple[CalendarState, ...]) -> Calendar:
    """Return a calendar for the API."""
    return Calendar(
        id=strawberry.ID(encode_id("Calendar", key)),
        key=key,
        versions=[
            CalendarVersion(
                version=one.version, timezone=one.timezone, first_year=one.first_year,
                last_year=one.last_year, hours=[list(pair) for pair in one.hours],
                weekend=list(one.weekend), holidays=sorted(one.holidays),
                workdays=sorted(one.workdays), source=one.source,
            )
            for one in versions
        ],
    )  # fmt: skip


def catalogue_of(state: CatalogueState) -> Catalogue:
    """Return a catalogue for the API."""
    return Catalogue(
        id=strawberry.ID(encode_id("Catalogue", state.owner)),
        owner=state.owner, categories=sum(one.live for one in state.categories.values()),
        rules=len(state.rules), limits=len(state.limits), standards=len(state.standards),
        routing=[
            RoutingRule(
                rule=one.rule, priority=one.priority, category=one.category, scope=one.scope,
                department=one.department, reason=one.reason, reason_en=one.reason_en,
            )
            for one in sorted(state.rules.values(), key=lambda one: (one.priority, one.rule))
        ],
        stage_limits=[
            StageLimit(clock=clock, category=category, limit=limit)
            for (clock, category), limit in sorted(state.limits.items())
        ],
    )  # fmt: skip


def seen_worker(context: Context, known: Reference, key: str) -> Worker | None:
    """Return a worker who serves where the reader may look, as `workers` lists them; or None."""
    found = known.worker(key)
    if found is None or isinstance(decide(context.actor, Action.READ_FIGURES, found.scope), Denied):
        return None
    return worker_of(found)


def other(context: Context, kind: str, key: str) -> Node | None:
    """Return a worker, calendar or catalogue by its key; None when there is none to be seen."""
    reference = context.platform.reference
    if kind == "Worker":
        return seen_worker(context, reference, key)
    if kind == "Calendar":
        versions = reference.calendars.get(key)
        return None if versions is None else calendar_of(key, versions)
    catalogue = reference.catalogues.get(key) if kind == "Catalogue" else None
    return None if catalogue is None else catalogue_of(catalogue)


Key = Annotated[str, strawberry.argument(description="Its id as commands use it.")]
Owner = Annotated[str, strawberry.argument(description="Code of the area whose policy it is.")]


@strawberry.type
class HistoryQueries:
    """Root fields of things that are known by their history."""

    @strawberry.field(
        description="A grid worker by id; null when there is none, or none in your scope."
    )
    async def worker(self, info: Info, key: Key, as_of: AskedAsOf = None) -> Worker | None:
        """Return a worker."""
        staff_only(info.context)
        return seen_worker(info.context, (await all_at(info.context, as_of))[0], key)

    @strawberry.field(description="A working calendar with its versions; null when there is none.")
    async def calendar(self, info: Info, key: Key, as_of: AskedAsOf = None) -> Calendar | None:
        """Return a calendar."""
        staff_only(info.context)
        found = (await reference_at(info.context, as_of)).calendars.get(key)
        return None if found is None else calendar_of(key, found)

    @strawberry.field(description="An area's own policy; null when it has none.")
    async def catalogue(
        self, info: Info, owner: Owner, as_of: AskedAsOf = None
    ) -> Catalogue | None:
        """Return a catalogue."""
        staff_only(info.context)
        found = (await reference_at(info.context, as_of)).catalogues.get(owner)
        return None if found is None else catalogue_of(found)
