"""/metrics for Prometheus: closed label sets, nothing a caller can make grow.

`quanke_log_position` has no labels on purpose: it is one number per log.
"""

from contextlib import suppress
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from api.graphql.live.live import Live
from api.http.crowd import Crowd
from api.http.shedding import LOAD
from api.platform import Platform
from domain.actor import Role
from eventlog import seals
from eventlog.connection import OPERATING
from projections.area_load.queries import (
    COMMUNITY,
    DISTRICT,
    GRID,
    TOWNSHIP,
    overdue_by_depth,
    whole,
)
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
LAGGING: Final = Gauge("quanke_live_lagging", "Subscribers who wait for their line to drain.")
CONNECTIONS: Final = Gauge(
    "quanke_connections", "Connections that follow something, by role.", ["role"]
)
HUB_QUEUE: Final = Gauge("quanke_hub_queue", "Changes that wait for the slowest group.")
COSIGNED_AGE: Final = Gauge(
    "quanke_cosigned_age_seconds", "How long ago each witness last cosigned.", ["witness"]
)
CASES: Final = Gauge("quanke_cases", "Cases of the whole cell by what they are.", ["state"])
OVERDUE: Final = Gauge(
    "quanke_overdue_cases", "Overdue cases that lie in an area of a level.", ["level"]
)
MOST_OVERDUE: Final = Gauge(
    "quanke_overdue_cases_most", "The most overdue cases that one area of a level has.", ["level"]
)
LEVELS: Final = {
    DISTRICT: "district", TOWNSHIP: "township", COMMUNITY: "community", GRID: "grid",
}  # fmt: skip
DATABASE_UP: Final = Gauge("quanke_database_up", "1 while the database answers.")
REGISTRY.register(Crowd(LOAD))


class Metrics:
    """Answers /metrics; a database that is away does not keep it from answering."""

    def __init__(self, platform: Platform, live: Live) -> None:
        self._platform = platform
        self._live = live

    async def __call__(self, _request: Request) -> Response:
        """Return all metrics of this process."""
        GROUPS.set(self._live.groups)
        MEMBERS.set(self._live.members)
        LAGGING.set(self._live.lagging)
        HUB_QUEUE.set(self._platform.hub.longest)
        roles = self._live.guests.roles()
        for role in Role:
            CONNECTIONS.labels(role.value).set(roles[role])
        try:
            found = await standing(self._platform.pool)
            seal = await seals.standing(self._platform.pool)
            cosigned = await seals.cosigned(self._platform.pool)
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
            for one in cosigned:
                COSIGNED_AGE.labels(one.witness).set(self._age_s(one.at))
        with suppress(*OPERATING):  # not built yet, or away
            for state, count in (await whole(self._platform.pool)).items():
                CASES.labels(state).set(count)
            by_depth = await overdue_by_depth(self._platform.pool)
            for depth, level in LEVELS.items():
                overdue, most = by_depth.get(depth, (0, 0))
                OVERDUE.labels(level).set(overdue)
                MOST_OVERDUE.labels(level).set(most)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    def _age_s(self, oldest_at: int | None) -> float:
        return 0 if oldest_at is None else max(0, self._platform.clock() - oldest_at) / 1_000_000
