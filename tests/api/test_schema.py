"""The schema: committed, described, and closed unless a table opens it."""

import re
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    introspection_types,
    is_specified_scalar_type,
)

from api.graphql.access import QUERIES, SUBSCRIPTIONS
from api.graphql.arguments import ENUMS
from api.graphql.changes import NOTICES, SDL_FILE, ChangeSeverity, changes
from api.graphql.schema import SCHEMA_CORE, sdl
from api.settings import REPOSITORY
from api.wiring import App
from domain.access import GRANTS
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT

VIEWS = re.compile(r"strawberry\.(asgi|fastapi|aiohttp|http|channels|subscriptions)")
TYPES = [
    kind
    for name, kind in SCHEMA_CORE.type_map.items()
    if name not in introspection_types and not is_specified_scalar_type(kind)
]


def test_the_committed_sdl_is_the_schema() -> None:
    assert SDL_FILE.read_text(encoding="utf-8") == sdl(), "run: python -m api.graphql.schema"


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_type_and_field_says_what_it_is(kind: Any) -> None:
    assert kind.description
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in kind.fields.items():
            assert field.description, f"{kind.name}.{name}"
            for argument, one in getattr(field, "args", {}).items():
                assert one.description, f"{kind.name}.{name}({argument}:)"
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            assert value.description, f"{kind.name}.{name}"


def test_a_value_of_the_domain_has_the_domains_words() -> None:
    status: Any = SCHEMA_CORE.type_map["Status"]
    assert status.values["REPORTED"].description == "已上报 · reported"
    for kind in ENUMS:
        named: Any = SCHEMA_CORE.type_map[kind]
        for value in named.values.values():
            assert " · " in value.description
            assert not value.description.startswith(str(value.value))


def test_every_enum_is_one_of_the_domains() -> None:
    enums = {kind.name for kind in TYPES if isinstance(kind, GraphQLEnumType)}
    assert enums == {
        "AlertState", "AppealSide", "CaseOrder", "ChangeSeverity", "Channel", "Clock", "FieldKind",
        "FigureLevel", "Purpose", "ReplayOrder", "Severity", "Status", "Tier",
    }  # fmt: skip


def test_nothing_breaks_unsaid() -> None:
    """What breaks since the last release has a notice; a notice is of something that breaks."""
    found = [one for one in changes(sdl()) if one.severity is ChangeSeverity.BREAKING]
    assert {one.description for one in found} == set(NOTICES)
    assert all(one.notice and one.since == "0.1.0" for one in found)


def test_a_change_that_breaks_is_found() -> None:
    broken = (
        sdl()
        .replace("  closingRateBp: Int\n", "  closingRateBp: Int!\n")
        .replace('  """When it was closed."""\n  closedAt: DateTime\n', "")
    )
    assert broken != sdl()
    found = {one.description for one in changes(broken)} - set(NOTICES)
    assert "Case.closedAt was removed." in found or "Field Case.closedAt was removed." in found


def test_a_change_that_is_dangerous_is_told_of() -> None:
    """A value more in an enum fails nobody who asks, and surprises who switches over it."""
    grown = sdl().replace("enum Tier {", 'enum Tier {\n  """A city."""\n  CITY\n')
    found = [one for one in changes(grown) if one not in changes(sdl())]
    assert [(one.severity, one.kind) for one in found] == [
        (ChangeSeverity.DANGEROUS, "VALUE_ADDED_TO_ENUM")
    ]


def test_strawberry_defines_the_schema_and_opens_no_door() -> None:
    """Its own views have no limits, no sight and no resume: none is so much as named."""
    rooms = [REPOSITORY / room for room in ("api", "projections", "opscenter")]
    sources = [file for room in rooms for file in room.rglob("*.py")]
    named = {
        str(file.relative_to(REPOSITORY))
        for file in sources
        if VIEWS.search(file.read_text("utf-8"))
    }
    assert len(sources) > 200
    assert named == set()
    assert VIEWS.search("from strawberry.asgi import GraphQL")


def test_every_root_field_has_a_gate() -> None:
    query, subscription = SCHEMA_CORE.query_type, SCHEMA_CORE.subscription_type
    assert query is not None
    assert subscription is not None
    assert set(query.fields) == {name for name in QUERIES if not name.startswith("__")}
    assert set(subscription.fields) == set(SUBSCRIPTIONS)


def _selected(field: Any) -> str:
    named = field.type
    while hasattr(named, "of_type"):
        named = named.of_type
    return " { __typename }" if hasattr(named, "fields") or hasattr(named, "types") else ""


def _given(field: Any) -> str:
    values = {"first": "1", "ids": "[]", "since": '"2026-01-01T00:00:00Z"', "case": '"x"'}
    values |= {"lon": "118.0", "lat": "37.4", "key": '"x"', "owner": '"x"'}
    values |= {"until": '"2026-02-01T00:00:00Z"', "id": '"x"', "change": "{}", "grid": '"x"'}
    needed = [name for name, one in field.args.items() if str(one.type).endswith("!")]
    asked = ", ".join(f"{name}: {values[name]}" for name in needed if name in values)
    return f"({asked})" if asked else ""


@pytest.mark.parametrize("role", [None, Role.RESIDENT, Role.DISPLAY, Role.AUDITOR, Role.DISPATCHER])
async def test_each_role_may_ask_what_it_is_granted_and_no_more(
    app: App, client: Client, role: Role | None
) -> None:
    asking = client if role is None else client.acting(role, DISTRICT)
    query = SCHEMA_CORE.query_type
    assert query is not None
    for name, field in query.fields.items():
        granted = (role or Role.PUBLIC) in GRANTS[QUERIES[name]]
        text = f"{{ {name}{_given(field)}{_selected(field)} }}"
        answer = (await asking.post({"query": text})).json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert "INTERNAL" not in codes, (name, answer)
        if not granted:
            assert codes == {"FORBIDDEN" if role else "UNAUTHENTICATED"}, name
        else:
            assert "UNAUTHENTICATED" not in codes, name
