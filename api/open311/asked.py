"""What a request to the interface says: its form, its language, its city, its filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request

from api.publicity import public_categories
from api.reference import Reference
from domain.catalogue.state import Category
from projections.case_board.public import EVER, Wanted

DAY_US: Final = 86_400_000_000
SPAN_US: Final = 90 * DAY_US
PAGE: Final = 1_000
"""The interface's own limits: ninety days, a thousand requests."""
LARGEST: Final = 1 << 20


class Wrong(Exception):
    """The request can't be answered: one of the interface's codes, and why."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class City:
    """The jurisdiction asked about, and its services."""

    scope: str
    services: dict[str, Category]
    public: tuple[str, ...]
    """Codes of every open category, retired ones too: their cases are still there."""

    def service(self, code: str) -> Category:
        """Return a service that can be asked for. Raises Wrong."""
        found = self.services.get(code)
        if found is None:
            raise Wrong(404, f"there is no service {code}")
        return found


def city_of(request: Request, reference: Reference) -> City:
    """Return the jurisdiction a request names, the first district without one."""
    named = request.query_params.get("jurisdiction_id")
    districts = {area.code: area for area in reference.districts}
    if named and named not in districts:
        raise Wrong(404, f"there is no jurisdiction {named}; there are: {', '.join(districts)}")
    district = districts[named] if named else reference.district
    if district is None:
        raise Wrong(404, "there is no jurisdiction yet")
    return _city(district.scope, reference)


def _city(scope: str, reference: Reference) -> City:
    known = public_categories(reference, scope)
    return City(scope, {code: one for code, one in known.items() if one.live}, tuple(known))


def language(request: Request) -> str:
    """Return `en` or `zh`: the address's `lang`, else what the browser prefers."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return "en" if asked.lower().startswith("en") else "zh"


def wanted(request: Request, city: City, now: int) -> Wanted:
    """Return which cases a list asks for; ninety days up to now unless it says otherwise."""
    given = request.query_params
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    if start is None:
        start = (end if end is not None else now) - SPAN_US
    if end is None:
        end = min(start + SPAN_US, EVER)
    if end - start > SPAN_US:
        raise Wrong(400, "start_date and end_date span at most 90 days")
    codes = tuple(_codes(given.get("service_code"))) or city.public
    return Wanted(
        scope=city.scope,
        categories=tuple(code for code in codes if code in city.public),
        open=_open(given.get("status")),
        reported_from=start,
        reported_before=end + 1_000_000,  # the interface's ends are seconds, and inclusive
        updated_from=_or(_instant(request, "updated_after"), 0),
        updated_before=_or(_instant(request, "updated_before"), EVER),
    )


def changes(request: Request, city: City) -> tuple[Wanted, int]:
    """Return which cases' updates are asked for, and after which position."""
    found = Wanted(
        scope=city.scope,
        categories=city.public,
        updated_from=_or(_instant(request, "start_date"), 0),
        updated_before=_or(_instant(request, "end_date"), EVER),
    )
    return found, number(request, "after", 0, EVER)


def numbers(text: str | None) -> Sequence[str]:
    """Return the request ids of a comma-delimited list, at most fifty."""
    return _codes(text)[:50]


def number(request: Request, name: str, usual: int, most: int) -> int:
    """Return a whole number from the address."""
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Wrong(400, f"{name} is a whole number")
    return min(int(text), most)


def _codes(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _open(text: str | None) -> bool | None:
    states = set(_codes(text))
    if not states <= {"open", "closed"}:
        raise Wrong(400, "status is open or closed")
    return "open" in states if len(states) == 1 else None


def _instant(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped + arrives as a space
    except ValueError:
        raise Wrong(400, f"{name} is a time such as 2026-11-23T08:00:00Z") from None
    at = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return int(at.timestamp() * 1_000_000)


def _or(value: int | None, usual: int) -> int:
    return usual if value is None else value
