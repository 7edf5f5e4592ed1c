"""Names of streams: which UUID holds the history of which thing.

Reference streams and imported cases are named, not numbered, so that the same
area or the same row of a source always lands in the same stream, whoever asks.
Cases reported here get a UUIDv7 from dispatch instead.
"""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

CELL: Final = uuid5(NAMESPACE_URL, "urn:quanke:cell")
"""The namespace of every named stream of a cell. Never changes: it is in the log."""


def area_stream(code: str) -> UUID:
    """Return the stream of one area above the grids."""
    return uuid5(CELL, f"area:{code}")


def grid_stream(code: str) -> UUID:
    """Return the stream of one grid."""
    return uuid5(CELL, f"grid:{code}")


def department_stream(department: str) -> UUID:
    """Return the stream of one department."""
    return uuid5(CELL, f"department:{department}")


def worker_stream(worker: str) -> UUID:
    """Return the stream of one worker."""
    return uuid5(CELL, f"worker:{worker}")


def catalogue_stream(owner: str) -> UUID:
    """Return the stream of one area's catalogue; `owner` is the area's code."""
    return uuid5(CELL, f"catalogue:{owner}")


def calendar_stream(calendar: str) -> UUID:
    """Return the stream of one working calendar."""
    return uuid5(CELL, f"calendar:{calendar}")


def account_stream(account: str) -> UUID:
    """Return the stream of one account."""
    return uuid5(CELL, f"account:{account}")


def alarm_stream(kind: str, case: str) -> UUID:
    """Return the stream of one kind of alarm about one case (its stream, as text)."""
    return uuid5(CELL, f"alarm:{kind}:{case}")


def webhook_stream(webhook: str) -> UUID:
    """Return the stream of one webhook."""
    return uuid5(CELL, f"webhook:{webhook}")


def alert_stream(device: str, alert: str) -> UUID:
    """Return the stream of one alert, by its device's own number of it."""
    return uuid5(CELL, f"alert:{device}:{alert}")


def imported_case_stream(source: str, source_id: str) -> UUID:
    """Return the stream of a case that a source calls `source_id`."""
    return uuid5(CELL, f"{source}:{source_id}")
