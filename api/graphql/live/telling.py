"""From a subscription's message to the bytes of its response.

By a generated function, as plans answer queries (`plan/outputs.py`): under load a wall's message
has a thousand values, and graphql-core takes several times as long for each. What such a function
can't express, and a message it refuses, goes through the executor, which says in GraphQL's words
what is wrong.
"""

from collections.abc import Callable
from typing import Any

import orjson
import strawberry
from graphql import ExecutionResult
from graphql.pyutils import Path

from api.graphql.context import Context
from api.graphql.engine import response, with_position
from api.graphql.executor import Executor
from api.graphql.plan import Uncovered
from api.graphql.plan.given_up import MESSAGE, given_up, planned, uncovered
from api.graphql.plan.inputs import BACKREF
from api.graphql.plan.operation import RawInfo, Surroundings
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.shelves import Shelves


class Telling:
    """Encodes the messages of one subscription; `planned` counts those that a plan encoded."""

    def __init__(self, executor: Executor, context: Context) -> None:
        self._executor = executor
        self._context = context
        self._planned = _plan(executor, context)
        self.planned = 0

    async def body(self, payload: object) -> bytes:
        """Return the response that tells one message."""
        return orjson.dumps(await self._answer(payload))

    async def _answer(self, payload: object) -> dict[str, Any]:
        if self._planned is None:
            uncovered(MESSAGE)
            return await self._by_executor(payload)
        try:
            data = self._planned(payload)
        except Exception as error:  # the executor meets the same and says it in GraphQL's words
            answer = await self._by_executor(payload)
            given_up(MESSAGE, error, answer, self._context.request_id)
            return answer
        self.planned += 1
        planned(MESSAGE)
        return with_position({"data": data}, self._context)

    async def _by_executor(self, payload: object) -> dict[str, Any]:
        executor = self._executor.build_per_event_executor(payload)
        outcome: Any = executor.execute_operation(False)
        result = outcome if isinstance(outcome, ExecutionResult) else await outcome
        return response(result, self._context)


def _plan(executor: Executor, context: Context) -> Callable[[object], dict[str, Any]] | None:
    """Return what makes a message's data; None where only the executor can."""
    try:
        return _planned(executor, context)
    except Uncovered:
        return None


def _planned(executor: Executor, context: Context) -> Callable[[object], dict[str, Any]]:
    root = executor.schema.subscription_type
    assert root is not None
    values = executor.variable_values.coerced
    outputs = Outputs(executor.schema, executor.fragment_definitions, values, Shelves())
    [(key, nodes)] = outputs.collected(root, [executor.operation.selection_set]).items()
    field = root.fields[nodes[0].name.value]
    raw = RawInfo(
        context, nodes, nodes[0].name.value, executor.fragment_definitions, values,
        executor.operation, Path(None, key, root.name),
    )  # fmt: skip
    info: Any = strawberry.Info(raw, field.extensions[BACKREF])  # type: ignore[arg-type]
    build, surroundings = outputs.value(field.type, nodes), Surroundings(info, values)
    return lambda payload: {key: build(payload, surroundings)}
