"""A posted request becomes the command `ReportCase`, like a report from anywhere else.

`api_key` is a token. The command's id comes from the `Idempotency-Key` header, so that a
request sent twice is one case; the token that is answered with is that id.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from starlette.requests import Request

from api.auth.tokens import Identity, InvalidToken
from api.graphql.mutation.fields import reporting_wait_s
from api.http.caller import caller
from api.open311.asked import City, Wrong
from api.open311.shapes import GRID_ATTRIBUTE
from api.platform import Platform
from domain.actor import Actor
from domain.case.commands import ReportCase
from domain.case.events import CaseReported
from domain.case.guards.triage import CHANNELS
from domain.case.values import Channel, Place, Point
from domain.errors import Rejected
from domain.streams import CELL
from domain.words import Kind, word
from eventlog.errors import LogBusy, LogUnavailable

DEGREE: Final = 1_000_000
LONGEST: Final = 4_000
"""Characters of a description: the interface's own limit."""
CONTACT: Final = ("first_name", "last_name", "phone", "email")
FORBIDDEN: Final = frozenset({"ROLE_NOT_ALLOWED", "OUT_OF_SCOPE"})


async def posted(
    platform: Platform, request: Request, city: City, form: Mapping[str, str], lang: str
) -> dict[str, Any]:
    """Report a case and return what the interface answers. Raises Wrong."""
    who = _who(platform, request, form)
    code = form.get("service_code")
    if not code:
        raise Wrong(400, "service_code was not provided")
    city.service(code)
    said = form.get("description", "")
    if len(said) > LONGEST:
        raise Wrong(400, f"a description has at most {LONGEST} characters")
    command = ReportCase(
        channel=_channel(who.actor), category=code, place=_place(platform, city, form),
        description=said or None, contact=_contact(form),
    )  # fmt: skip
    wait_s = reporting_wait_s(platform, who.actor)
    if wait_s:
        raise Wrong(429, f"too many requests; try again in {wait_s} s")
    key = _key(request, form, who.actor)
    try:
        done = await platform.dispatcher.dispatch(
            command, actor=who.actor, command_id=key, basis=who.basis
        )
    except Rejected as rejected:
        said_no = word(Kind.REFUSAL, rejected.code)
        text = said_no.en if lang == "en" else said_no.zh
        raise Wrong(403 if rejected.code in FORBIDDEN else 400, text) from None
    except (LogBusy, LogUnavailable):
        raise Wrong(503, "the log does not answer; send it again") from None
    (number,) = (one.number for one in done.events if isinstance(one, CaseReported))
    return {
        "service_request_id": number,
        "token": str(key),
        "service_notice": None,
        "account_id": None,
    }


def _who(platform: Platform, request: Request, form: Mapping[str, str]) -> Identity:
    key = form.get("api_key") or request.query_params.get("api_key")
    try:
        if key:
            return platform.tokens.read(key)
        if "authorization" in request.headers:
            return caller(platform.tokens, request)
    except InvalidToken:
        raise Wrong(403, "api_key is not valid") from None
    raise Wrong(403, "api_key was not provided")


def _channel(actor: Actor) -> Channel:
    allowed = CHANNELS.get(actor.role, frozenset())
    if not allowed:
        raise Wrong(403, f"the role {actor.role.value} does not report")
    return Channel.RESIDENT if Channel.RESIDENT in allowed else min(allowed)


def _key(request: Request, form: Mapping[str, str], actor: Actor) -> UUID:
    given = request.headers.get("idempotency-key") or form.get("idempotency_key")
    if not given:
        return uuid4()
    try:
        return UUID(given)
    except ValueError:
        return uuid5(CELL, f"open311:{actor.id}:{given}")


def _place(platform: Platform, city: City, form: Mapping[str, str]) -> Place:
    point = _point(form)
    code = form.get(f"attribute[{GRID_ATTRIBUTE}]") or form.get("address_id")
    address = form.get("address_string") or None
    grid = platform.reference.grid(code) if code else None
    if grid is None and point is not None:
        grid = platform.reference.grid_at(point.lon, point.lat)
    if grid is not None:
        return Place(scope=grid.scope, grid=grid.code, point=point, address=address)
    if point is None and address is None:
        raise Wrong(400, "lat and long, address_string or address_id must be provided")
    return Place(scope=city.scope, point=point, address=address, unlocated=True)


def _point(form: Mapping[str, str]) -> Point | None:
    if not form.get("lat") and not form.get("long"):
        return None
    try:
        lat, lon = (round(float(form.get(name, "")) * DEGREE) for name in ("lat", "long"))
    except (ValueError, OverflowError):
        raise Wrong(400, "lat and long are degrees (WGS 84)") from None
    if abs(lat) > 90 * DEGREE or abs(lon) > 180 * DEGREE:
        raise Wrong(400, "lat and long are degrees (WGS 84)")
    return Point(lon=lon, lat=lat)


def _contact(form: Mapping[str, str]) -> str | None:
    return " ".join(filter(None, (form.get(name, "").strip() for name in CONTACT))) or None
