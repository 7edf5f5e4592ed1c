"""From a document to a result: parse and validate once, gate, execute, mask.

Documents are kept parsed and validated (LRU by text), which is most of the cost of a
small query. Root fields are gated here, denied by default, before anything runs.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule

from api.graphql.access import gate
from api.graphql.context import Context
from api.graphql.errors import ApiError, Unavailable, formatted
from api.graphql.executor import Executor
from api.graphql.limits import MAX_TOKENS, check_limits, root_fields

DOCUMENTS_KEPT: Final = 512
QUERY_S: Final = 10.0
"""How long a query may take."""
RULES: Final = (*specified_rules, MaxIntrospectionDepthRule)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a parsed and valid document."""

    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    fields: tuple[str, ...]

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


class InvalidDocument(Exception):
    """The document can't be executed; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors[:3]))
        self.errors = errors


class Engine:
    """Executes documents over one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._documents: OrderedDict[str, DocumentNode | list[GraphQLError]] = OrderedDict()

    def prepare(self, text: str, operation_name: str | None = None) -> Operation:
        """Return the operation a text asks for. Raises InvalidDocument."""
        found = self._documents.get(text)
        if found is None:
            found = self._documents[text] = self._checked(text)
            if len(self._documents) > DOCUMENTS_KEPT:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(text)
        if isinstance(found, list):
            raise InvalidDocument(found)
        node = _pick(found, operation_name)
        fields = tuple(field.name.value for field in root_fields(found, node))
        return Operation(found, node, operation_name, fields)

    async def run(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Context
    ) -> dict[str, Any]:
        """Return the response of a query or mutation, ready to be encoded."""
        refused = refusal(operation, context)
        if refused is not None:
            return refused
        outcome = execute(
            self.schema,
            operation.document,
            variable_values=dict(variables or {}),
            operation_name=operation.name,
            context_value=context,
            executor_class=Executor,
        )
        if isinstance(outcome, ExecutionResult):
            return response(outcome, context)
        # A mutation is not cut off: whether it was written would stay unknown.
        patience = QUERY_S if operation.kind is OperationType.QUERY else None
        try:
            async with asyncio.timeout(patience):
                return response(await outcome, context)
        except TimeoutError:
            late = Unavailable(f"the answer took longer than {QUERY_S:g} s; ask for less")
            return failed(late, operation, context)

    def _checked(self, text: str) -> DocumentNode | list[GraphQLError]:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [GraphQLError("the document is nested too deeply")]
        errors = check_limits(document)
        return errors or validate(self.schema, document, RULES, max_errors=10) or document


def refusal(operation: Operation, context: Context) -> dict[str, Any] | None:
    """Return the response that refuses an operation, None when the actor may ask."""
    try:
        gate(operation.kind, operation.fields, context.actor)
    except ApiError as error:
        return failed(error, operation, context)
    return None


def failed(error: ApiError, operation: Operation, context: Context) -> dict[str, Any]:
    """Return the response of an operation that as a whole came to nothing."""
    wrapped = GraphQLError(str(error), operation.node, original_error=error)
    return {"data": None, "errors": formatted([wrapped], context.request_id)}


def response(result: ExecutionResult, context: Context) -> dict[str, Any]:
    """Return a result as it goes over the wire."""
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = formatted(result.errors, context.request_id)
    if context.position is not None:
        answer["extensions"] = {"position": str(context.position)}
    return answer


def _pick(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    for one in operations:
        if name is not None and one.name is not None and one.name.value == name:
            return one
    asked = f"there is no operation {name!r}" if name else "operationName is missing"
    raise InvalidDocument([GraphQLError(asked)])
