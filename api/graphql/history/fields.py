"""The arguments that every history takes, described once."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from api.graphql.context import Info
from api.graphql.history.pages import Subject, page_of_history, staff_only
from api.graphql.history.types import HistoryConnection

DESCRIPTION = (
    "What happened to it, oldest first: who, when, why, and the change field by field;"
    " personal words are masked for those who may not read them."
)
First = Annotated[int, strawberry.argument(description="How many events, 1 to 100.")]
After = Annotated[
    str | None, strawberry.argument(description="Cursor of the event to go on after.")
]


def history_field(subject: Callable[[Any], Subject]) -> Any:
    """Return the field `history` of a type, for staff; `subject` says whose, given one of it."""

    async def history(
        self: Any, info: Info, first: First = 20, after: After = None
    ) -> HistoryConnection:
        staff_only(info.context)
        return await page_of_history(info.context, subject(self), first, after)

    return strawberry.field(resolver=history, description=DESCRIPTION)
