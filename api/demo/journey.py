"""The whole way of a case: whatever state it stands in says what its people do next."""

from collections.abc import Callable, Mapping
from typing import Final

from api.demo import handling, triage
from api.demo.walk import Walk, Walking
from domain.case.values import Status

GIVE_UP: Final = 12
"""After so many refusals its people leave a case alone."""

STAGES: Final[Mapping[Status | None, Callable[[Walk], Walking]]] = {
    None: triage.report,
    Status.REPORTED: triage.triage,
    Status.VERIFYING: triage.answer,
    Status.ACCEPTED: triage.filing,
    Status.FILED: triage.dispatching,
    Status.DISPATCHED: triage.acknowledging,
    Status.IN_PROGRESS: handling.handling,
    Status.SUSPENDED: handling.waiting,
    Status.RESOLVED: handling.resolved,
    Status.CHECKING: handling.checking,
    Status.PASSED: handling.closing,
    Status.CLOSED: handling.aftercare,
}


def journey(walk: Walk) -> Walking:
    """Yield every step of a case from where it stands, until nobody has anything to do."""
    while walk.refusals < GIVE_UP:
        stage = STAGES.get(walk.status)
        before = walk.now, walk.status
        if stage is None:
            return
        yield from stage(walk)
        if (walk.now, walk.status) == before:
            return
