"""One case's way through the loop as simulated people take it: the shared part.

A walk is a generator: it yields what somebody does next and when, and is told what
came of it. It knows nothing of dispatchers or HTTP, so the same people work the
history (`clockwork.py`) and the live district (`live.py`).
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec

from api.demo.arrivals import Matter
from api.demo.chance import Chance, pace
from api.demo.hours import DESK, OFFICE, ON_CALL, Shift
from api.demo.policy import Kind
from api.demo.staff import Desks, Worker, district_desks, handlers, township_desks, workers_of
from domain.actor import Actor
from domain.case.values import Evidence, Status
from domain.event import Command


class Step(msgspec.Struct, frozen=True):
    """What somebody does at an instant; without a command it is only waiting."""

    at: int
    actor: Actor
    command: Command | None = None


class Seen(msgspec.Struct, frozen=True):
    """How the case stands after a step. `refused` is the rule that said no.

    `at` is the real instant of the step. `due` is that of the handling; `spared`
    says that no check was drawn for a self-handled case. None: not told.
    """

    at: int
    status: Status | None
    department: str | None = None
    due: int | None = None
    spared: bool | None = None
    refused: str | None = None


Walking = Generator[Step, Seen, None]

_HURRY: Final = {"normal": 1.0, "urgent": 0.3, "life_safety": 0.1}


@dataclass(slots=True)
class Walk:
    """One case under way: what is behind it, and what its people remember of it."""

    seed: int
    matter: Matter
    stream: UUID
    dice: Chance
    now: int
    kind: Kind
    """The category it stands under; `matter.kind` is what it really is."""
    echo_of: UUID | None = None
    seen: Seen = field(default_factory=lambda: Seen(0, None))
    reporter: Actor | None = None
    verifier: Worker | None = None
    finding: str | None = None
    tier: str = "V"
    self_handled: bool = False
    merged_once: bool = False
    returns: int = 0
    rework: int = 0
    review_at: int = 0
    late: bool = False
    suspended: bool = False
    joined: bool = False
    asked: bool = False
    reopened: bool = False
    refusals: int = 0
    tireless: bool = False
    """Whether its people work round the clock (live, where time is compressed)."""

    def act(
        self, actor: Actor, command: Command, after: int = 0, shift: Shift = ON_CALL
    ) -> Walking:
        """Yield that somebody does something after a while, when at work."""
        wait = int(after * pace(self.seed, actor.id) * self.hurry)
        self.now = self._shift(shift).next(self.now + wait)
        self.seen = yield Step(self.now, actor, command)
        self.refusals += self.seen.refused is not None

    def act_at(self, actor: Actor, command: Command, at: int, shift: Shift = ON_CALL) -> Walking:
        """Yield that somebody does something at an instant, or as soon as at work."""
        self.now = self._shift(shift).next(max(at, self.now))
        self.seen = yield Step(self.now, actor, command)
        self.refusals += self.seen.refused is not None

    def wait(self, actor: Actor, until: int) -> Walking:
        """Yield that nothing is done until an instant; the clock may do something."""
        self.now = max(self.now, until)
        self.seen = yield Step(self.now, actor)

    def _shift(self, usual: Shift) -> Shift:
        return ON_CALL if self.pressing or self.tireless else usual

    def real(self, at: int) -> int:
        """Return the real instant of one on the walk's own clock, which may run faster."""
        return at - self.now + self.seen.at

    @property
    def status(self) -> Status | None:
        """Where the case stood after the last step."""
        return self.seen.status

    @property
    def mistaken(self) -> bool:
        """Whether it stands under a category that it is not."""
        return self.kind.code != self.matter.kind.code

    @property
    def pressing(self) -> bool:
        """Whether people come for it at night."""
        return self.matter.kind.severity != "normal"

    @property
    def hurry(self) -> float:
        """How much shorter waits are because it presses."""
        return _HURRY[self.matter.kind.severity]

    @property
    def scope(self) -> str:
        """The scope of its grid."""
        return self.matter.grid.scope

    @property
    def desks(self) -> Desks:
        """The township centre it belongs to."""
        return township_desks()[self.scope[:11]]

    @property
    def dispatchers(self) -> tuple[Actor, ...]:
        """The desk that may dispatch it: the district's for its own tier."""
        return district_desks().dispatchers if self.tier == "D" else self.desks.dispatchers

    @property
    def leader(self) -> Actor:
        """The duty leader of the township."""
        return self.desks.leaders[0]

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The grid's own workers."""
        return workers_of()[self.matter.grid.code]

    def handler(self) -> Actor | None:
        """Return one of the lead department's people; None when nobody leads."""
        desk = handlers().get(self.seen.department or "")
        return self.dice.choice(desk) if desk else None

    def evidence(self, *kinds: str) -> tuple[Evidence, ...]:
        """Return pictures that were never taken: their hashes are made up."""
        return tuple(
            Evidence(sha256=f"{self.dice.getrandbits(256):064x}", kind=kind) for kind in kinds
        )


__all__ = ["DESK", "OFFICE", "Seen", "Step", "Walk", "Walking"]
