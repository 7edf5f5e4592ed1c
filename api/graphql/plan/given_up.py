"""Where a plan has not answered: whether the executor would have, is counted and said.

After any exception the executor answers, so a plan that is wrong shows only as slowness. If the
executor comes to no error either, the plan has a bug: somebody is told, by a metric and a line.
"""

from typing import Any, Final

import structlog

from api.graphql.errors import operating
from api.graphql.measured import OPERATIONS

LOG: Final = structlog.get_logger("quanke.graphql")
MESSAGE: Final = "message"
"""What is planned beside queries and mutations: a message of a subscription."""
PLANNED: Final = "planned"
UNCOVERED: Final = "uncovered"
REFUSED: Final = "refused"
FAILED: Final = "failed"


def planned(kind: str) -> None:
    """Note that a plan has answered."""
    OPERATIONS.plans[kind, PLANNED] += 1


def uncovered(kind: str) -> None:
    """Note that no plan covers what was asked: the executor answers, as it is meant to."""
    OPERATIONS.plans[kind, UNCOVERED] += 1


def given_up(kind: str, why: Exception, answer: dict[str, Any], request_id: str) -> None:
    """Note that the executor has answered after a plan's exception."""
    # It met the same, and has said it in GraphQL's words; or a session was cut under the plan.
    if "errors" in answer or operating(why) is not None:
        OPERATIONS.plans[kind, REFUSED] += 1
        return
    OPERATIONS.plans[kind, FAILED] += 1
    LOG.error("a plan failed where the executor did not", kind=kind, request_id=request_id,
              exc_info=why)  # fmt: skip
