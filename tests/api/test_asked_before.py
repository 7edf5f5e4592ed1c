"""The same question leads to the same group whatever its cursor; another question does not."""

from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from api.auth.identity import Identity
from api.graphql.context import Context
from api.graphql.live.asked_before import Shape, plain_after, shape_of
from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, TOWN
from tests.api.steps import acting

ASKED = (
    "subscription($f: CaseFilter, $a: String) { caseFeed(filter: $f, after: $a) { __typename } }"
)


def whole(text: str) -> OperationDefinitionNode:
    operation = parse(text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def node(text: str) -> FieldNode:
    field = whole(text).selection_set.selections[0]
    assert isinstance(field, FieldNode)
    return field


def shape(app: App, variables: dict[str, Any], **who: Any) -> Shape:
    actor = Actor(**{"id": "acct:1", "role": Role.ACCEPTOR, "scope": DISTRICT, **who})
    return shape_of("d", None, node(ASKED), variables, Context(app.platform, Identity(actor)))


async def test_what_names_an_area_counts_as_of_now(app: App, client: Client) -> None:
    before = shape(app, {"a": None})
    await acting(client, "admin").done("setStageLimit", owner="371602", clock="accept", limit="2U")
    assert shape(app, {"a": None}) != before


async def test_only_the_cursor_does_not_count(app: App) -> None:
    same = shape(app, {"f": {"open": True, "scope": TOWN}, "a": "x"})
    assert shape(app, {"f": {"scope": TOWN, "open": True}, "a": "y"}, id="acct:2") == same
    assert shape(app, {"f": {"scope": TOWN, "open": True}}) == same
    others = [
        shape(app, {"f": {"open": False, "scope": TOWN}}),
        shape(app, {"f": {"open": True, "scope": TOWN}}, scope=TOWN),
        shape(app, {"f": {"open": True, "scope": TOWN}}, role=Role.CHECKER),
        shape(app, {"f": {"open": True, "scope": TOWN}}, role=Role.HANDLER, unit="urban"),
        shape(app, {"f": {"open": True, "scope": TOWN}}, role=Role.RESIDENT),
    ]
    assert len({same, *others}) == 6


@pytest.mark.parametrize(
    ("argument", "variables", "found"),
    [
        ("", {}, (True, None)),
        ("(after: null)", {}, (True, None)),
        ('(after: "c")', {}, (True, "c")),
        ("(after: $a)", {"a": "c"}, (True, "c")),
        ("(after: $a)", {"a": None}, (True, None)),
        ("(after: $a)", {}, (True, None)),
        ("(after: $d)", {}, (False, None)),
        ("(after: $d)", {"d": "c"}, (True, "c")),
        ("(after: $a)", {"a": 5}, (False, 5)),
        ("(after: 5)", {}, (False, None)),
    ],
)
def test_a_cursor_that_needs_no_coercion(
    argument: str, variables: dict[str, Any], found: tuple[bool, Any]
) -> None:
    text = f'subscription($a: String, $d: String = "x") {{ caseFeed{argument} {{ __typename }} }}'
    assert plain_after(whole(text), node(text), variables) == found


async def test_the_second_who_asks_is_not_resolved_again(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    async with socket(app) as wire:
        await wire.init(acceptor.token)
        await wire.subscribe(ASKED, "1", a=None)
        assert (await wire.hear())["type"] == "next"

        def first(*_: Any) -> None:
            raise AssertionError("resolved again")

        monkeypatch.setattr(app.doors.live, "_first", first)
        await wire.subscribe(ASKED, "2", a=None)
        while (told := await wire.hear())["id"] != "2":
            pass
        assert told["type"] == "next"
        await wire.subscribe(ASKED, "3", a="no cursor")
        while (told := await wire.hear())["id"] != "3":
            pass
        assert told["payload"][0]["extensions"]["code"] == "BAD_INPUT"
    assert app.doors.live.groups == 1
