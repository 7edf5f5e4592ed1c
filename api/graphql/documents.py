"""Documents by their hash: parsed, checked and planned once, then only looked up.

Two shelves. Registered documents come with our own screens, are never dropped, and are all
that a display or the public may ask. Every other text is kept while it is among the most
recently used, and may be asked again by `documentId` alone, which spares its bytes but is
no permission: what a caller may ask is decided by who it is.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule

from api.graphql.cost import Cost
from api.graphql.limits import MAX_TOKENS, check_limits, root_fields
from api.graphql.measured import OTHER
from api.graphql.plan.operation import Plans
from api.graphql.plan.shelves import Shelves
from api.text import NUL, SAID

DOCUMENTS_KEPT: Final = 512
PREFIX: Final = "sha256:"
RULES: Final = (*specified_rules, MaxIntrospectionDepthRule)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a parsed and valid document."""

    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    fields: tuple[str, ...]
    plans: Plans
    document_id: str
    cost: Cost
    kind: OperationType
    said: str
    """Its kind in a word: an enum's own is a function of two more."""


class InvalidDocument(Exception):
    """The document can't be executed; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors[:3]))
        self.errors = errors


def invalid(message: str, code: str) -> InvalidDocument:
    """Return the refusal of a document under a stable code."""
    return InvalidDocument([GraphQLError(message, extensions={"code": code})])


def document_id(text: str) -> str:
    """Return the id of a document's text."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


class Document:
    """One text with its operations, or what is wrong with it."""

    def __init__(self, schema: GraphQLSchema, text: str, identity: str, shelves: Shelves) -> None:
        self._schema = schema
        self._shelves = shelves
        self.text = text
        self.identity = identity
        self._node, self._errors = _checked(schema, text)
        self._operations: dict[str | None, Operation] = {}

    @property
    def mutates(self) -> bool:
        """Whether one of its operations is a mutation."""
        found = self._node.definitions if self._node is not None else ()
        return any(
            isinstance(one, OperationDefinitionNode) and one.operation is OperationType.MUTATION
            for one in found
        )

    def operation(self, name: str | None) -> Operation:
        """Return an operation; without a name, the only one. Raises InvalidDocument."""
        found = self._operations.get(name)
        if found is None:
            if self._node is None:
                raise InvalidDocument(self._errors)
            found = self._made(self._node, name)
            self._operations[name] = found
        return found

    def _made(self, document: DocumentNode, name: str | None) -> Operation:
        node = _pick(document, name)
        fields = tuple(field.name.value for field in root_fields(document, node))
        plans = Plans(self._schema, document, node, self._shelves)
        cost = Cost(self._schema, document, node)
        kind = node.operation
        return Operation(
            document, node, name, fields, plans, self.identity, cost, kind, kind.value
        )  # fmt: skip


class Documents:
    """All documents of this process."""

    def __init__(self, schema: GraphQLSchema, registered: Iterable[str] = ()) -> None:
        self._schema = schema
        self._registered = {document_id(text): text for text in registered}
        self._by_text: OrderedDict[str, Document] = OrderedDict()
        self._by_id: dict[str, Document] = {}
        self.shelves = Shelves()
        self.mutations: set[bytes] = set()
        """Ids of the kept documents that mutate, as bytes: a request's class before parsing."""

    @property
    def registered(self) -> frozenset[str]:
        """The ids of the registered documents."""
        return frozenset(self._registered)

    def name_of(self, operation: "Operation") -> str:
        """Return a registered operation's name, `other` for what callers have made up."""
        node = operation.node.name
        if node is None or operation.document_id not in self._registered:
            return OTHER
        return node.value

    def register(self, text: str) -> str:
        """Put a document among the registered ones and return its id."""
        identity = document_id(text)
        self._registered[identity] = text
        return identity

    def operation(
        self,
        text: str | None,
        identity: str | None = None,
        name: str | None = None,
        *,
        registered_only: bool = False,
    ) -> Operation:
        """Return the operation asked for by text, by id or by both. Raises InvalidDocument.

        `registered_only`: nothing else is so much as parsed.
        """
        if text is None:
            text = self._known(identity)
        known = self._by_text.get(text)
        if known is None:
            found = document_id(text)
            _same(found, identity)
            self._permit(found, registered_only)
            known = self._keep(Document(self._schema, text, found, self.shelves))
        else:
            _same(known.identity, identity)
            self._permit(known.identity, registered_only)
            self._by_text.move_to_end(text)
        return known.operation(name)

    def knows(self, text: str) -> bool:
        """Tell whether a text was parsed already and is kept."""
        return text in self._by_text

    def _known(self, identity: str | None) -> str:
        if identity is None:
            raise invalid("query is missing", "BAD_REQUEST")
        document = self._by_id.get(identity)
        text = document.text if document is not None else self._registered.get(identity)
        if text is None:
            raise invalid("this document is not known here: send its text too", NOT_FOUND)
        return text

    def _permit(self, identity: str, registered_only: bool) -> None:
        if registered_only and identity not in self._registered:
            raise invalid("without a token of your own, only the screens' documents", UNREGISTERED)

    def _keep(self, document: Document) -> Document:
        self._by_text[document.text] = self._by_id[document.identity] = document
        if document.mutates:
            self.mutations.add(document.identity.encode())
        if len(self._by_text) > DOCUMENTS_KEPT + len(self._registered):
            _, dropped = self._by_text.popitem(last=False)
            del self._by_id[dropped.identity]
            self.mutations.discard(dropped.identity.encode())
        return document


NOT_FOUND: Final = "DOCUMENT_NOT_FOUND"
UNREGISTERED: Final = "DOCUMENT_NOT_REGISTERED"


def screens_documents(file: Path) -> list[str]:
    """Return the documents that the screens were built with; none when they were not."""
    if not file.is_file():
        return []
    found: Mapping[str, str] = orjson.loads(file.read_bytes())
    return list(found.values())


def _same(found: str, asked: str | None) -> None:
    if asked is not None and asked != found:
        raise invalid("documentId is not the hash of query", "BAD_REQUEST")


def _checked(schema: GraphQLSchema, text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        document = parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return None, [error]
    except RecursionError:
        return None, [GraphQLError("the document is nested too deeply")]
    errors = (
        _unfit(document, text)
        or check_limits(document)
        or validate(schema, document, RULES, max_errors=10)
    )
    return (None, errors) if errors else (document, [])


def _unfit(document: DocumentNode, text: str) -> list[GraphQLError]:
    """Return what a text of the document holds that no text may: only an escape can say it."""
    token = document.loc.start_token if document.loc and "\\u" in text else None
    while token is not None:
        if NUL in (token.value or ""):
            return [GraphQLError(SAID)]
        token = token.next
    return []


def _pick(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    for one in operations:
        if name is not None and one.name is not None and one.name.value == name:
            return one
    asked = f"there is no operation {name!r}" if name else "operationName is missing"
    raise InvalidDocument([GraphQLError(asked)])
