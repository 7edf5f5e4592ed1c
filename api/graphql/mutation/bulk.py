"""Many cases by one request, for a surge: each item is a command of its own.

`acceptCases(inputs: [AcceptCaseInput!]!)` does what as many `acceptCase` would: each item is
decided for itself under its own `clientMutationId`, and what the rules refuse leaves nothing
and holds up nobody. All of them join the log's next batches, so many share one commit. Items
on the same case are done in their order. Sent again, what was done is only told again; after
an operating error (`UNAVAILABLE`) that is what to do, as some may have been written.
"""

import asyncio
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from graphql import FieldNode, FragmentSpreadNode
from strawberry.types.field import StrawberryField

from api.dispatch.dispatcher import Dispatched
from api.graphql.case.forms import bulk_name, mutation_name
from api.graphql.context import Context, Info
from api.graphql.cost import MUTATION
from api.graphql.errors import BadInput, Forbidden
from api.graphql.ids import case_key
from api.graphql.mutation.fields import (
    PATIENCE_S,
    Refused,
    case_answer,
    case_input,
    case_payload,
    is_done,
    send,
    shown,
    what_came,
)
from api.graphql.mutation.payload import user_error
from domain.event import Command

MOST: Final = 250
"""How many items one request may have."""
Outcome = Dispatched | Refused


@dataclass(frozen=True, slots=True)
class Item:
    """One command of a request: its place there, its input, the case it is about.

    `wrong`: what is the matter with the id of that case.
    """

    place: int
    given: Any
    stream: UUID | None = None
    wrong: BadInput | None = None


def bulk_field(command: type[Command]) -> StrawberryField:
    """Return the field that does a command for many cases."""
    given, payload, name = case_input(command), _payload(command), bulk_name(command)
    resolver = _resolver(command, payload)
    listed = strawberry.argument(description=f"One for each case, at most {MOST}.")
    resolver.__annotations__ |= {
        "inputs": Annotated[list[given], listed],  # type: ignore[valid-type]
        "info": Info, "return": payload,
    }  # fmt: skip
    resolver.__name__ = name
    made: StrawberryField = strawberry.field(
        resolver=resolver, name=name,
        description=f"{mutation_name(command)} for up to {MOST} cases, each decided for itself.",
    )  # fmt: skip
    return made


IN_ORDER: Final = "One for each input, in its order."


@cache
def _payload(command: type[Command]) -> type:
    described = {
        "results": (types.GenericAlias(list, (case_payload(command),)), IN_ORDER),
        "done": (int, "How many were done, now or the first time they were sent."),
        "refused": (int, "How many the rules refused: they have left nothing."),
    }
    space: dict[str, Any] = {
        "__annotations__": {name: kind for name, (kind, _words) in described.items()},
        **{name: strawberry.field(description=words) for name, (_, words) in described.items()},
    }
    made = types.new_class(f"{command.__name__}sPayload", (), {}, lambda body: body.update(space))
    return strawberry.type(made, description=f"What came of each {command.__name__}.")


def _resolver(command: type[Command], payload: type) -> Callable[..., Any]:
    one = case_payload(command)

    async def resolver(info: Info, inputs: Any) -> Any:
        if is_done(info):
            return what_came(info)
        context: Context = info.context
        if not 1 <= len(inputs) <= MOST:
            raise BadInput(f"inputs are 1 to {MOST}")
        items = [_item(place, given) for place, given in enumerate(inputs)]
        context.rows += MUTATION * len(items)
        outcomes = await _all(context, command, items)
        rows = await _rows(context, items, outcomes) if _asks_for_cases(info) else {}
        results = [
            case_answer(one, outcome, item.given.client_mutation_id, rows.get(item.place))
            for item, outcome in zip(items, outcomes, strict=True)
        ]
        refused = sum(isinstance(outcome, Refused) for outcome in outcomes)
        return payload(results=results, done=len(items) - refused, refused=refused)

    return resolver


def _item(place: int, given: Any) -> Item:
    case = getattr(given, "case", None)
    try:
        return Item(place, given, case_key(case) if case is not None else None)
    except BadInput as error:
        return Item(place, given, wrong=error)


async def _all(context: Context, command: type[Command], items: Sequence[Item]) -> list[Outcome]:
    """Send all items at once; those of one case one after the other. Raises operating errors.

    All are let come to their end first: nobody is cut off between being written and told.
    """
    outcomes: dict[int, Outcome | Exception] = {}
    lines: dict[UUID | int, list[Item]] = {}
    for item in items:
        lines.setdefault(item.stream or item.place, []).append(item)

    async def in_order(line: Sequence[Item]) -> None:
        for item in line:
            try:
                outcomes[item.place] = await _one(context, command, item)
            except Exception as failure:  # told once the others have come to their end
                outcomes[item.place] = failure

    async with asyncio.TaskGroup() as tasks:
        for line in lines.values():
            tasks.create_task(in_order(line))
    found: list[Outcome] = []
    for item in items:
        outcome = outcomes[item.place]
        if isinstance(outcome, Exception):
            raise outcome
        found.append(outcome)
    return found


async def _one(context: Context, command: type[Command], item: Item) -> Outcome:
    """Send one item; what is wrong with it alone is its own refusal."""
    path = ["inputs", str(item.place)]
    try:
        if item.wrong is not None:
            raise item.wrong
        outcome = await send(context, command, item.given, item.stream)
    except (Forbidden, BadInput) as error:
        return Refused([user_error(error.code, {"reason": str(error)}, path)])
    if isinstance(outcome, Refused):
        for refusal in outcome.errors:
            refusal.path = [*path, *refusal.path[1:]]
    return outcome


async def _rows(
    context: Context, items: Sequence[Item], outcomes: Sequence[Outcome]
) -> dict[int, Any]:
    """Return the board's rows by place in the request, once it shows what was written."""
    last = max((one.last for one in outcomes if isinstance(one, Dispatched)), default=0)
    if last:
        await context.platform.reached(last, PATIENCE_S)
    rows = {}
    for item, outcome in zip(items, outcomes, strict=True):
        stream = outcome.stream if isinstance(outcome, Dispatched) else item.stream
        if stream is not None:
            rows[item.place] = await shown(context, stream, 0)
    return rows


def _asks_for_cases(info: Info) -> bool:
    """Tell whether the answer is to show the cases: only then is the board waited for."""
    raw = info._raw_info
    return any(name == "case" for node in raw.field_nodes for name in _named(node, raw.fragments))


def _named(node: Any, fragments: Any) -> Iterator[str]:
    for below in node.selection_set.selections if node.selection_set else ():
        if isinstance(below, FragmentSpreadNode):
            yield from _named(fragments[below.name.value], fragments)
            continue
        if isinstance(below, FieldNode):
            yield below.name.value
        yield from _named(below, fragments)
