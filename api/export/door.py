"""GET /export/cases.{csv,ndjson,parquet} and /export/figures.{…}: the filter in the address."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import InvalidToken
from api.export.columns import CASES, FIGURES, Kind
from api.export.forms import FORMS, TYPES, Pages
from api.export.taking import Taken, Turns
from api.graphql.case.queries import CaseFilter, board_filter, list_sight
from api.graphql.case.sight import place_sight
from api.graphql.context import Context
from api.graphql.errors import ApiError, BadInput, Forbidden, TooMuch, Unauthenticated
from api.graphql.figure import figure_of
from api.graphql.live.asked import refused
from api.graphql.live.feeds import flag
from api.graphql.scalars import Instant, parse_instant
from api.graphql.scope import seen_scope
from api.graphql.why.pages import Behind
from api.http.caller import caller
from api.platform import Platform
from api.publicity import public_categories
from domain.access import Action, Allowed, decide
from domain.case.values import Severity, Status
from projections.case_board import public
from projections.figures.queries import Level, Window, figures
from projections.reading import at_position

MONTH_US: Final = 30 * 86_400_000_000


class NoSuchForm(ApiError):
    """There is no such form."""

    code = "NOT_FOUND"


class ExportDoor:
    """Answers /export/cases and /export/figures."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._turns = Turns()

    async def cases(self, request: Request) -> Response:
        """Return the public cases that a filter lets through."""
        try:
            context, form = self._asked(request)
            asked = _filter(request.query_params)
            wanted, sight = board_filter(context, asked), list_sight(context.actor, asked)
        except ApiError as error:
            return refused(error)
        categories = public_categories(self._platform.reference)

        async def pages() -> Pages:
            if wanted is None:
                return
            async with at_position(self._platform.reads, sight) as (reads, _found):
                async for page in public.export(reads, wanted, tuple(categories)):
                    yield [self._named(row) for row in page]

        return self._streamed("cases", form, pages(), CASES)

    async def figures(self, request: Request) -> Response:
        """Return the figures of a window, one row for each figure and area."""
        try:
            context, form = self._asked(request)
            place = seen_scope(context, request.query_params.get("scope"))
            window, level = self._window(request.query_params), _level(request.query_params)
        except ApiError as error:
            return refused(error)

        async def pages() -> Pages:
            sight = place_sight(context.actor)
            async with at_position(self._platform.reads, sight) as (reads, _found):
                rows = await figures(reads, window, level, scope=place, in_clocks=False)
            yield [_told(figure_of(Behind(row, level, place, None))) for row in rows]

        return self._streamed("figures", form, pages(), FIGURES)

    def _asked(self, request: Request) -> tuple[Context, str]:
        """Return who asks and for which form. Raises ApiError."""
        form: str = request.path_params["form"]
        if form not in FORMS:
            raise NoSuchForm(f"the forms are {', '.join(FORMS)}")
        try:
            identity = caller(self._platform.tokens, request)
        except InvalidToken as error:
            raise Unauthenticated(str(error)) from None
        if identity.expires_at is None:
            raise Unauthenticated("an export needs a token")
        actor = identity.actor
        if not isinstance(decide(actor, Action.EXPORT, actor.scope), Allowed):
            raise Forbidden(f"the role {actor.role.value} does not export")
        return Context(self._platform, identity), form

    def _streamed(self, name: str, form: str, pages: Pages, columns: dict[str, Kind]) -> Response:
        try:
            self._turns.take()
        except TooMuch as error:
            return refused(error)
        body: AsyncGenerator[bytes] = FORMS[form](pages, columns)
        headers = {
            "content-disposition": f'attachment; filename="{name}.{form}"',
            "cache-control": "no-store",
        }
        return Taken(self._turns, body, HTTPStatus.OK, headers, TYPES[form])

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        reference = self._platform.reference
        category = reference.category(row["category"], row["scope"])
        department = reference.department(row["department"]) if row["department"] else None
        row["category_name"] = None if category is None else category.name
        row["category_name_en"] = None if category is None else category.name_en
        row["department_name"] = None if department is None else department.name
        return row

    def _window(self, given: QueryParams) -> Window:
        now = self._platform.clock()
        until, since = _instant(given, "until") or now, _instant(given, "since")
        window = Window(until - MONTH_US if since is None else since, until)
        if window.start >= window.end:
            raise BadInput("since comes before until")
        return window


def _filter(given: QueryParams) -> CaseFilter:
    """The same filter as `cases` has, in the address. Raises BadInput."""
    statuses = given.getlist("status")
    unknown = [one for one in statuses if one.lower() not in set(Status)]
    if unknown:
        raise BadInput(f"there is no status {unknown[0]}")
    severity = given.get("severity")
    if severity is not None and severity.lower() not in set(Severity):
        raise BadInput(f"there is no severity {severity}")
    return CaseFilter(
        scope=given.get("scope"),
        status=[Status(one.lower()) for one in statuses] or None,
        category=given.get("category"),
        department=given.getlist("department") or None,
        lead=given.getlist("lead") or None,
        overdue=_flag(given, "overdue"),
        open=_flag(given, "open"),
        severity=None if severity is None else Severity(severity.lower()),
        number=given.get("number"),
        reported_from=_instant(given, "reportedFrom"),
        reported_before=_instant(given, "reportedBefore"),
    )


def _flag(given: QueryParams, name: str) -> bool | None:
    return flag(name, given[name]) if name in given else None


def _instant(given: QueryParams, name: str) -> Instant | None:
    if name not in given:
        return None
    try:
        return parse_instant(given[name])
    except Exception:
        raise BadInput(f"{name} is RFC 3339 with a zone: 2026-11-23T08:00:00Z") from None


def _level(given: QueryParams) -> Level:
    named = given.get("level", "district").upper()
    if named not in Level.__members__:
        raise BadInput(f"level is one of {', '.join(Level.__members__).lower()}")
    return Level[named]


def _told(figure: Any) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in FIGURES}
