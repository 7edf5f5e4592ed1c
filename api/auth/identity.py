"""Who a token or a key speaks for, and until when."""

from dataclasses import dataclass

from domain.actor import Actor
from domain.event import Microseconds


class InvalidToken(Exception):
    """The token does not prove who is asking; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An actor, and until when the token holds (seconds since the epoch; None: no token).

    `basis` marks what the demo's simulated people do, whichever way it comes in. `session`
    is the id of a session that may end before the token does (`presence.py`), `thumbprint` names
    the key that has to be there whenever the token is used (`proof.py`).
    """

    actor: Actor
    expires_at: int | None = None
    basis: str = "observed"
    session: str | None = None
    issued_at: Microseconds = 0
    thumbprint: str | None = None
