"""Mutations of alarms: acknowledge, shelve, take up again. Refusals are userErrors."""

from typing import Any, Final
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField

from api.graphql.alarm.sight import alarm_sight, alarms_seen
from api.graphql.alarm.types import Alarm, alarm_of
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput, Forbidden
from api.graphql.ids import decode_id
from api.graphql.mutation.inputs import Reader, command_input
from api.graphql.mutation.payload import command_event, payload_type, user_error
from domain.alarm.commands import AcknowledgeAlarm, ShelveAlarm, UnshelveAlarm
from domain.errors import Rejected
from domain.event import Command
from eventlog.errors import VersionConflict
from projections.alarm_list import queries as alarms
from projections.alarm_list.queries import AlarmRow
from projections.reading import at_position

KINDS: Final[tuple[type[Command], ...]] = (AcknowledgeAlarm, ShelveAlarm, UnshelveAlarm)
PATIENCE_S: Final = 2.0
CARRIED: Final = ("alarm", Alarm, "The alarm as it stands now.")


def alarm_key(value: str) -> UUID:
    """Return the stream of an alarm from its id. Raises BadInput."""
    kind, key = decode_id(value)
    if kind != "Alarm":
        raise BadInput(f"an id of an Alarm is wanted, not of a {kind}")
    try:
        return UUID(key)
    except ValueError:
        raise BadInput("this is not an id of this platform") from None


def _field(kind: type[Command]) -> StrawberryField:
    payload = payload_type(kind.__name__, CARRIED)

    async def resolver(info: Info, input: Any) -> Any:
        context: Context = info.context
        stream = alarm_key(input.alarm)
        if await _latest(context, stream) is None:
            raise Forbidden("there is no such alarm for you")  # as of one that does not exist
        event, errors = await _sent(context, kind, input, stream)
        row = await _latest(context, stream)
        return payload(
            alarm=None if row is None else alarm_of(row, context.platform.reference),
            event=event, user_errors=errors, client_mutation_id=input.client_mutation_id,
        )  # fmt: skip

    resolver.__annotations__ |= {
        "input": command_input(kind, "alarm"), "info": Info, "return": payload,
    }  # fmt: skip
    name = kind.__name__[0].lower() + kind.__name__[1:]
    resolver.__name__ = name
    doc = " ".join((kind.__doc__ or name).split())
    made: StrawberryField = strawberry.field(resolver=resolver, name=name, description=doc)
    return made


async def _latest(context: Context, stream: UUID) -> AlarmRow | None:
    seen = alarms_seen(context, None)
    async with at_position(context.platform.reads, alarm_sight(seen)) as (reads, _):
        return await alarms.latest(reads, stream, seen)


async def _sent(
    context: Context, kind: type[Command], given: Any, stream: UUID
) -> tuple[Any, list[Any]]:
    """Return where it was written, or why the rules said no."""
    platform, expected = context.platform, given.expected_version
    command = Reader(platform.reference, context.actor).command(kind, given)
    try:
        done = await platform.dispatcher.dispatch(
            command,
            stream=stream,
            actor=context.actor,
            command_id=given.client_mutation_id,
            expected_version=None if expected is strawberry.UNSET else expected,
            basis=context.identity.basis,
        )
    except Rejected as rejected:
        return None, [user_error(rejected.code, rejected.facts, ["input"])]
    except VersionConflict as conflict:
        facts = {"expected": conflict.expected, "actual": conflict.actual}
        return None, [user_error("VERSION_CONFLICT", facts, ["input", "expectedVersion"])]
    await platform.reached(done.last, PATIENCE_S)
    return command_event(done.first, done.last, done.version, done.duplicate), []


FIELDS: Final = [_field(kind) for kind in KINDS]
