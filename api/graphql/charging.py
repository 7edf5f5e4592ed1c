"""What an operation costs its caller: taken before it runs, partly given back after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import OperationType

from api.budget import Bucket, Throttled
from api.graphql.context import Context
from api.graphql.documents import Documents, Operation
from api.graphql.errors import BadInput, TooMuch
from api.graphql.measured import OPERATIONS

FREE_LENGTH: Final = 1_024
"""Characters of a document that cost nothing."""
LENGTH_A_POINT: Final = 8


@dataclass(slots=True)
class Charge:
    """What was taken for one operation, and from which bucket."""

    bucket: Bucket
    asked: int

    def settle(self, spent: int) -> bytes:
        """Give back what was not needed; the fields of `extensions.cost`, encoded."""
        self.bucket.give_back(self.asked - min(spent, self.asked))
        allowed = self.bucket.allowance
        return (
            b'"cost":{"requestedQueryCost":%d,"actualQueryCost":%d,"throttleStatus":{'
            b'"maximumAvailable":%d,"currentlyAvailable":%d,"restoreRate":%d}}'
            % (self.asked, spent, allowed.available, self.bucket.left, allowed.restored_per_s)
        )


def charge_text(text: str | None, documents: Documents, context: Context) -> None:
    """Take for a long document that is new here: to parse and check it is work, valid or not.

    Never more than one operation may cost. Raises TooMuch.
    """
    budget = context.platform.budget
    if budget is None or text is None or len(text) <= FREE_LENGTH or documents.knows(text):
        return
    client, role = context.client, context.actor.role
    most = budget.bucket(client, role).allowance.operation
    try:
        budget.take(client, role, min((len(text) - FREE_LENGTH) // LENGTH_A_POINT, most))
    except Throttled as low:
        raise TooMuch(str(low), low.retry_after_s) from None


def charge(operation: Operation, raw: Mapping[str, Any], context: Context) -> Charge | None:
    """Take what an operation may cost at most; None where nothing is counted.

    Raises TooMuch for a bucket that is too low, BadInput for what no bucket would hold.
    """
    budget = context.platform.budget
    if budget is None:
        return None
    # Who joins a subscription shares its execution with everybody who sees the same.
    joins = operation.kind is OperationType.SUBSCRIPTION
    asked, role = 1 if joins else operation.cost.asked(raw), context.actor.role
    try:
        bucket = budget.take(context.client, role, asked)
    except Throttled as low:
        limit = budget.standing(context.client, role).allowance.operation
        if asked > limit:
            raise BadInput(f"this may cost {asked}, and {limit} is the most: ask less") from None
        raise TooMuch(str(low), low.retry_after_s) from None
    if asked > bucket.allowance.operation:
        bucket.give_back(asked)
        limit = bucket.allowance.operation
        raise BadInput(f"this may cost {asked}, and {limit} is the most: ask less")
    context.cost = asked
    OPERATIONS.cost.add(asked)
    return Charge(bucket, asked)
