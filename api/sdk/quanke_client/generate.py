"""Make typed methods from a schema and documents: `python -m quanke_client.generate`.

    python -m quanke_client.generate schema.graphql documents/ > quanke_client/typed.py

Every document becomes a method whose arguments and answer have types; so does every
command of the schema, without a document. Answers stay plain dictionaries (TypedDict): what
the server sends is what you hold. Needs graphql-core, here alone.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeNode,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_input_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
    parse,
    print_ast,
    type_from_ast,
    validate,
)  # fmt: skip

from .feeds import ITEMS

SCALARS: Final = {"Int": "int", "Float": "float", "Boolean": "bool"}
"""What is not named here is a string on the wire: ids, instants, positions."""
HEADER: Final = '''# ruff: noqa
# fmt: off
"""Made by quanke_client.generate from the schema; not for editing."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, NotRequired, TypedDict, cast

from .asking import Quanke, given
from .collection import LiveCollection
from .feeds import READINGS
'''
SHALLOW: Final = {"Case": ("id", "number", "status", "version")}
"""How much a command's payload shows of what is large."""

Fields = dict[str, FieldNode]


class Typing:
    """The definitions that the documents so far have needed, in the order of their need."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.definitions: dict[str, str] = {}
        self._begun: set[str] = set()

    def input(self, kind: GraphQLInputType) -> str:
        """Return the type of a value that is given."""
        if isinstance(kind, GraphQLNonNull):
            return self._given(kind.of_type)
        return f"{self._given(kind)} | None"

    def _given(self, kind: GraphQLInputType) -> str:
        if isinstance(kind, GraphQLList):
            return f"Sequence[{self.input(kind.of_type)}]"
        if isinstance(kind, GraphQLInputObjectType):
            return self._input_object(kind)
        return self._leaf(get_named_type(kind))

    def _input_object(self, kind: GraphQLInputObjectType) -> str:
        if kind.name not in self._begun:
            self._begun.add(kind.name)  # one that holds itself is named before it is whole
            lines = []
            for name, field in kind.fields.items():
                given = self.input(field.type)
                lines.append(
                    (name, given if is_required_input_field(field) else f"NotRequired[{given}]")
                )
            self.definitions[kind.name] = typed_dict(kind.name, dict(lines), kind.description)
        return kind.name if kind.name in self.definitions else f'"{kind.name}"'

    def _leaf(self, kind: object) -> str:
        if isinstance(kind, GraphQLEnumType):
            values = ", ".join(f'"{name}"' for name in kind.values)
            self.definitions.setdefault(kind.name, f"{kind.name} = Literal[{values}]\n")
            return kind.name
        assert isinstance(kind, GraphQLScalarType)
        return SCALARS.get(kind.name, "str")

    def output(self, kind: GraphQLOutputType, name: str, asked: "Selections") -> str:
        """Return the type of a value that is answered; `name` is for what it is made of."""
        if isinstance(kind, GraphQLNonNull):
            return self._answered(kind.of_type, name, asked)
        return f"{self._answered(kind, name, asked)} | None"

    def _answered(self, kind: GraphQLOutputType, name: str, asked: "Selections") -> str:
        if isinstance(kind, GraphQLList):
            return f"list[{self.output(kind.of_type, name, asked)}]"
        if is_leaf_type(kind):
            return self._leaf(kind)
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, name, asked)
        assert isinstance(kind, GraphQLUnionType)
        return " | ".join(self._object(one, f"{name}{one.name}", asked) for one in kind.types)

    def _object(self, kind: GraphQLObjectType, name: str, asked: "Selections") -> str:
        fields = {}
        for key, node in asked.on(kind).items():
            if node.name.value == "__typename":
                fields[key] = f'Literal["{kind.name}"]'
                continue
            found = self.output(
                kind.fields[node.name.value].type, f"{name}{key[0].upper()}{key[1:]}",
                asked.below(node),
            )  # fmt: skip
            fields[key] = f"NotRequired[{found}]" if node.directives else found
        self.definitions.setdefault(name, typed_dict(name, fields, kind.description))
        return name


class Selections:
    """What is selected of a value, fragments filled in."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        *chosen: SelectionSetNode | None,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._chosen = chosen

    def on(self, kind: GraphQLObjectType) -> Fields:
        """Return the fields selected of an object of this type, by their key in the answer."""
        found: Fields = {}
        for one in self._chosen:
            for node in self._fields(one, kind):
                found.setdefault(node.alias.value if node.alias else node.name.value, node)
        return found

    def below(self, node: FieldNode) -> "Selections":
        """Return what is selected of a field's value."""
        return Selections(self._schema, self._fragments, node.selection_set)

    def _fields(
        self, chosen: SelectionSetNode | None, kind: GraphQLObjectType
    ) -> Iterator[FieldNode]:
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._is(kind, condition.name.value):
                    yield from self._fields(node.selection_set, kind)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                if self._is(kind, fragment.type_condition.name.value):
                    yield from self._fields(fragment.selection_set, kind)

    def _is(self, kind: GraphQLObjectType, name: str) -> bool:
        other = self._schema.type_map[name]
        return kind is other or (is_abstract_type(other) and self._schema.is_sub_type(other, kind))


def typed_dict(name: str, fields: Mapping[str, str], description: str | None) -> str:
    """Return the definition of a TypedDict, in the form that any key may have."""
    about = f"# {description.splitlines()[0]}\n" if description else ""
    inner = ", ".join(f'"{key}": {forward(kind)}' for key, kind in fields.items())
    return f'{about}{name} = TypedDict("{name}", {{{inner}}})\n'


def forward(kind: str) -> str:
    """Return a type that may name what is defined later: as one string."""
    return "'" + kind.replace('"', "") + "'" if '"' in kind and "Literal" not in kind else kind


def snake(name: str) -> str:
    """Return a name as Python writes it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def arguments(typing: Typing, node: OperationDefinitionNode, without: str = "") -> dict[str, str]:
    """Return the parameters of an operation's variables, each with its type and default."""
    found = {}
    for variable in node.variable_definitions or ():
        name = variable.variable.name.value
        kind = type_from_ast(typing.schema, plain(variable.type))
        if name == without:
            continue
        assert is_input_type(kind)
        required = isinstance(variable.type, NonNullTypeNode) and variable.default_value is None
        given = typing.input(kind).replace('"', "")
        found[name] = given if required else f"{given.removesuffix(' | None')} | None = None"
    return found


def plain(node: TypeNode) -> TypeNode:
    """Return the type as it is; a function so that its union of nodes is one for the checker."""
    return node


def method(
    typing: Typing, node: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> str:
    """Return the method of a document."""
    assert node.name is not None
    name = node.name.value
    root = typing.schema.get_root_type(node.operation)
    assert root is not None
    asked = Selections(typing.schema, fragments, node.selection_set)
    live = node.operation is OperationType.SUBSCRIPTION
    given = arguments(typing, node, "after" if live else "")
    answer = typing.output(GraphQLNonNull(root), name, asked)
    text = "\n".join(print_ast(one) for one in (node, *used(node, fragments)))
    parameters = ", ".join(f"{key}: {kind}" for key, kind in given.items())
    values = ", ".join(f"{key}={key}" for key in given)
    constant = f"{snake(name).upper()} = {text!r}\n"
    signature = f"self, *, {parameters}" if given else "self"
    variables = f"given({values})"
    if live:
        return constant + followed(typing, name, asked.on(root), signature, variables)
    return (
        f"{constant}\nasync def {snake(name)}({signature}) -> {answer}:\n"
        f"    return cast({answer}, await self.ask({snake(name).upper()}, {variables}))\n"
    )


def followed(typing: Typing, name: str, roots: Fields, signature: str, variables: str) -> str:
    """Return the method of a subscription: the collection that its messages keep live."""
    (field,) = roots
    whole, _ = ITEMS[field]
    root = typing.schema.subscription_type
    assert root is not None
    union = get_named_type(root.fields[field].type)
    assert isinstance(union, GraphQLUnionType)
    (snapshot,) = (one.name for one in union.types if one.name.endswith("Snapshot"))
    item = f"{name}{field[0].upper()}{field[1:]}{snapshot}{whole[0].upper()}{whole[1:]}"
    assert item in typing.definitions, item
    kind = f"AbstractAsyncContextManager[LiveCollection[{item}]]"
    return (
        f"\ndef follow_{snake(name)}({signature}) -> {kind}:\n"
        f"    text, reading = {snake(name).upper()}, READINGS[{field!r}]\n"
        f"    return self.follow(text, {field!r}, reading, {variables})\n"
    )


def used(
    node: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """Return the fragments of a document's file that its text names."""
    text = print_ast(node) + "".join(map(print_ast, fragments.values()))
    return [one for name, one in fragments.items() if f"...{name}" in text]


def command(schema: GraphQLSchema, name: str) -> str:
    """Return a document for a command: its input, and all of its payload that is small."""
    assert schema.mutation_type is not None
    field = schema.mutation_type.fields[name]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    (argument,) = field.args.values()
    title = f"{name[0].upper()}{name[1:]}"
    answer = selected(payload, 2)
    return f"mutation {title}($input: {argument.type}) {{ {name}(input: $input) {answer} }}"


def selected(kind: GraphQLObjectType, depth: int) -> str:
    """Return a selection of what needs no arguments, down to a depth."""
    wanted = SHALLOW.get(kind.name)
    found = []
    for name, field in kind.fields.items():
        if wanted is not None and name not in wanted:
            continue
        below = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(below):
            found.append(name)
        elif isinstance(below, GraphQLObjectType) and depth > 0 and below.name != "EventSeal":
            found.append(f"{name} {selected(below, depth - 1)}")
    return f"{{ {' '.join(found)} }}"


def commands(schema: GraphQLSchema) -> list[str]:
    """Return the names of the mutations that take one input: the platform's commands."""
    fields = schema.mutation_type.fields if schema.mutation_type else {}
    return [name for name, field in fields.items() if list(field.args) == ["input"]]


def generate(schema: GraphQLSchema, documents: Mapping[str, str]) -> str:
    """Return the module for a schema and documents by the name of their file.

    Raises ValueError for a document that does not fit the schema.
    """
    typing = Typing(schema)
    methods = []
    for name, text in {
        **documents,
        **{one: command(schema, one) for one in commands(schema)},
    }.items():
        document = parse(text)
        if errors := validate(schema, document):
            raise ValueError(f"{name}: {errors[0].message}")
        fragments = {
            one.name.value: one for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }  # fmt: skip
        methods += [
            method(typing, one, fragments) for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
        ]  # fmt: skip
    return module(typing, methods)


def module(typing: Typing, methods: list[str]) -> str:
    """Return the definitions, then the documents, then the class."""
    constants, bodies = [], []
    for one in methods:
        constant, _, body = one.partition("\n\n")
        constants.append(constant)
        bodies.append("\n".join(f"    {line}" if line else "" for line in body.splitlines()))
    about = '"""The platform, with a method for every document and every command."""'
    return "\n".join(
        [
            HEADER,
            *typing.definitions.values(),
            *constants,
            "",
            f"\nclass Typed(Quanke):\n    {about}\n",
        ]
        + [f"{body}\n" for body in bodies]
    )


def read(folder: Path) -> dict[str, str]:
    """Return the documents of a folder by the name of their file."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.graphql"))}


def main() -> None:
    """Print the module for the schema and the folders named on the command line."""
    schema, *folders = sys.argv[1:]
    documents: dict[str, str] = {}
    for folder in folders:
        documents |= read(Path(folder))
    sys.stdout.write(generate(build_schema(Path(schema).read_text("utf-8")), documents))


if __name__ == "__main__":
    main()
