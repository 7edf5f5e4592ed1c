"""Payloads: the thing as it stands, the event that made it so, or why the rules said no."""

import types
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.context import Info
from api.graphql.ids import encode_id
from api.graphql.scalars import LogPosition
from api.graphql.sealed import EventSeal, seal_of
from api.graphql.words import refusal_words


@strawberry.type(description="Where a command's first event lies in the log.")
class CommandEvent:
    """Ask a read model for at least this position to read your own write."""

    id: strawberry.ID = strawberry.field(description="Id of the event.")
    position: LogPosition = strawberry.field(description="Place of the first event in the log.")
    last: LogPosition = strawberry.field(description="Place of the last one.")
    version: int = strawberry.field(description="Version of the stream afterwards.")
    duplicate: bool = strawberry.field(
        description="Whether this command had been done before: nothing was written now."
    )

    @strawberry.field(description="The proof that it is in the log.")
    async def seal(self, info: Info) -> EventSeal:
        """Return the seal of the first event."""
        return await seal_of(info, self.position)


@strawberry.type(description="A fact that a rule looked at.")
class RefusalFact:
    """Name and value."""

    name: str = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="What the rule found.")


@strawberry.type(description="Why a rule said no; nothing was written.")
class UserError:
    """`code` is stable; the words are for people."""

    code: str = strawberry.field(description="Stable code of the rule, such as WRONG_STATE.")
    message: str = strawberry.field(description="In English.")
    message_zh: str = strawberry.field(description="In Chinese.")
    path: list[str] = strawberry.field(description="Where in the input.")
    facts: list[RefusalFact] = strawberry.field(description="What the rule looked at.")


def command_event(position: int, last: int, version: int, duplicate: bool) -> CommandEvent:
    """Return where a command's events lie."""
    return CommandEvent(
        id=strawberry.ID(encode_id("Event", str(position))),
        position=LogPosition(position), last=LogPosition(last), version=version,
        duplicate=duplicate,
    )  # fmt: skip


def user_error(code: str, facts: dict[str, Any], path: list[str]) -> UserError:
    """Return a refusal for people."""
    zh, en = refusal_words(code)
    return UserError(
        code=code,
        message=en,
        message_zh=zh,
        path=path,
        facts=[RefusalFact(name=name, value=_text(value)) for name, value in facts.items()],
    )


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_text(one) for one in value)
    return str(getattr(value, "value", value))


def payload_type(command: str, subject: tuple[str, type, str] | None) -> type:
    """Return the payload type of a command; `subject` is name, type and description."""
    namespace: dict[str, Any] = {"__annotations__": {}}

    def add(name: str, kind: Any, description: str) -> None:
        namespace["__annotations__"][name] = kind
        namespace[name] = strawberry.field(description=description)

    if subject is not None:
        add(subject[0], subject[1] | None, subject[2])
    add("event", CommandEvent | None, "Where it was written; null when nothing changed.")
    add("user_errors", list[UserError], "Why not; empty when it was done.")
    add("client_mutation_id", UUID, "Your id of the command.")
    made = types.new_class(f"{command}Payload", (), {}, lambda space: space.update(namespace))
    return strawberry.type(made, description=f"What came of {command}.")
