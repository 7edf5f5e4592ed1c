"""Documents that schemathesis draws from the schema, filled with values that are there.

It reads the schema as any stranger does, by introspection, and draws a document for each
root field (with hypothesis-graphql). Drawn ids and codes name nothing, so most of them are
replaced by ones that exist, and some documents are left as wild as they were drawn.
Subscriptions, which it does not draw, are drawn as if they were queries and asked over a
WebSocket.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from random import Random
from typing import Any, Final

import schemathesis
from graphql import (
    DocumentNode,
    GraphQLSchema,
    StringValueNode,
    build_schema,
    is_scalar_type,
    is_specified_scalar_type,
    print_ast,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis_graphql import queries
from schemathesis.core.result import Err, Result
from websockets.sync.client import ClientConnection, connect

from api.check.decorated import Made, Pools, decorated
from api.graphql.access import QUERIES, SUBSCRIPTIONS
from api.graphql.schema import SCHEMA_CORE, sdl
from domain.access import GRANTS
from tests.fuzz.world import PEOPLE, Tally, World, judged

WILD: Final = 0.15
"""Share of the documents that keep the values they were drawn with."""
STRANGERS: Final = 0.1
"""Share that is asked by somebody who may not, or by nobody."""
MUTATED: Final = 0.34
"""Mutations are drawn less often: most of their way is walked in `commands.py`."""
MORE: Final = 5
"""So often is more drawn for an operation of which nothing was accepted: a few documents of a query
with a large input may all be wrong, and what was never accepted proves nothing."""
FIRST_S: Final = 20.0


class Asking:
    """Draws documents and asks them."""

    def __init__(self, world: World, tally: Tally, pools: Pools, seed: int) -> None:
        self._world = world
        self._tally = tally
        self._pools = pools
        self._seed = seed
        self._rng = Random(seed)

    def all(self, examples: int, until: float = math.inf) -> None:
        """Ask every query and mutation so many times, or as many as it is time for."""
        for scalar in _scalars(SCHEMA_CORE):
            schemathesis.graphql.scalar(scalar, st.just(_INSTANT))
        headers = {"authorization": f"Bearer {self._world.tokens['auditor']}"}
        schema = schemathesis.graphql.from_url(f"{self._world.url}/graphql", headers=headers)

        @schema.hook
        def map_body(_context: Any, body: DocumentNode) -> DocumentNode:
            return self._filled(body)

        drawn: list[Any] = [_operation(one) for one in schema.get_all_operations()]
        if until < math.inf:  # whichever is left out is another one each time
            self._rng.shuffle(drawn)
        for operation in drawn:
            if time.monotonic() > until:
                return
            name, query = operation.definition.field_name, operation.definition.is_query
            count = examples if query else max(1, round(examples * MUTATED))
            label = f"{'query' if query else 'mutation'} {name}"
            ask, more = partial(self._ask, label), 0
            self._draw(operation.as_strategy(), count, ask)
            while label in self._tally.never and (more := more + 1) <= MORE:
                self._draw(operation.as_strategy(), count, ask, more)

    def subscriptions(self, examples: int) -> None:
        """Ask every subscription so many times."""
        for name in SUBSCRIPTIONS:
            drawn = queries(
                _subscribed(), fields=[name], custom_scalars=_scalar_nodes(),
                print_ast=lambda node: node, allow_x00=False,
            )  # fmt: skip
            with self._following(name) as wire:
                self._draw(drawn, examples, partial(self._follow, wire, name))

    def _draw(self, drawn: Any, count: int, ask: Callable[[Any], None], more: int = 0) -> None:
        @seeded(self._seed + more)
        @settings(
            max_examples=count, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=drawn)
        def asked(case: Any) -> None:
            ask(case)

        asked()

    def _filled(self, body: DocumentNode) -> DocumentNode:
        if self._rng.random() < WILD:
            return body
        return self._decorated(body, SCHEMA_CORE).document

    def _decorated(self, body: DocumentNode, schema: GraphQLSchema) -> Made:
        rng = Random(self._rng.random())
        return decorated(body, schema, self._pools, rng, varied=0.0)

    def _ask(self, label: str, case: Any) -> None:
        kind, _, name = label.partition(" ")
        who = self._somebody(name if kind == "query" else None)
        answer = self._world.post(who, case.body, {})
        accepted, wrong = judged(answer, f"{who}: {case.body}")
        if wrong is not None:
            self._tally.wrong.append(wrong)
        self._tally.note(label, accepted)

    def _somebody(self, query: str | None) -> str | None:
        if self._rng.random() < STRANGERS:
            return self._rng.choice([None, *PEOPLE])
        if query is None:
            return self._rng.choice(["admin", "leader", "acceptor", "officer", "dispatcher"])
        granted = GRANTS[QUERIES[query]]
        return self._rng.choice([who for who, (role, _, _) in PEOPLE.items() if role in granted])

    @contextmanager
    def _following(self, name: str) -> Iterator[ClientConnection]:
        where = self._world.url.replace("http", "ws") + "/graphql"
        with connect(where, subprotocols=["graphql-transport-ws"]) as wire:  # type: ignore[list-item]
            granted = GRANTS[SUBSCRIPTIONS[name]]
            may = [who for who, (role, _, _) in PEOPLE.items() if role in granted]
            token = self._world.tokens["leader" if "leader" in may else may[0]]
            wire.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
            assert json.loads(wire.recv(FIRST_S))["type"] == "connection_ack"
            yield wire

    def _follow(self, wire: ClientConnection, name: str, body: DocumentNode) -> None:
        """Subscribe, and take what comes first as the answer."""
        text = print_ast(self._decorated(body, _subscribed()).document)
        text = "subscription" + text.removeprefix("query")
        key = str(self._rng.random())
        wire.send(json.dumps({"id": key, "type": "subscribe", "payload": {"query": text}}))
        give_up = time.monotonic() + FIRST_S
        while True:
            told = json.loads(wire.recv(max(0.0, give_up - time.monotonic())))
            if told.get("id") == key:
                break
        wire.send(json.dumps({"id": key, "type": "complete"}))
        errors = told["payload"] if told["type"] == "error" else told["payload"].get("errors", [])
        if any(one.get("extensions", {}).get("code") == "INTERNAL" for one in errors):
            self._tally.wrong.append(f"{text}: {errors}"[:2_000])
        self._tally.note(f"subscription {name}", not errors)


def _operation(drawn: Result[Any, Any]) -> Any:
    """Return an operation of the schema. Raises what is wrong with it."""
    if isinstance(drawn, Err):
        raise drawn.err()
    return drawn.ok()


def _scalars(schema: GraphQLSchema) -> list[str]:
    return [
        name
        for name, kind in schema.type_map.items()
        if is_scalar_type(kind) and not is_specified_scalar_type(kind)
    ]


_INSTANT: Final = StringValueNode(value="2026-01-01T00:00:00Z")


def _scalar_nodes() -> dict[str, Any]:
    return {name: st.just(_INSTANT) for name in _scalars(SCHEMA_CORE)}


@cache
def _subscribed() -> GraphQLSchema:
    """Return the schema with its subscriptions in the place of its queries."""
    text = sdl()
    return build_schema(text + "\nschema { query: Subscription }")
