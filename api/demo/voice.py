"""How the live district's people speak to the platform: GraphQL over HTTP, like anybody.

Each has a signed token of their own. A command keeps its id until it is answered, so
a restarted server is asked again and nothing is done twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
import stamina

from api.demo.chance import SECOND
from domain.actor import Actor
from domain.case.commands import ReportCase
from domain.case.values import Channel, Clock, Place, Point, Severity, Status, Tier
from domain.event import Command

ANSWER_S: Final = 20.0
PATIENCE_S: Final = 300.0
"""How long a command is tried while nobody answers: a restart takes seconds."""
CASE: Final = """id status dueAt dueClock selfHandled position channel categoryCode reviewAt
 tier sensitive department { key } grid { code }"""
NAMED: Final = (Channel, Clock, Severity, Tier)
"""Enums of the schema; other coded words go as they are."""
INSTANTS: Final = frozenset({"until", "review_at", "reply_due", "due"})
CASE_IDS: Final = frozenset({"into", "other"})


class Unanswered(Exception):
    """The platform did not answer, or is too busy: ask again with the same command id."""


class Misunderstood(Exception):
    """The platform answered that the request itself is wrong, or not allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: the case as it stands now, or the code of the rule that said no."""

    case: dict[str, Any] | None
    refused: str | None
    position: int


class Voice:
    """Speaks for any number of people over one client."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: Callable[[Actor], str]) -> None:
        self._client = client
        self._url = f"{url}/graphql"
        self._token = token
        self._tokens: dict[str, str] = {}

    async def say(
        self, actor: Actor, command: Command, case: str | None, command_id: UUID
    ) -> Answer:
        """Give a command. Raises Misunderstood, and Unanswered when patience is over."""
        name = type(command).__name__
        field = name[0].lower() + name[1:]
        document = (
            f"mutation {name}($input: {name}Input!) {{ {field}(input: $input) "
            f"{{ case {{ {CASE} }} event {{ last }} userErrors {{ code }} }} }}"
        )
        given = {**_fields(command), "clientMutationId": str(command_id)}
        if not isinstance(command, ReportCase):
            given["case"] = case
        payload = (await self.ask(actor, document, {"input": given}))[field]
        errors = payload["userErrors"]
        event = payload["event"]
        return Answer(
            payload["case"], errors[0]["code"] if errors else None,
            int(event["last"]) if event else 0,
        )  # fmt: skip

    async def look(self, actor: Actor, case: str) -> dict[str, Any] | None:
        """Return a case as the board shows it."""
        document = f"query Look($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"
        found: dict[str, Any] | None = (await self.ask(actor, document, {"id": case}))["case"]
        return found

    async def open_cases(self, actor: Actor, count: int) -> list[dict[str, Any]]:
        """Return some open cases, those due first."""
        document = (
            "query Open($first: Int!) { cases(first: $first, orderBy: DUE, "
            f"filter: {{open: true}}) {{ nodes {{ {CASE} }} }} }}"
        )
        nodes: list[dict[str, Any]] = (await self.ask(actor, document, {"first": count}))["cases"][
            "nodes"
        ]
        return nodes

    async def ask(self, actor: Actor, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Send a document until it is answered. Raises Misunderstood, Unanswered."""
        async for attempt in stamina.retry_context(
            on=(httpx.TransportError, Unanswered), attempts=None, timeout=PATIENCE_S,
            wait_initial=0.2, wait_max=5.0,
        ):  # fmt: skip
            with attempt:
                return await self._once(actor, document, variables)
        raise AssertionError("unreachable")

    async def _once(self, actor: Actor, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = await self._client.post(
            self._url,
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self._token_of(actor)}"},
            timeout=ANSWER_S,
        )
        if answer.status_code in (429, 500, 502, 503, 504):
            raise Unanswered(f"{answer.status_code}")
        body = answer.json()
        errors = body.get("errors")
        if errors and _passing(errors):
            raise Unanswered(str(errors[0].get("message")))
        if errors:
            raise Misunderstood(str(errors[0].get("message")))
        data: dict[str, Any] = body["data"]
        return data

    def _token_of(self, actor: Actor) -> str:
        if actor.id.startswith("resident:"):
            return self._token(actor)
        if actor.id not in self._tokens:
            self._tokens[actor.id] = self._token(actor)
        return self._tokens[actor.id]


def _passing(errors: list[dict[str, Any]]) -> bool:
    codes = {(error.get("extensions") or {}).get("code") for error in errors}
    return bool(codes & {"LOG_BUSY", "LOG_UNAVAILABLE", "BUSY", "UNAVAILABLE", "RATE_LIMITED"})


def _fields(command: Command) -> dict[str, Any]:
    """Return a command's fields as the schema spells them, those that were given."""
    values = ((name, getattr(command, name)) for name in command.__struct_fields__)
    return {_camel(name): _value(name, value) for name, value in values if value not in (None, ())}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Place):
        return _place(value)
    if isinstance(value, NAMED):
        return value.name
    if isinstance(value, Enum):
        return value.value
    if name in INSTANTS and isinstance(value, int):
        return datetime.fromtimestamp(value / SECOND, UTC).isoformat()
    if name in CASE_IDS:
        return case_id(value)
    if isinstance(value, tuple):
        return [_value("", one) for one in value]
    if isinstance(value, msgspec.Struct):
        pairs = ((one, getattr(value, one)) for one in value.__struct_fields__)
        return {_camel(one): _value(one, inner) for one, inner in pairs if inner is not None}
    return value


def _place(place: Place) -> dict[str, Any]:
    given: dict[str, Any] = {"grid": place.grid, "scope": place.scope}
    if isinstance(place.point, Point):
        given["point"] = {"lon": place.point.lon / 1e6, "lat": place.point.lat / 1e6}
    if place.address is not None:
        given["address"] = place.address
    return given


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def case_id(stream: str) -> str:
    """Return the schema's id of a case whose stream is known."""
    from api.graphql.ids import encode_id

    return encode_id("Case", stream)


def status_of(case: dict[str, Any]) -> Status:
    """Return the state that a case of the schema stands in."""
    return Status[case["status"]]
