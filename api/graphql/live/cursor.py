"""Where a subscriber stands: log epoch, view of the read models, position. Opaque outside."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import NamedTuple

from api.graphql.errors import BadInput


class Cursor(NamedTuple):
    """`view` changes when a read model is rebuilt, `epoch` when a restore lost events.

    Where a day's numbers are told, the day is a part of the view: it ends though nothing happens.
    """

    epoch: str
    view: str
    position: int

    def encode(self) -> str:
        """Return the cursor as it is handed out."""
        text = f"{self.epoch}|{self.view}|{self.position}"
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def viewed(view: str, day: str) -> str:
    """Return the view of the read models as it is on a day."""
    return f"{view}@{day}"


def why_lost(after: Cursor, known: Cursor) -> str:
    """Return why nobody can go on after a cursor where another is known."""
    if after.epoch != known.epoch:
        return "epoch"
    if after.view == known.view:
        return "behind"
    return "day" if after.view.partition("@")[0] == known.view.partition("@")[0] else "view"


def decode_cursor(text: str) -> Cursor:
    """Return the cursor that was handed out. Raises BadInput."""
    try:
        padded = text + "=" * (-len(text) % 4)
        epoch, view, position = urlsafe_b64decode(padded.encode("ascii")).decode().split("|")
        return Cursor(epoch, view, int(position))
    except (Base64Error, ValueError):
        raise BadInput("after is not a cursor of this platform") from None
