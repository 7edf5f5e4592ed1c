"""From a document to a result: look it up, gate, run its plan or the stock executor, mask.

Documents are kept parsed, checked and planned (`documents.py`). Root fields are gated
here, denied by default, before anything runs. A plan answers where one covers the
operation; the stock executor answers everything else, and everything under
`X-Execution: stock`, which administrators and auditors may ask for (`access.STOCK`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType

from api.graphql.access import gate
from api.graphql.context import Context
from api.graphql.documents import Documents, InvalidDocument, Operation
from api.graphql.errors import ApiError, Unavailable, formatted
from api.graphql.executor import Executor
from api.graphql.plan import Uncovered
from api.graphql.plan.given_up import given_up, planned, uncovered
from api.graphql.results import Answer, Key, Results
from api.measured import DENIED
from projections.time_limit import TimeLimit

IN_TIME: Final = TimeLimit(10.0)
"""How long a query may take."""


class Engine:
    """Executes documents over one schema."""

    def __init__(self, schema: GraphQLSchema, registered: Iterable[str] = ()) -> None:
        self.schema = schema
        self.documents = Documents(schema, registered)
        self.results = Results(schema)
        self.planned = 0
        """How many operations a plan has answered, for tests and metrics."""

    def prepare(
        self,
        text: str | None,
        operation_name: str | None = None,
        document_id: str | None = None,
        *,
        registered_only: bool = False,
    ) -> Operation:
        """Return the operation that a text or a document's id asks for. Raises InvalidDocument."""
        return self.documents.operation(
            text, document_id, operation_name, registered_only=registered_only
        )

    async def answer(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        *,
        stock: bool = False,
    ) -> Answer:
        """Return the encoded answer of a query or mutation, kept where nothing has moved."""
        refused = self._refused(operation, context)
        if refused is not None:
            return encoded(refused, operation, context)

        key = None if stock else self.results.key(operation, variables, context)

        async def make() -> Answer:
            answer = await self._let_in(operation, variables, context, stock=stock)
            return encoded(answer, operation, context, key)

        return await make() if key is None else await self.results.get(key, make)

    async def run(
        self,
        operation: Operation,
        variables: Mapping[str, Any] | None,
        context: Context,
        *,
        stock: bool = False,
    ) -> dict[str, Any]:
        """Return the response of a query or mutation, ready to be encoded."""
        refused = self._refused(operation, context)
        if refused is not None:
            return refused
        answer = await self._let_in(operation, variables or {}, context, stock=stock)
        return with_position(answer, context)

    def _refused(self, operation: Operation, context: Context) -> dict[str, Any] | None:
        refused = refusal(operation, context)
        if refused is not None:
            DENIED.labels(operation.said).inc()
        return refused

    async def _let_in(
        self, operation: Operation, variables: Mapping[str, Any], context: Context, *, stock: bool
    ) -> dict[str, Any]:
        # A mutation is not cut off: whether it was written would stay unknown.
        if operation.kind is not OperationType.QUERY:
            return await self._answer(operation, variables, context, stock=stock)
        try:
            with IN_TIME.begun():
                return await self._answer(operation, variables, context, stock=stock)
        except TimeoutError:
            late = Unavailable(f"the answer took longer than {IN_TIME.seconds:g} s; ask for less")
            return {"data": None, **failed(late, operation, context)}

    async def _answer(
        self, operation: Operation, variables: Mapping[str, Any], context: Context, *, stock: bool
    ) -> dict[str, Any]:
        """Return what a plan answers, what the stock executor does where none can."""
        if stock:
            return await self._stock(operation, variables, context)
        kind = operation.said
        try:
            data = await operation.plans.run(variables, context)
        except Uncovered:
            uncovered(kind)
            return await self._stock(operation, variables, context)
        except Exception as error:  # the stock executor meets the same and says it as GraphQL does
            context.position = None
            answer = await self._stock(operation, variables, context)
            given_up(kind, error, answer, context.request_id)
            return answer
        self.planned += 1
        planned(kind)
        return {"data": data}

    async def _stock(
        self, operation: Operation, variables: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        built: Any = Executor.build(
            self.schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            return {"errors": formatted(built, context.request_id)}
        outcome: Any = built.execute_operation()
        result = outcome if isinstance(outcome, ExecutionResult) else await outcome
        return _told(result, context)


def refusal(operation: Operation, context: Context) -> dict[str, Any] | None:
    """Return the response that refuses an operation, None when the actor may ask."""
    try:
        gate(operation.kind, operation.fields, context.actor)
    except ApiError as error:
        return failed(error, operation, context)
    return None


def failed(error: ApiError, operation: Operation, context: Context) -> dict[str, Any]:
    """Return the response of an operation that was not begun."""
    wrapped = GraphQLError(str(error), operation.node, original_error=error)
    return {"errors": formatted([wrapped], context.request_id)}


def response(result: ExecutionResult, context: Context) -> dict[str, Any]:
    """Return a result as it goes over the wire."""
    return with_position(_told(result, context), context)


def _told(result: ExecutionResult, context: Context) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = formatted(result.errors, context.request_id)
    return answer


def encoded(
    answer: dict[str, Any], operation: Operation, context: Context, key: Key | None = None
) -> Answer:
    """Return an answer as bytes, with what is told about it beside; without errors, its key."""
    errors = answer.get("errors")
    code = errors[0]["extensions"]["code"] if errors and "data" not in answer else None
    spent = operation.cost.spent(answer.get("data")) + context.rows
    body = orjson.dumps(answer)[:-1]
    return Answer(body, context.position, spent, code, None if errors else key)


def with_position(answer: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return an answer that says as of where it is."""
    if context.position is not None:
        answer["extensions"] = {"position": str(context.position)}
    return answer


__all__ = ["Engine", "InvalidDocument", "Operation", "failed", "refusal", "response"]
