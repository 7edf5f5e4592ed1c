"""The routes of GeoReport v2 under /open311/v2, in both forms."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.open311 import shapes
from api.open311.asked import (
    PAGE,
    City,
    Wrong,
    changes,
    city_of,
    language,
    number,
    numbers,
    wanted,
)
from api.open311.formats import FORMATS, TYPES, Listed, answer, failed
from api.open311.report import posted
from api.platform import Platform
from api.text import NUL, SAID
from projections.case_board import public
from projections.case_board.public import Wanted
from projections.port import Reads
from projections.reading import at_position
from projections.sight import Sight

ROOT: Final = "/open311/v2"
USUAL: Final = 50
MAX_BODY: Final = 64 * 1024
FORM: Final = "application/x-www-form-urlencoded"

Answerer = Callable[[Request, City, str], Awaitable[tuple[str, Any, int]]]


class Open311Door:
    """Answers everything under /open311/v2."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """Return the routes; `{form}` is json or xml."""
        return [
            Route(f"{ROOT}/discovery.{{form}}", self._answering(self._discovery)),
            Route(f"{ROOT}/services.{{form}}", self._answering(self._services)),
            Route(f"{ROOT}/services/{{code}}.{{form}}", self._answering(self._definition)),
            Route(f"{ROOT}/requests.{{form}}", self._answering(self._requests), methods=["GET"]),
            Route(f"{ROOT}/requests.{{form}}", self._answering(self._post), methods=["POST"]),
            Route(f"{ROOT}/requests/{{id}}.{{form}}", self._answering(self._request)),
            Route(f"{ROOT}/tokens/{{token}}.{{form}}", self._answering(self._token)),
            Route(f"{ROOT}/servicerequestupdates.{{form}}", self._answering(self._updates)),
        ]

    def _answering(self, answerer: Answerer) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            form = request.path_params["form"]
            if form not in FORMATS:
                return failed(404, "the forms are json and xml", "json")
            try:
                city = city_of(request, self._platform.reference)
                root, value, status = await answerer(request, city, language(request))
            except Wrong as wrong:
                return failed(wrong.code, wrong.description, form)
            return answer(root, value, form, status)

        return respond

    async def _discovery(self, request: Request, _city: City, _lang: str) -> tuple[str, Any, int]:
        base = f"{request.url.scheme}://{request.url.netloc}{ROOT}"
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": base,
            "changeset": "2026-11-23",
            "type": "production",
            "formats": Listed("format", list(TYPES.values())),
        }
        told = {
            "changeset": "2026-11-23",
            "contact": None,
            "key_service": None,
            "endpoints": Listed("endpoint", [endpoint]),
        }
        return "discovery", told, 200

    async def _services(self, _request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        reference = self._platform.reference
        found = [shapes.service(one, reference, lang) for one in city.services.values()]
        return "services", Listed("service", found), 200

    async def _definition(self, request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        category = city.service(request.path_params["code"])
        return "service_definition", shapes.definition(category, lang), 200

    async def _requests(self, request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        platform = self._platform
        listed = numbers(request.query_params.get("service_request_id"))
        async with self._looking(city) as reads:
            if listed:
                rows = await public.numbered(reads, _all(city), listed)
            else:
                size = number(request, "page_size", USUAL, PAGE)
                offset = (max(1, number(request, "page", 1, 1_000_000)) - 1) * size
                asked = wanted(request, city, platform.clock())
                rows = await public.page(reads, asked, size, offset)
        found = [shapes.request(row, platform.reference, lang) for row in rows]
        return "service_requests", Listed("request", found), 200

    async def _request(self, request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        asked = [request.path_params["id"]]
        async with self._looking(city) as reads:
            rows = await public.numbered(reads, _all(city), asked)
        if not rows:
            raise Wrong(404, "there is no such service request")
        found = [shapes.request(row, self._platform.reference, lang) for row in rows]
        return "service_requests", Listed("request", found), 200

    async def _post(self, request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise Wrong(400, f"send {FORM}")
        form = dict(parse_qsl(await _body(request)))
        if any(NUL in value for value in form.values()):
            raise Wrong(400, SAID)
        done = await posted(self._platform, request, city, form, lang)
        return "service_requests", Listed("request", [done]), 201

    async def _token(self, request: Request, city: City, _lang: str) -> tuple[str, Any, int]:
        token = request.path_params["token"]
        try:
            command = UUID(token)
        except ValueError:
            raise Wrong(404, "there is no such token") from None
        async with self._looking(city) as reads:
            found = await public.number_of(reads, command, city.public)
        if found is None:
            raise Wrong(404, "there is no such token, or no request for it yet")
        return "service_requests", Listed("request", [_told(found, token)]), 200

    async def _updates(self, request: Request, city: City, lang: str) -> tuple[str, Any, int]:
        asked, after = changes(request, city)
        size = number(request, "page_size", USUAL, PAGE)
        async with self._looking(city) as reads:
            rows = await public.updates(reads, asked, tuple(shapes.UPDATED_BY), after, size)
        found = [shapes.update(row, lang) for row in rows]
        return "service_request_updates", Listed("request_update", found), 200

    @asynccontextmanager
    async def _looking(self, city: City) -> AsyncIterator[Reads]:
        """Read with the city's own sight."""
        async with at_position(self._platform.reads, Sight(scope=city.scope)) as (reads, _found):
            yield reads


def _all(city: City) -> Wanted:
    return Wanted(scope=city.scope, categories=city.public)


def _told(number: str, token: str) -> dict[str, str]:
    return {"service_request_id": number, "token": token}


async def _body(request: Request) -> str:
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MAX_BODY:
            raise Wrong(400, f"a request has at most {MAX_BODY} bytes")
    try:
        return taken.decode()
    except UnicodeDecodeError:
        raise Wrong(400, "send UTF-8") from None
