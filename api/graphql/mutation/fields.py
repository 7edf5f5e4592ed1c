"""One mutation per command, made from the command's struct: lowerCamel of its name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

import strawberry
from graphql import FieldNode
from strawberry.types.field import StrawberryField

from api.dispatch.casefacts import CASE
from api.dispatch.dispatcher import Dispatched
from api.graphql.case.forms import INSIDE, mutation_name
from api.graphql.case.sight import may, reporter_for, sees
from api.graphql.case.types import Case, case_of
from api.graphql.context import Context, Info
from api.graphql.errors import Forbidden, TooMuch
from api.graphql.ids import case_key
from api.graphql.mutation.inputs import Reader, command_input
from api.graphql.mutation.payload import command_event, payload_type, user_error
from api.graphql.place import (
    Area,
    Department,
    Grid,
    area_of,
    department_of,
    grid_of,
)
from api.platform import Platform
from api.reference import DECIDERS
from domain.access import Action
from domain.actor import Actor, Role
from domain.alert.decide import ALERT
from domain.case import commands as c
from domain.errors import Rejected
from domain.event import Command
from eventlog.errors import VersionConflict
from projections.case_board import queries as board
from projections.case_board.row import BoardRow

PATIENCE_S: Final = 2.0
LISTED: Final = (ALERT,)
"""What lies in a read model, unlike the district in memory: whoever asks next finds it changed."""
"""How long a mutation waits for the read models to show what it has written."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a payload carries: a field of this name and type, found from the command."""

    name: str
    kind: type
    description: str
    find: Callable[[Context, Any], Any]


def _area(context: Context, command: Any) -> Area | None:
    found = context.platform.reference.areas.get(command.code)
    return None if found is None else area_of(found, context.platform.reference)


def _grid(context: Context, command: Any) -> Grid | None:
    found = context.platform.reference.grid(command.code)
    return None if found is None else grid_of(found)


def _department(context: Context, command: Any) -> Department | None:
    found = context.platform.reference.department(command.department)
    return None if found is None else department_of(found)


SUBJECTS: Final[dict[str, Subject]] = {
    "area": Subject("area", Area, "The area as it stands.", _area),
    "grid": Subject("grid", Grid, "The grid as it stands.", _grid),
    "department": Subject("department", Department, "The department as it stands.", _department),
}


def commands() -> list[type[Command]]:
    """Return every command that has a mutation."""
    return [one for one in (*c.COMMANDS, *DECIDERS) if one not in INSIDE]


def field_of(command: type[Command]) -> StrawberryField:
    """Return the mutation field of a command."""
    decider = DECIDERS.get(command)
    if decider is None:
        given, payload = case_input(command), case_payload(command)
        resolver = _case_resolver(command, payload)
    else:
        subject = SUBJECTS.get(decider.name)
        carried = (subject.name, subject.kind, subject.description) if subject else None
        given, payload = command_input(command, None), payload_type(command.__name__, carried)
        resolver = _reference_resolver(command, payload, subject)
    resolver.__annotations__ |= {"input": given, "info": Info, "return": payload}
    resolver.__name__ = mutation_name(command)
    doc = " ".join((command.__doc__ or command.__name__).split())
    made: StrawberryField = strawberry.field(
        resolver=resolver, name=mutation_name(command), description=doc
    )
    return made


@cache
def case_input(command: type[Command]) -> type:
    """Return the input of a command about a case, or that makes one."""
    return command_input(command, None if command is c.ReportCase else "case")


@cache
def case_payload(command: type[Command]) -> type:
    """Return the payload of a command about a case, or that makes one."""
    return payload_type(command.__name__, ("case", Case, "The case as the board shows it now."))


def _case_resolver(command: type[Command], payload: type) -> Callable[..., Any]:
    async def resolver(info: Info, input: Any) -> Any:
        context: Context = info.context
        if is_done(info):
            return what_came(info)
        case = getattr(input, "case", None)
        stream = case_key(case) if case is not None else None
        outcome = await send(context, command, input, stream)
        shows = _asks_for_case(info)
        if isinstance(outcome, Refused):
            row = await shown(context, stream, 0) if shows and stream is not None else None
        else:
            row = await shown(context, outcome.stream, outcome.last) if shows else None
        return case_answer(payload, outcome, input.client_mutation_id, row)

    return resolver


def case_answer(
    payload: type, outcome: "Dispatched | Refused", command_id: UUID, row: BoardRow | None
) -> Any:
    """Return the payload of a command about a case."""
    return payload(
        case=None if row is None else case_of(row),
        event=None if isinstance(outcome, Refused) else _event(outcome),
        user_errors=outcome.errors if isinstance(outcome, Refused) else [],
        client_mutation_id=command_id,
    )


def is_done(info: Info) -> bool:
    """Tell whether a mutation's field has been done already, by a plan."""
    return info.path.key in info.context.done


def what_came(info: Info) -> Any:
    """Return, or raise, what already came of this field: only its showing is left to do."""
    found = info.context.done[str(info.path.key)]
    if isinstance(found, Exception):
        raise found
    return found


def _asks_for_case(info: Info) -> bool:
    """Tell whether the answer is to show the case: only then need the board be waited for."""
    return any(
        not isinstance(node, FieldNode) or node.name.value == "case"
        for field in info._raw_info.field_nodes
        for node in (field.selection_set.selections if field.selection_set else ())
    )


def _reference_resolver(
    command: type[Command], payload: type, subject: Subject | None
) -> Callable[..., Any]:
    async def resolver(info: Info, input: Any) -> Any:
        if is_done(info):
            return what_came(info)
        outcome = await send(info.context, command, input, None)
        done = outcome if isinstance(outcome, Dispatched) else None
        if done is not None and DECIDERS[command] in LISTED:
            await info.context.platform.reached(done.last, PATIENCE_S)
        values: dict[str, Any] = {
            "event": _event(done) if done is not None else None,
            "user_errors": outcome.errors if isinstance(outcome, Refused) else [],
            "client_mutation_id": input.client_mutation_id,
        }
        if subject is not None:
            values[subject.name] = subject.find(info.context, input)
        return payload(**values)

    return resolver


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules said no."""

    errors: list[Any]


async def send(
    context: Context, kind: type[Command], given: Any, stream: UUID | None
) -> Dispatched | Refused:
    """Dispatch a command for the caller. Raises ApiError, LogBusy, LogUnavailable."""
    platform = context.platform
    if stream is not None:
        await _in_sight(context, kind, stream, _given(given.expected_version))
    command = Reader(platform.reference, context.actor).command(kind, given)
    if kind is c.ReportCase and context.identity.basis == "observed":
        wait_s = reporting_wait_s(platform, context.actor)
        if wait_s:
            raise TooMuch(f"too many reports; try again in {wait_s} s", wait_s)
    unsent = await _unsent(context, command, given.client_mutation_id, stream)
    if unsent:
        return Refused([user_error("EVIDENCE_NOT_SENT", {"sha256": unsent}, ["input", "evidence"])])
    now, claimed = platform.clock(), _given(given.occurred_at)
    try:
        return await platform.dispatcher.dispatch(
            command,
            stream=stream,
            actor=context.actor,
            command_id=given.client_mutation_id,
            expected_version=_given(given.expected_version),
            occurred_at=now if claimed is None else min(claimed, now),
            device_time=claimed,
            basis=context.identity.basis,
        )
    except Rejected as rejected:
        return Refused([user_error(rejected.code, rejected.facts, ["input"])])
    except VersionConflict as conflict:
        facts = {"expected": conflict.expected, "actual": conflict.actual}
        return Refused([user_error("VERSION_CONFLICT", facts, ["input", "expectedVersion"])])


def reporting_wait_s(platform: Platform, actor: Actor) -> int:
    """Return 0 and count a report, or in how many seconds a resident may report again."""
    if platform.budget is None or actor.role is not Role.RESIDENT:
        return 0
    return platform.reporting.wait_s(actor.id)


async def _unsent(
    context: Context, command: Command, command_id: UUID, stream: UUID | None
) -> list[str]:
    """Return the hashes a command names of pictures that were never sent to /attachments.

    The demo's simulated people take no pictures: nobody asks them for any.
    """
    evidence = getattr(command, "evidence", ())
    if not evidence or context.identity.basis != "observed":
        return []
    attachments = context.platform.attachments
    return await attachments.missing(context.actor.id, stream, command_id, evidence)


async def _in_sight(
    context: Context, kind: type[Command], stream: UUID, version: int | None
) -> None:
    """Refuse a case out of sight in the same words as one that does not exist.

    What the board does not show yet, or not any more, is judged by the case itself. A department
    that is scored for a case may appeal when it is no longer its own, and sees nothing of it: no
    version either, which would tell how it goes on (docs/adr/0048).
    """
    row = await _board_row(context, stream, 0)
    if row is not None:
        reporter = await reporter_for(context, stream)
        if may(context.actor, Action.READ_CASE, row, reporter):
            return
    held = await context.platform.dispatcher.load(stream, CASE)
    once = kind is c.FileAppeal and version is None
    if not sees(context.actor, held.state, once=once):
        raise Forbidden("there is no such case for you")


async def shown(context: Context, stream: UUID, position: int) -> BoardRow | None:
    """Return a case's row for the answer, None where the caller does not see the case."""
    row = await _board_row(context, stream, position)
    if row is None:
        return None
    reporter = await reporter_for(context, stream)
    return row if may(context.actor, Action.READ_CASE, row, reporter) else None


async def _board_row(context: Context, stream: UUID, position: int) -> BoardRow | None:
    """Return a case's row once the read models have reached a position, or soon after."""
    platform = context.platform
    if position:
        await platform.reached(position, PATIENCE_S)
    return await board.one(platform.pool, stream)


def _event(done: Dispatched) -> Any:
    if not done.first:
        return None
    return command_event(done.first, done.last, done.version, done.duplicate)


def _given(value: Any) -> Any:
    return None if value is strawberry.UNSET else value
