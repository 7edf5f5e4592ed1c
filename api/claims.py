"""Who is on which case now: leases in memory, not events.

A claim is no fact about the case. It says "I am on it" to colleagues, refuses nobody,
and lapses by itself when its holder is gone; what decides between two who act at once
is the version they expect. See docs/adr/0026-claims-are-leases.md.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from domain.actor import Actor
from domain.event import Microseconds

LEASE_S: Final = 60
"""A claim that is not renewed lapses after this long."""
MOST: Final = 10_000
"""Claims kept at once; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody is on a case. Instants in microseconds UTC."""

    case: UUID
    actor: Actor
    since: Microseconds
    until: Microseconds


class Claims:
    """The claims of this process."""

    def __init__(self, clock: Callable[[], Microseconds]) -> None:
        self._clock = clock
        self._held: OrderedDict[UUID, Claim] = OrderedDict()

    def take(self, case: UUID, actor: Actor, *, over: bool = False) -> Claim:
        """Claim or renew; return who holds it now, which is another while that one's lasts.

        `over` takes it from the other.
        """
        now = self._clock()
        until = now + LEASE_S * 1_000_000
        held = self._lasting(case, now)
        if held is not None and held.actor.id != actor.id and not over:
            return held
        mine = held is not None and held.actor.id == actor.id
        claim = replace(held, until=until) if held and mine else Claim(case, actor, now, until)
        self._held[case] = claim
        self._held.move_to_end(case)
        if len(self._held) > MOST:
            self._held.popitem(last=False)
        return claim

    def release(self, case: UUID, actor: Actor) -> None:
        """Let an own claim go; another's stays."""
        held = self._held.get(case)
        if held is not None and held.actor.id == actor.id:
            del self._held[case]

    def all(self) -> list[Claim]:
        """Return the claims that last, the oldest lease first."""
        now = self._clock()
        for claim in [one for one in self._held.values() if one.until <= now]:
            del self._held[claim.case]
        return list(self._held.values())

    def _lasting(self, case: UUID, now: Microseconds) -> Claim | None:
        held = self._held.get(case)
        return held if held is not None and held.until > now else None
