"""The synthetic staff: 1,714 full-time and 1,499 part-time grid workers, and the desks.

Nobody here has a name of a person: workers are numbered and say that they are made
up, the desks of centres and departments are accounts (`domain/actor.py`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from api.demo.bincheng import Township, district
from api.demo.grids import drawings
from api.demo.policy import DISTRICT, offices
from domain.actor import Actor, Role
from domain.directory.commands import AppointWorker, PostWorker

FULL_TIME: Final = 1_714
PART_TIME: Final = 1_499
CLERKS: Final = 3
"""Accounts behind each desk of a township centre or a department."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One made-up grid worker, posted to a grid."""

    id: str
    kind: str
    grid: str
    scope: str

    @property
    def actor(self) -> Actor:
        """The account the worker acts under."""
        return Actor(id=self.id, role=Role.GRID_WORKER, scope=self.scope)

    @property
    def appointment(self) -> AppointWorker:
        """The command that appoints; the name says that it is made up."""
        number = self.id[1:]
        name = f"模拟网格员 {number} / synthetic worker {number}"
        community = self.scope[: self.scope[:-1].rfind(".") + 1]
        return AppointWorker(worker=self.id, kind=self.kind, scope=community, name=name)

    @property
    def posting(self) -> PostWorker:
        """The command that posts to the grid."""
        return PostWorker(worker=self.id, grid=self.grid)


@cache
def workers() -> tuple[Worker, ...]:
    """Return all workers: one full-time in each grid, the rest where the people live."""
    grids = [(one.code, one.scope) for one in drawings()]
    in_town = [one for one in grids if int(one[0][9:12]) < 200]
    spare = FULL_TIME - len(grids)
    posts = [("full_time", grid) for grid in (*grids, *_spread(in_town, spare))]
    posts += [("part_time", grid) for grid in _spread(grids, PART_TIME)]
    return tuple(
        Worker(f"w{number:04d}", kind, code, scope)
        for number, (kind, (code, scope)) in enumerate(posts, 1)
    )


@cache
def workers_of() -> dict[str, tuple[Worker, ...]]:
    """Return the workers of each grid, the full-time ones first."""
    found: dict[str, tuple[Worker, ...]] = {}
    for worker in workers():
        found[worker.grid] = (*found.get(worker.grid, ()), worker)
    return found


def _spread(grids: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Choose grids evenly; some twice when there are more posts than grids."""
    return [grids[number * len(grids) // count % len(grids)] for number in range(count)]


@dataclass(frozen=True, slots=True)
class Desks:
    """The accounts of one township centre."""

    acceptors: tuple[Actor, ...]
    dispatchers: tuple[Actor, ...]
    leaders: tuple[Actor, ...]
    checkers: tuple[Actor, ...]


def _desks(scope: str, name: str) -> Desks:
    def clerks(role: Role, count: int = CLERKS) -> tuple[Actor, ...]:
        return tuple(
            Actor(id=f"demo:{role.value}:{name}:{number}", role=role, scope=scope)
            for number in range(1, count + 1)
        )

    return Desks(
        clerks(Role.ACCEPTOR), clerks(Role.DISPATCHER), clerks(Role.DUTY_LEADER, 1),
        clerks(Role.CHECKER),
    )  # fmt: skip


@cache
def township_desks() -> dict[str, Desks]:
    """Return the desks of each township centre by its scope."""
    return {town.scope: _desks(town.scope, _short(town)) for town in district().townships}


@cache
def district_desks() -> Desks:
    """Return the desks of the district's centre."""
    return _desks(f"{DISTRICT}.", DISTRICT)


@cache
def handlers() -> dict[str, tuple[Actor, ...]]:
    """Return the handlers of each department."""
    return {
        office.id: tuple(
            Actor(id=f"demo:handler:{office.id}:{number}", role=Role.HANDLER,
                  scope=f"{DISTRICT}.", unit=office.id)
            for number in range(1, CLERKS + 1)
        )
        for office in offices()
    }  # fmt: skip


LEADER: Final = Actor(id="demo:district_leader", role=Role.DISTRICT_LEADER, scope=f"{DISTRICT}.")
FOUNDER: Final = Actor(id="demo:administrator", role=Role.ADMINISTRATOR, scope=f"{DISTRICT}.")
"""Who sets the district up."""


def _short(town: Township) -> str:
    return town.name_en.split()[0].lower()
