"""One event in the history of a thing, for people: who, when, why, and what it changed."""

from collections.abc import Iterator

import strawberry

from api.dispatch.sealing import personal, value_at
from api.graphql.history.folding import Told
from api.graphql.history.spoken import FieldChange, field_changes, named
from api.graphql.ids import encode_id
from api.graphql.paging import PageInfo
from api.graphql.scalars import Instant, LogPosition
from api.graphql.words import title_of
from domain.event import Sealed
from domain.words import Kind, word


@strawberry.type(description="Words that were said with an event; personal ones only to some.")
class SaidWords:
    """Null `text` with neither mark: nothing was said."""

    field: str = strawberry.field(description="Path in the event, such as note.")
    name: str = strawberry.field(description="The field in Chinese.")
    name_en: str = strawberry.field(description="The field in English.")
    text: str | None = strawberry.field(description="The words, where you may read them.")
    masked: bool = strawberry.field(description="Whether they are personal and not for you.")
    erased: bool = strawberry.field(description="Whether their key was destroyed.")


@strawberry.type(description="An event in the history of a thing, with the change it made.")
class HistoryEntry:
    """Who, when, why, and which fields of the state had which value before and after."""

    id: strawberry.ID = strawberry.field(description="Id of the event.")
    position: LogPosition = strawberry.field(description="Place in the log.")
    version: int = strawberry.field(description="Place in the thing's own history.")
    topic: str = strawberry.field(description="What happened, such as case.dispatched.")
    title: str = strawberry.field(description="The same in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    actor: str = strawberry.field(description="Opaque account of who did it.")
    role: str = strawberry.field(description="As what.")
    unit: str | None = strawberry.field(description="For which department.")
    occurred_at: Instant = strawberry.field(description="When it happened, as was claimed.")
    effective_at: Instant = strawberry.field(
        description="The latest claim in this history so far: what clocks and figures count by."
    )
    recorded_at: Instant = strawberry.field(description="When the log took it.")
    basis: str = strawberry.field(description="observed, source (imported) or simulated.")
    reason: str | None = strawberry.field(description="Coded reason, or the rule that decided.")
    reason_name: str | None = strawberry.field(description="The reason in Chinese.")
    reason_name_en: str | None = strawberry.field(description="The reason in English.")
    causation: LogPosition | None = strawberry.field(
        description="Place in the log of the event that led to this one."
    )
    command_id: str = strawberry.field(description="The command it came from.")
    said: list[SaidWords] = strawberry.field(description="Words that were said with it.")
    changes: list[FieldChange] = strawberry.field(
        description="Fields of the state that it changed, before and after."
    )


@strawberry.type(description="An event with its place in a history.")
class HistoryEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this history.")
    node: HistoryEntry = strawberry.field(description="The event.")


@strawberry.type(description="A page of a history, oldest first.")
class HistoryConnection:
    """Relay's connection, forward only."""

    edges: list[HistoryEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[HistoryEntry] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


def entry_of(one: Told, *, owners: frozenset[str], placed: bool) -> HistoryEntry:
    """Return an event for the API; `owners` are those whose words were opened."""
    recorded, meta = one.recorded, one.meta
    title, title_en = title_of(recorded.topic)
    reason, zh, en = _reason(one)
    changes = field_changes(one.before, one.after, owners=owners, placed=placed)
    return HistoryEntry(
        id=strawberry.ID(encode_id("Event", str(recorded.position))),
        position=LogPosition(recorded.position), version=recorded.version,
        topic=recorded.topic, title=title, title_en=title_en,
        actor=recorded.actor, role=meta.role, unit=meta.unit,
        occurred_at=Instant(meta.occurred_at), effective_at=Instant(meta.effective_at),
        recorded_at=Instant(recorded.recorded_at), basis=meta.basis,
        reason=reason, reason_name=zh, reason_name_en=en,
        causation=None if meta.causation is None else LogPosition(meta.causation),
        command_id=str(recorded.command_id),
        said=list(_said(one, owners)), changes=list(changes),
    )  # fmt: skip


def _reason(one: Told) -> tuple[str | None, str | None, str | None]:
    """Return a coded reason, or the routing rule that chose, with its words."""
    rule = getattr(one.event, "explanation", None)
    if rule is not None:
        return rule.rule, rule.reason or None, rule.reason_en or None
    reason = getattr(one.event, "reason", None)
    if not reason or "reason" in one.event.PERSONAL:
        return None, None, None
    zh, en = word(Kind.REASON, reason)
    return reason, zh, en


def _said(one: Told, owners: frozenset[str]) -> Iterator[SaidWords]:
    for field in personal(type(one.event)):
        value = value_at(one.event, field.path)
        if field.path[-1] == "point" or not value:
            continue
        sealed, may = isinstance(value, Sealed), field.owner in owners
        zh, en = named(field.path[-1:])
        yield SaidWords(
            field=field.name, name=zh, name_en=en, text=None if sealed else str(value),
            masked=sealed and not may, erased=sealed and may,
        )  # fmt: skip
