"""What a resolver knows of the request: who asks, on what it runs, what it has read."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import strawberry

from api.auth.tokens import Identity
from api.platform import Platform
from domain.actor import Actor, Role


def new_request_id() -> str:
    """Return the name of one request, in its answer and in our log."""
    return f"{_NAMES.getrandbits(128):032x}"


_NAMES: Final = Random()
"""Begun from the system's randomness: a name has to be its own, not a secret."""


@dataclass(slots=True)
class Context:
    """One request. `position` is stated in the response's extensions once something is read."""

    platform: Platform
    identity: Identity
    request_id: str = field(default_factory=new_request_id)
    position: int | None = None
    done: dict[str, Any] = field(default_factory=dict)
    """What came of a mutation's root fields so far, by response key: never done twice."""
    shared: bool = False
    """Whether the answer goes to several people: no sealed word may be opened into it."""

    address: str = ""
    """Where the caller sits, for a bucket of its own without an account."""
    rows: int = 0
    """How many things the database has written into the answer by itself."""
    written: tuple[str, ...] = ()
    """The root fields that the database has written by itself."""
    cost: int = 1
    """What the operation may cost at most."""

    @property
    def client(self) -> str:
        """Whose bucket pays: the account's, or the address's where there is none."""
        return self.actor.id if self.actor.role is not Role.PUBLIC else f"at {self.address}"

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.identity.actor

    def has_read(self, position: int) -> None:
        """Note the position of a read model that was read; the lowest one counts."""
        self.position = position if self.position is None else min(self.position, position)


Info = strawberry.Info[Context, None]
