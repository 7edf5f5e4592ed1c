"""A small history told in memory, with a record of every command that was given."""

from dataclasses import dataclass, field
from uuid import UUID

from api.demo.clockwork import Tally
from api.demo.history import tell
from api.demo.seeding import DispatchedCases, found
from api.dispatch.dispatcher import Dispatcher
from api.reference import Reference
from domain.actor import Actor
from domain.case.state import CaseState
from domain.errors import Rejected
from domain.event import Command
from eventlog.memory import MemoryLog
from eventlog.record import Position, Recorded
from eventlog.vault import Vault

NOW = 1_795_500_000 * 1_000_000
"""2026-11-24 UTC: the history's end in these tests."""
SECRET = b"x" * 32


@dataclass
class Given:
    """One command as it was given, and whether a rule said no."""

    command: Command
    actor: Actor
    command_id: UUID
    at: int
    refused: str | None = None


@dataclass
class Watched(DispatchedCases):
    """The dispatcher's view, keeping what is given; `most` breaks off after so many."""

    dispatcher: Dispatcher
    given: list[Given] = field(default_factory=list)
    most: int | None = None

    def __post_init__(self) -> None:
        super().__init__(self.dispatcher)

    async def give(
        self, command: Command, *, stream: UUID, actor: Actor, command_id: UUID, at: int
    ) -> None:
        if self.most is not None and len(self.given) >= self.most:
            raise ConnectionError("broken off")
        one = Given(command, actor, command_id, at)
        self.given.append(one)
        try:
            await super().give(command, stream=stream, actor=actor, command_id=command_id, at=at)
        except Rejected as no:
            one.refused = no.code
            raise


@dataclass
class Place:
    """A platform in memory, nothing in it yet."""

    log: MemoryLog
    reference: Reference
    dispatcher: Dispatcher


def empty() -> Place:
    log, reference = MemoryLog(), Reference()
    return Place(log, reference, Dispatcher(log, reference, Vault.in_memory(), secret=SECRET))


@dataclass
class Retold:
    """A history with all that came of it."""

    place: Place
    tally: Tally
    given: list[Given]
    founded: int
    recorded: list[Recorded]
    states: dict[UUID, CaseState]


async def retell(days_back: int, a_year: int, seed: int = 1) -> Retold:
    """Found the district and tell a short, thin history."""
    place = empty()
    await found(place.dispatcher, place.log, place.reference, NOW, lambda _done, _total: None)
    head = await place.log.head()
    cases = Watched(place.dispatcher)
    tally = await tell(cases, NOW, seed=seed, days_back=days_back, a_year=a_year)
    recorded = await place.log.read_all(Position(head), 1_000_000)
    streams = dict.fromkeys(one.stream for one in recorded)
    states = {stream: await cases.look(stream) for stream in streams}
    return Retold(place, tally, cases.given, head, recorded, states)
