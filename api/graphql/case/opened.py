"""The words of a case, opened from its events for a permitted reader."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from api.platform import Platform
from api.sealing import open_events
from domain.case.values import Point
from domain.event import DomainEvent, Sealed
from domain.topics import decode


@dataclass(frozen=True, slots=True)
class Opened:
    """The latest of each; `erased` when something stayed sealed."""

    description: str | None = None
    address: str | None = None
    point: Point | None = None
    conclusion: str | None = None
    contact: str | None = None
    erased: bool = False


async def opened(platform: Platform, case: UUID) -> Opened:
    """Return a case's words. The caller has asked whether the reader may."""
    recorded = await platform.log.read_stream(case)
    events = [decode(one.topic, one.schema, one.state) for one in recorded]
    found = Opened()
    for event in await open_events(platform.vault, case, events):
        found = _with(found, event)
    return found


def _with(found: Opened, event: DomainEvent) -> Opened:
    place = getattr(event, "place", None)
    values: dict[str, Any] = {
        "description": getattr(event, "description", None),
        "conclusion": getattr(event, "conclusion", None),
        "contact": getattr(event, "contact", None),
        "address": getattr(place, "address", None),
        "point": getattr(place, "point", None),
    }
    sealed = any(isinstance(value, Sealed) for value in values.values())
    clear = {
        name: value
        for name, value in values.items()
        if value is not None and not isinstance(value, Sealed)
    }
    return replace(found, erased=found.erased or sealed, **clear)
