"""The words of a case, opened from its events for a permitted reader, who is written down."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from graphql import FieldNode

from api.graphql.context import Context, Info
from api.graphql.errors import PurposeRequired
from api.privacy.opening import PurposeMissing, open_for, purpose_of
from domain.case.values import Point
from domain.event import DomainEvent, Sealed
from domain.privacy.purposes import Purpose
from domain.topics import decode
from projections.case_board.row import BoardRow

WORDS: Final = frozenset({"description", "address", "point", "conclusion"})
CONTACT: Final = frozenset({"contact"})


@dataclass(frozen=True, slots=True)
class Opened:
    """The latest of each; `erased` when something stayed sealed."""

    description: str | None = None
    address: str | None = None
    point: Point | None = None
    conclusion: str | None = None
    contact: str | None = None
    erased: bool = False


async def opened(
    context: Context,
    row: BoardRow,
    wanted: Collection[str],
    purpose: Purpose | None,
    up_to: int | None = None,
) -> Opened:
    """Return the wanted words of a case, as of a version of the past where `up_to` is given.

    The caller has asked whether the reader may, by the case's row of today.
    Raises PurposeRequired, LogBusy, LogUnavailable.
    """
    platform = context.platform
    recorded = (await platform.log.read_stream(row.id))[:up_to]
    events = [decode(one.topic, one.schema, one.state) for one in recorded]
    sensitive = row.sensitive or not CONTACT.isdisjoint(wanted)
    try:
        stated = purpose_of(context.identity, purpose, sensitive=sensitive)
    except PurposeMissing as error:
        raise PurposeRequired(str(error)) from None
    told = await open_for(
        context.identity, platform.vault, platform.access, row.id, events,
        wanted=lambda field: field.path[-1] in wanted,
        purpose=stated, request=context.request_id,
    )  # fmt: skip
    found = Opened()
    for event in told:
        found = _with(found, event, wanted)
    return found


def asked(info: Info, known: frozenset[str]) -> frozenset[str]:
    """Return which of the known fields the query selects; all when it is not plain to see."""
    names: set[str] = set()
    for node in info._raw_info.field_nodes:
        for one in node.selection_set.selections if node.selection_set else ():
            if not isinstance(one, FieldNode):
                return known
            names.add(one.name.value)
    return known if "erased" in names else known & names


def _with(found: Opened, event: DomainEvent, wanted: Collection[str]) -> Opened:
    place = getattr(event, "place", None)
    values: dict[str, Any] = {
        "description": getattr(event, "description", None),
        "conclusion": getattr(event, "conclusion", None),
        "contact": getattr(event, "contact", None),
        "address": getattr(place, "address", None),
        "point": getattr(place, "point", None),
    }
    told = {name: value for name, value in values.items() if name in wanted}
    sealed = any(isinstance(value, Sealed) for value in told.values())
    clear = {
        name: value
        for name, value in told.items()
        if value is not None and not isinstance(value, Sealed)
    }
    return replace(found, erased=found.erased or sealed, **clear)
