"""Mutations of the privacy officer: erase, hold, lift, export. Refusals are userErrors."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import strawberry
from strawberry.types.field import StrawberryField

from api.dispatch.dispatcher import Dispatched
from api.graphql.context import Context, Info
from api.graphql.mutation.inputs import Reader, command_input
from api.graphql.mutation.payload import UserError, command_event, payload_type, user_error
from api.privacy.naming import subject_named
from domain.errors import Rejected
from domain.event import Command
from domain.privacy.commands import EraseSubject, LiftLegalHold, PlaceLegalHold
from domain.privacy.subjects import parse_subject, subject_stream
from eventlog.errors import VersionConflict

Send = Callable[[Context, Any, Any], Awaitable[Dispatched]]


async def _erase(context: Context, command: EraseSubject, given: Any) -> Dispatched:
    return await context.platform.eraser.erase(
        command, context.actor, given.client_mutation_id, context.identity.basis
    )


async def _file(context: Context, command: Any, given: Any) -> Dispatched:
    """Write into the file about a subject."""
    expected = given.expected_version
    return await context.platform.dispatcher.dispatch(
        command,
        stream=subject_stream(str(parse_subject(command.subject))),
        actor=context.actor,
        command_id=given.client_mutation_id,
        expected_version=None if expected is strawberry.UNSET else expected,
        basis=context.identity.basis,
    )


SENDS: Final[dict[type[Command], Send]] = {
    EraseSubject: _erase,
    PlaceLegalHold: _file,
    LiftLegalHold: _file,
}


def _field(kind: type[Command], send: Send) -> StrawberryField:
    payload = payload_type(kind.__name__, None)

    async def resolver(info: Info, input: Any) -> Any:
        context: Context = info.context
        platform = context.platform
        input.subject = await subject_named(platform.pool, input.subject)
        command = Reader(platform.reference, context.actor).command(kind, input)
        event, errors = None, []
        try:
            done = await send(context, command, input)
            if done.first:
                event = command_event(done.first, done.last, done.version, done.duplicate)
        except Rejected as rejected:
            errors = [user_error(rejected.code, rejected.facts, ["input"])]
        except VersionConflict as conflict:
            facts = {"expected": conflict.expected, "actual": conflict.actual}
            errors = [user_error("VERSION_CONFLICT", facts, ["input", "expectedVersion"])]
        return payload(event=event, user_errors=errors, client_mutation_id=input.client_mutation_id)

    resolver.__annotations__ |= {
        "input": command_input(kind, None), "info": Info, "return": payload,
    }  # fmt: skip
    name = kind.__name__[0].lower() + kind.__name__[1:]
    resolver.__name__ = name
    doc = " ".join((kind.__doc__ or "").split())
    made: StrawberryField = strawberry.field(resolver=resolver, name=name, description=doc)
    return made


@strawberry.type(description="What the platform holds about a subject.")
class SubjectExport:
    """The document is JSON: every event, opened, and everybody who has looked."""

    document: str | None = strawberry.field(description="The document; null when refused.")
    user_errors: list[UserError] = strawberry.field(description="Why not; empty when it was done.")


async def export_subject(info: Info, subject: str) -> SubjectExport:
    """Return what there is about a subject. Its words are opened, and that is written down."""
    context: Context = info.context
    platform = context.platform
    try:
        named = await subject_named(platform.pool, subject)
        told = await platform.exporter.export(named, context.identity)
    except Rejected as rejected:
        error = user_error(rejected.code, rejected.facts, ["subject"])
        return SubjectExport(document=None, user_errors=[error])
    return SubjectExport(document=msgspec.json.encode(told).decode(), user_errors=[])


_exporting: StrawberryField = strawberry.field(  # type: ignore[assignment]
    resolver=export_subject,
    name="exportSubject",
    description="导出个人信息: everything about a subject, and who has read it.",
)
FIELDS: Final = [*(_field(kind, send) for kind, send in SENDS.items()), _exporting]
"""What `Mutation` takes up beside the commands of the loop."""
