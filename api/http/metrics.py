"""/metrics for Prometheus: closed label sets, nothing a caller can make grow.

`quanke_log_position` has no labels on purpose: it is one number per log.
"""

from typing import Final

import asyncpg
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from api.graphql.live.live import Live
from api.platform import Platform
from eventlog import seals
from projections.reading import standing

LOG_POSITION: Final = Gauge("quanke_log_position", "Where the log stands.")
APPLIED: Final = Gauge("quanke_read_models_position", "Where the slowest read model stands.")
UNAPPLIED_AGE: Final = Gauge(
    "quanke_oldest_unapplied_age_seconds", "Age of the oldest event not yet applied; 0 at the head."
)
SEALED: Final = Gauge("quanke_sealed_position", "Up to where the log is sealed.")
WITNESSED: Final = Gauge("quanke_witnessed_position", "Up to where a witness has cosigned it.")
UNSEALED: Final = Gauge("quanke_unsealed_events", "Events not sealed yet.")
UNSEALED_AGE: Final = Gauge(
    "quanke_unsealed_age_seconds", "Age of the oldest event not sealed yet; 0 when all are."
)
GROUPS: Final = Gauge("quanke_live_groups", "Running subscription groups.")
MEMBERS: Final = Gauge("quanke_live_members", "Subscribers in all groups.")
DATABASE_UP: Final = Gauge("quanke_database_up", "1 while the database answers.")
OPERATING: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Metrics:
    """Answers /metrics; a database that is away does not keep it from answering."""

    def __init__(self, platform: Platform, live: Live) -> None:
        self._platform = platform
        self._live = live

    async def __call__(self, _request: Request) -> Response:
        """Return all metrics of this process."""
        GROUPS.set(self._live.groups)
        MEMBERS.set(self._live.members)
        try:
            found = await standing(self._platform.pool)
            seal = await seals.standing(self._platform.pool)
        except OPERATING:
            DATABASE_UP.set(0)
        else:
            DATABASE_UP.set(1)
            LOG_POSITION.set(found.head)
            APPLIED.set(found.position)
            UNAPPLIED_AGE.set(self._age_s(found.oldest_unapplied_at))
            SEALED.set(seal.size)
            WITNESSED.set(seal.witnessed)
            UNSEALED.set(seal.unsealed)
            UNSEALED_AGE.set(self._age_s(seal.oldest_at))
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    def _age_s(self, oldest_at: int | None) -> float:
        return 0 if oldest_at is None else max(0, self._platform.clock() - oldest_at) / 1_000_000
