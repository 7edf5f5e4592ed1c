"""A case in the API: plain facts from the board, sealed words opened one by one."""

from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from strawberry.types import get_object_definition

from api.dispatch.casefacts import CASE
from api.graphql.case.attachment import Attachment, attachments_of
from api.graphql.case.events import CaseEventConnection, TimelinePage
from api.graphql.case.opened import CONTACT, WORDS, asked, opened
from api.graphql.case.sight import may, one_sight, reporter_for
from api.graphql.case.texts import CaseText, text_of
from api.graphql.case.verbs import verbs_of
from api.graphql.context import Context, Info
from api.graphql.deadline.types import Reckoning, reckonings
from api.graphql.errors import Forbidden
from api.graphql.history.difference import DESCRIPTION as DIFF
from api.graphql.history.difference import From, StateDiff, To, state_diff
from api.graphql.history.fields import DESCRIPTION, After, First
from api.graphql.history.pages import Subject, case_subject, page_of_history
from api.graphql.history.types import HistoryConnection
from api.graphql.ids import encode_id
from api.graphql.mutation.inputs import DEGREE, enum_of
from api.graphql.node import Node
from api.graphql.paging import PageInfo
from api.graphql.place import (
    Area,
    Category,
    Department,
    GeoPoint,
    Grid,
    category_of,
    grid_of,
    known_department,
    nearest_area,
)
from api.graphql.scalars import Instant, LogPosition
from api.reference import Reference
from domain.access import Action
from domain.case.values import Channel, Clock, Severity, Status, Tier
from domain.privacy.purposes import Purpose, purpose_for
from projections.as_of import At
from projections.case_board.row import BoardRow
from projections.case_timeline import queries as timeline
from projections.reading import at_position

EventsFirst = Annotated[int, strawberry.argument(description="How many events, 1 to 100.")]
for _kind in (Status, Severity, Tier, Channel, Clock, Purpose):
    enum_of(_kind)  # from here on annotations may name the domain's own enums


def case_id(key: object) -> strawberry.ID:
    """Return the id of a case."""
    return strawberry.ID(encode_id("Case", str(key)))


@dataclass(frozen=True, slots=True)
class Then:
    """What a case of the past is shown with: its moment, the district then, its row of today."""

    at: At
    reference: Reference
    today: BoardRow


@strawberry.type(description="事件 A case: one citizen's matter, from report to assessment.")
class Case(Node):
    """Instants are effective times; null where it has not happened."""

    row: strawberry.Private[BoardRow]
    then: strawberry.Private[Then | None]
    version: int = strawberry.field(description="How many events it has; see expectedVersion.")
    position: LogPosition = strawberry.field(description="Place of its latest event in the log.")
    number: str = strawberry.field(description="The number people know it by.")
    status: Status = strawberry.field(description="Where it stands.")
    open: bool = strawberry.field(description="Whether it still waits for somebody.")
    overdue: bool = strawberry.field(description="Whether a binding clock has run out.")
    channel: Channel = strawberry.field(description="How it came in.")
    scope: str = strawberry.field(description="Where it is: area codes, each with a dot.")
    unlocated: bool = strawberry.field(description="The reporter could not tell where it is.")
    tier: Tier = strawberry.field(description="Level that handles it now.")
    max_tier: Tier = strawberry.field(description="Highest level it has reached.")
    severity: Severity = strawberry.field(description="How bad it is.")
    sensitive: bool = strawberry.field(description="Whether its exact place is sealed.")
    exercise: bool = strawberry.field(description="Whether it is a drill.")
    basis: str = strawberry.field(description="observed, source (imported) or simulated.")
    source: str | None = strawberry.field(description="The source it was imported from.")
    source_id: str | None = strawberry.field(description="What the source calls it.")
    stated: str | None = strawberry.field(description="The source's own word for its status.")
    flags: list[str] = strawberry.field(description="Rules that doubt a stated field.")
    reported_at: Instant | None = strawberry.field(description="When it was reported.")
    accepted_at: Instant | None = strawberry.field(description="When it was accepted.")
    filed_at: Instant | None = strawberry.field(description="When it was filed.")
    dispatched_at: Instant | None = strawberry.field(description="When it was last dispatched.")
    acknowledged_at: Instant | None = strawberry.field(description="When it was acknowledged.")
    handled_at: Instant | None = strawberry.field(description="When it was last handed in.")
    checked_at: Instant | None = strawberry.field(description="When its check passed.")
    closed_at: Instant | None = strawberry.field(description="When it was closed.")
    updated_at: Instant = strawberry.field(description="When anything last happened to it.")
    due_clock: str | None = strawberry.field(description="The running clock that ends first.")
    due_at: Instant | None = strawberry.field(description="When that clock ends.")
    total_due: Instant | None = strawberry.field(description="When the whole case is due.")
    late: list[str] = strawberry.field(description="Running clocks that have passed.")
    suspended_at: Instant | None = strawberry.field(description="Since when it is suspended.")
    review_at: Instant | None = strawberry.field(description="When the suspension is reviewed.")
    returned: int = strawberry.field(description="How often a department asked to return it.")
    rework: int = strawberry.field(description="How often rework was ordered.")
    extensions: int = strawberry.field(description="How many extensions were granted.")
    reopened: int = strawberry.field(description="How often it was reopened.")
    urged: int = strawberry.field(description="How often it was urged.")
    supervised: int = strawberry.field(description="How often supervision was ordered.")
    self_handled: bool = strawberry.field(description="Whether it was mended on the spot.")
    forced: bool = strawberry.field(description="Whether it was closed by force.")
    satisfaction: str | None = strawberry.field(description="The reporter's rating.")

    @strawberry.field(description="Its category.")
    def category(self, info: Info) -> Category | None:
        """Return the category as the catalogue has it now."""
        found = self._district(info).category(self.row.category, self.row.scope)
        return None if found is None else category_of(found)

    @strawberry.field(description="Code of its category.")
    def category_code(self) -> str:
        """Return the code, also of a category the catalogue does not know."""
        return self.row.category

    @strawberry.field(description="The grid it lies in.")
    def grid(self, info: Info) -> Grid | None:
        """Return the grid."""
        code = self.row.grid
        found = self._district(info).grid(code) if code is not None else None
        return None if found is None else grid_of(found)

    @strawberry.field(description="Smallest known area it lies in.")
    def area(self, info: Info) -> Area | None:
        """Return the area."""
        return nearest_area(self._district(info), self.row.scope)

    @strawberry.field(description="The point as reported; null for sensitive cases: see text.")
    def point(self) -> GeoPoint | None:
        """Return the plain point."""
        row = self.row
        if row.lon is None or row.lat is None or row.sensitive or self._today.sensitive:
            return None
        return GeoPoint(lon=row.lon / DEGREE, lat=row.lat / DEGREE)

    @strawberry.field(description="The lead department.")
    def department(self, info: Info) -> Department | None:
        """Return the lead department."""
        return known_department(self._district(info), self.row.department)

    @strawberry.field(description="The lead department first, then the assisting ones.")
    def departments(self, info: Info) -> list[Department]:
        """Return all departments on the case."""
        district = self._district(info)
        found = (known_department(district, key) for key in self.row.departments)
        return [one for one in found if one is not None]

    @strawberry.field(description="The case that goes on in its place.")
    def merged_into(self) -> strawberry.ID | None:
        """Return the id of the case it was merged into."""
        return None if self.row.merged_into is None else case_id(self.row.merged_into)

    @strawberry.field(description="The case it was split off from.")
    def parent(self) -> strawberry.ID | None:
        """Return the id of its parent."""
        return None if self.row.parent is None else case_id(self.row.parent)

    @strawberry.field(description="The cases that carry its parts.")
    def children(self) -> list[strawberry.ID]:
        """Return the ids of its children."""
        return [case_id(child) for child in self.row.children]

    @strawberry.field(description="Its words, for those who work on it; written down.")
    async def text(self, info: Info, purpose: Purpose | None = None) -> CaseText:
        """Return the opened words; a sensitive case wants a purpose. Raises Forbidden."""
        context = info.context
        if not await self._may(context, Action.READ_TEXT):
            raise Forbidden("the words of this case are not for you")
        return text_of(await opened(context, self._today, asked(info, WORDS), purpose, self._up_to))

    @strawberry.field(description="How to reach the reporter; wants a purpose.")
    async def contact(self, info: Info, purpose: Purpose | None = None) -> str | None:
        """Return the opened contact; it always wants a purpose. Raises Forbidden."""
        context = info.context
        if not await self._may(context, Action.READ_CONTACT):
            raise Forbidden("the contact of this case is not for you")
        return (await opened(context, self._today, CONTACT, purpose, self._up_to)).contact

    @strawberry.field(description="Pictures its events name, as far as you may see them.")
    async def attachments(self, info: Info) -> list[Attachment]:
        """Return the pictures, oldest first."""
        found = await attachments_of(info.context, self.row.id)
        return [one for one in found if one.position <= self.row.position]

    @strawberry.field(
        description="Mutations that you may try on it now, none as of the past; see commandForms."
    )
    async def allowed(self, info: Info) -> list[str]:
        """Return what the table allows the caller. Raises Forbidden in a shared answer."""
        context = info.context
        if context.shared:
            raise Forbidden("what you may do is not part of an answer that others share")
        if self.then is not None:
            return []
        return await verbs_of(context, self.row.id)

    @strawberry.field(
        description="Link for the reporter to rate it without an account, once a follow-up "
        "was sent; for those who call back."
    )
    async def rate_link(self, info: Info) -> str | None:
        """Return the link's path and fragment. Raises Forbidden."""
        context = info.context
        if not await self._may(context, Action.READ_CONTACT):
            raise Forbidden("the rating link of this case is not for you")
        state = (await context.platform.dispatcher.load(self.row.id, CASE)).state
        if state.follow_up_until is None or state.unhappy is not None:
            return None
        text = context.platform.links.issue(self.row.id, state.follow_up_until)
        return f"/field#rate={text}"

    @strawberry.field(
        description="Its deadlines with their arithmetic: of stages that run, stand or are over."
    )
    async def deadlines(self, info: Info) -> list[Reckoning]:
        """Return the latest due of every clock, in the order in which they were first set."""
        return await reckonings(info.context, self.row.id, self.row.version)

    @strawberry.field(description="What has happened to it, oldest first.")
    async def timeline(
        self, info: Info, first: EventsFirst = 100, after: After = None
    ) -> CaseEventConnection:
        """Return a page of its timeline up to the moment it is shown as of."""
        context = info.context
        if not await self._may(context, Action.READ_TIMELINE):
            raise Forbidden("the timeline of this case is not for you")
        key, at = self.row.id, None if self.then is None else self.then.at
        page = TimelinePage(first, after, at)
        sight = one_sight(context.actor, key, await reporter_for(context, key))
        async with at_position(context.platform.reads, sight) as (reads, _):
            rows = await timeline.of_case(
                reads, key, page.start, page.size + 1, at=at, up_to=self.row.version
            )
        return page.made(rows, placed=not self._today.sensitive)

    @strawberry.field(description=DESCRIPTION)
    async def history(
        self, info: Info, first: First = 20, after: After = None, purpose: Purpose | None = None
    ) -> HistoryConnection:
        """Return a page; words are opened as far as reader and purpose allow."""
        subject = await self._subject(info.context, purpose)
        return await page_of_history(info.context, subject, first, after)

    @strawberry.field(description=DIFF)
    async def diff(
        self, info: Info, from_: From, to: To = None, purpose: Purpose | None = None
    ) -> StateDiff:
        """Return what differs; words are opened as far as reader and purpose allow."""
        subject = await self._subject(info.context, purpose)
        return await state_diff(info.context, subject, from_, to)

    async def _subject(self, context: Context, purpose: Purpose | None) -> Subject:
        row, role = self.row, context.actor.role
        rights = {
            "case": (Action.READ_TEXT, self._today.sensitive),
            "contact": (Action.READ_CONTACT, True),
        }
        opened_for = {
            owner: purpose_for(role, purpose, sensitive=sensitive)
            for owner, (action, sensitive) in rights.items()
            if await self._may(context, action)
        }
        owners = frozenset(owner for owner, why in opened_for.items() if why is not None)
        return case_subject(
            row.id, row.version, owners,
            placed=not self._today.sensitive or "case" in owners,
            purpose=next((why for why in opened_for.values() if why), Purpose.HANDLING),
        )  # fmt: skip

    async def _may(self, context: Context, action: Action) -> bool:
        if context.shared:
            return False
        reporter = await reporter_for(context, self.row.id)
        return may(context.actor, action, self._today, reporter)

    @property
    def _today(self) -> BoardRow:
        """The row that decides who may see it."""
        return self.row if self.then is None else self.then.today

    @property
    def _up_to(self) -> int | None:
        """The last version whose words belong to what is shown."""
        return None if self.then is None else self.row.version

    def _district(self, info: Info) -> Reference:
        return info.context.platform.reference if self.then is None else self.then.reference


_PLAIN = tuple(
    field.python_name
    for field in get_object_definition(Case, strict=True).fields
    if field.base_resolver is None and field.python_name not in ("id", "status", "then")
)
_ENUMS: dict[str, Any] = {
    "channel": Channel, "tier": Tier, "max_tier": Tier, "severity": Severity,
}  # fmt: skip


def case_of(row: BoardRow, then: Then | None = None) -> Case:
    """Return a case for the API; `then` for one as it was."""
    values = {name: getattr(row, name) for name in _PLAIN}
    for name, kind in _ENUMS.items():
        values[name] = kind(values[name])
    return Case(id=case_id(row.id), row=row, then=then, status=Status(row.status), **values)


@strawberry.type(description="A case with its place in a list.")
class CaseEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: Case = strawberry.field(description="The case.")


@strawberry.type(description="A page of cases.")
class CaseConnection:
    """Relay's connection, forward only."""

    edges: list[CaseEdge] = strawberry.field(description="The cases with their cursors.")
    nodes: list[Case] = strawberry.field(description="The cases.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int | None = strawberry.field(
        description="How many cases the filter lets through; null unless withTotal was asked."
    )
