"""/live, /ready, /startup: is it running, may it be asked, has it started.

Ready means that the database answers and the read models are near the head; a read
model that stands still for long makes it say no, naming the position.
"""

from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.platform import Platform
from eventlog.connection import OPERATING
from projections.reading import standing

STUCK_US: Final = 30_000_000
"""Age of the oldest event not yet applied from which on the platform is not ready."""


def _answer(ok: bool, body: dict[str, Any]) -> Response:
    status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


class Health:
    """Answers the three probes."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def live(self, _request: Request) -> Response:
        """Say that the event loop turns."""
        return _answer(True, {"live": True})

    async def startup(self, _request: Request) -> Response:
        """Say whether everything is founded and caught up."""
        started = self._platform.ready()
        return _answer(started, {"started": started})

    async def ready(self, _request: Request) -> Response:
        """Say whether requests are answered with fresh data."""
        if not self._platform.ready():
            return _answer(False, {"ready": False, "why": "still starting"})
        try:
            found = await standing(self._platform.pool)
        except OPERATING as error:
            return _answer(False, {"ready": False, "why": f"no database: {type(error).__name__}"})
        oldest = found.oldest_unapplied_at
        age = 0 if oldest is None else max(0, self._platform.clock() - oldest)
        body: dict[str, Any] = {
            "ready": age < STUCK_US,
            "position": found.position,
            "head": found.head,
            "quarantined_streams": found.held,
        }
        if age >= STUCK_US:
            body["why"] = f"the read models stand at {found.position} for {age // 1_000_000} s"
        return _answer(age < STUCK_US, body)
