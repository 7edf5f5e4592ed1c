"""The arguments that every history takes, described once."""

from typing import Annotated

import strawberry

DESCRIPTION = (
    "What happened to it, oldest first: who, when, why, and the change field by field;"
    " personal words are masked for those who may not read them."
)
First = Annotated[int, strawberry.argument(description="How many events, 1 to 100.")]
After = Annotated[
    str | None, strawberry.argument(description="Cursor of the event to go on after.")
]
