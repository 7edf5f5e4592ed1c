"""What is posted about one event: plain fields of a public case, in one of two envelopes."""

from typing import Any, Final

import orjson

from api.graphql.scalars import rfc3339
from domain.webhook.state import WebhookState
from projections.case_board.public import PublicEvent

DEGREE: Final = 1_000_000
TYPES: Final = {"standard": "application/json", "cloudevents": "application/cloudevents+json"}


def message_id(webhook: WebhookState, event: PublicEvent) -> str:
    """Return the id of a message: the same for every attempt and every replay."""
    return f"{webhook.webhook}.{event.position}"


def body(webhook: WebhookState, event: PublicEvent, origin: str) -> bytes:
    """Return the body to post."""
    if webhook.envelope == "cloudevents":
        return orjson.dumps(_cloud_event(webhook, event, origin))
    told = {"type": event.topic, "timestamp": rfc3339(event.at), "data": _data(event)}
    return orjson.dumps(told)


def _cloud_event(webhook: WebhookState, event: PublicEvent, origin: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": message_id(webhook, event),
        "source": f"urn:quanke:{origin}",
        "type": event.topic,
        "subject": event.number,
        "time": rfc3339(event.at),
        "datacontenttype": "application/json",
        "sequence": f"{event.position:020d}",
        "data": _data(event),
    }


def _data(event: PublicEvent) -> dict[str, Any]:
    place = event.lon is not None and event.lat is not None
    return {
        "position": str(event.position),
        "case": str(event.case_id),
        "number": event.number,
        "version": event.version,
        "status": event.status,
        "open": event.open,
        "category": event.category,
        "severity": event.severity,
        "scope": event.scope,
        "grid": event.grid,
        "lon": event.lon / DEGREE if place and event.lon is not None else None,
        "lat": event.lat / DEGREE if place and event.lat is not None else None,
        "department": event.department,
        "basis": event.basis,
        "recordedAt": rfc3339(event.recorded_at),
    }
