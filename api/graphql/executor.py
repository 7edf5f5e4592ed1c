"""graphql-core's executor with its one leak closed.

graphql-core 3.3.2 copies the executor for each subscription event but shares the memo
of collected sub-fields, which is keyed by the identity of a list made anew per event:
it never hits and never shrinks (3 KB per event for twelve fields). A wall that stays
open for a week would eat the machine. The copy gets a memo of its own here.
"""

from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Executor(StrawberryGraphQLCoreExecutionContext):
    """The executor of every operation."""

    def build_per_event_executor(self, payload: Any) -> "Executor":
        """Return the executor of one subscription event, with its own memo."""
        executor = super().build_per_event_executor(payload)
        assert isinstance(executor, Executor)
        executor._relevant_sub_fields = {}
        return executor
