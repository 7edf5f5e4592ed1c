"""How the messages of each subscription are read into a collection."""

from collections.abc import Mapping
from typing import Any, Final

from .collection import Reading

Item = Mapping[str, Any]

ITEMS: Final = {
    "caseFeed": ("nodes", "upserts"),
    "gridLoad": ("grids", "grids"),
    "departmentLoad": ("departments", "departments"),
    "alarms": ("alarms", "alarms"),
}
"""Subscription → where its things are: in a snapshot, in a delta."""
KEYS: Final = {"gridLoad": "code"}


def _reading(field: str) -> Reading[Any]:
    whole, changed = ITEMS[field]
    key = KEYS.get(field, "id")
    return Reading(
        key=lambda item: item[key],
        items=lambda message: message[whole if whole in message else changed],
        gone=lambda message: [one["id"] for one in message.get("removes", ())],
        stays=lambda item: item.get("stands", True),
    )


READINGS: Final[Mapping[str, Reading[Any]]] = {field: _reading(field) for field in ITEMS}
"""Subscription → its reading."""
