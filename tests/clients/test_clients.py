"""Each reads a connection, follows the feed, is cut off while cases move, and ends equal."""

import re
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, build_schema, get_named_type

from bench.peers.installed import installed
from tests.clients.conftest import CUTS, SCHEMA, Platform

HERE: Final = Path(__file__).parent
NPM: Final = ("graphql-ws", "urql", "apollo", "relay")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("of", ["npm", "gql"])
async def test_a_foreign_client_ends_equal_to_a_fresh_snapshot(
    platform: Platform, tmp_path: Path, of: str
) -> None:
    command = [sys.executable, str(HERE / "gql_client.py")]
    if of == "npm":
        node = shutil.which("node")
        assert node is not None, "node is not on the PATH: ./quanke test puts it there"
        command = [node, str(installed(HERE) / "all.mjs")]
    async with platform.client(command, tmp_path) as running:
        pages = await running.says("ready")
        assert set(pages) == (set(NPM) if of == "npm" else {"gql"})
        _, known = await platform.snapshot()
        for page in pages.values():
            assert len(page) == len(set(page)) == 5
            assert set(page) <= set(known)
        await platform.move()
        head, truth = await platform.snapshot()
        assert len(truth) == 7 + CUTS * 7 + 2
        assert set(truth.values()) >= {1}
        assert await running.states(head) == dict.fromkeys(pages, truth)
    assert platform.cut == CUTS


def test_every_connection_is_one_by_relays_rules() -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    connections = [
        kind for name, kind in schema.type_map.items()
        if name.endswith("Connection") and isinstance(kind, GraphQLObjectType)
    ]  # fmt: skip
    assert len(connections) >= 3
    page = schema.type_map["PageInfo"]
    assert isinstance(page, GraphQLObjectType)
    assert {name: str(field.type) for name, field in page.fields.items()} == {
        "hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!",
        "startCursor": "String", "endCursor": "String",
    }  # fmt: skip
    for kind in connections:
        assert str(kind.fields["pageInfo"].type) == "PageInfo!"
        edge = get_named_type(kind.fields["edges"].type)
        assert re.fullmatch(r"\[\w+Edge!\]!", str(kind.fields["edges"].type))
        assert isinstance(edge, GraphQLObjectType)
        assert str(edge.fields["cursor"].type) == "String!"
        assert isinstance(edge.fields["node"].type, GraphQLNonNull)


def test_what_answers_a_connection_is_paged_by_first_and_after() -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    fields = [
        (f"{name}.{key}", field) for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) for key, field in kind.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    ]  # fmt: skip
    assert fields
    assert {name: {"first", "after"} - set(field.args) for name, field in fields} == {
        name: set() for name, _ in fields
    }
