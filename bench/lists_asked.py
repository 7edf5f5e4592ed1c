"""Lists of cases as of moments beside the same lists now, asked over a socket as a client asks.

The line of the console's list, 50 cases a page, by an account of each kind of staff, on both axes
of time, live and of the past in turns. Nobody has asked the same before: each moment is another
one, each question has a number of its own, so that no kept answer serves; texts of cases and plans
are kept as for everybody. How long an answer takes is what is judged. Beside it stands the
processor: the server's and its sessions' together, and with it the little of whoever asks, who
is in the same process.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

import asyncpg

from api.graphql.ids import encode_id
from api.graphql.scalars import rfc3339
from bench.answering import Answering, Asker, Took
from bench.lists_then import LISTS, eyes_of
from domain.actor import Actor, Role
from projections.as_of import At
from projections.case_board.queries import Filter, Sort
from projections.port import Connection
from projections.sight import Sight

ROUNDS: Final = 4
SIZE: Final = 50
LINE: Final = (
    "id number version position status open overdue severity scope categoryCode"
    " category { name nameEn } area { name nameEn } grid { code name nameEn } point { lon lat }"
    " department { key name nameEn } reportedAt updatedAt dueClock dueAt late returned exercise"
)
LIST: Final = (
    "query List($first: Int!, $filter: CaseFilter, $order: CaseOrder!, $asOf: AsOf) {"
    " cases(first: $first, filter: $filter, orderBy: $order, asOf: $asOf) {"
    f" nodes {{ {LINE} }} pageInfo {{ hasNextPage endCursor }} }} }}"
)
OVERVIEW: Final = (
    "query Overview($scope: String, $asOf: AsOf) { overview(scope: $scope, asOf: $asOf) {"
    " open overdue lifeSafety closed total reportedToday closedToday } }"
)
CASE: Final = f"query One($id: ID!, $asOf: AsOf) {{ case(id: $id, asOf: $asOf) {{ {LINE} }} }}"
ROLES: Final = {
    "district": Role.DUTY_LEADER, "township": Role.ACCEPTOR, "community": Role.GRID_WORKER,
    "grid": Role.GRID_WORKER, "department": Role.HANDLER, "everything": Role.ADMINISTRATOR,
}  # fmt: skip


class Asked(NamedTuple):
    """What a list takes live and of the past, medians over moments and rounds."""

    eyes: str
    axis: str
    name: str
    live: Took
    then: Took

    @property
    def ratio(self) -> float:
        """How many times as long as the live list somebody waits."""
        return self.then.wall_ms / self.live.wall_ms

    @property
    def cpu_ratio(self) -> float:
        """How many times the processor of the live list, server and sessions together."""
        return self.then.cpu_ms / self.live.cpu_ms


async def lists_asked(platform: Answering, dsn: str, moments: Sequence[At]) -> list[Asked]:
    """Return what each list takes, for each who asks, on each axis that has moments."""
    owner = await asyncpg.connect(dsn)
    eyes = await eyes_of(owner)
    await owner.close()
    found, numbers = list[Asked](), count()
    for who, sight in eyes.items():
        async with platform.asker(actor_of(who, sight)) as asker:
            for axis in ("position", "effective"):
                those = [at for at in moments if (at.effective_at is None) is (axis == "position")]
                asked = _Asking(asker, numbers, who, axis, those)
                found += [await asked.list(name) for name in LISTS]
    return found


def actor_of(who: str, sight: Sight) -> Actor:
    """Return an account that sees just so much."""
    unit = sight.units[0] if sight.units else None
    return Actor(id=f"acct:bench-{who}", role=ROLES[who], scope=sight.scope, unit=unit)


async def moments_each(
    platform: Answering, query: str, variables: Sequence[Mapping[str, Any]], moments: Sequence[At]
) -> list[float]:
    """Return the median milliseconds of an answer at each moment, asked by an administrator."""
    numbers, found = count(), list[float]()
    async with platform.asker(actor_of("everything", Sight())) as asker:
        for at in moments:
            took = [
                await asker.took(query, {**variables[n % len(variables)], **as_of(at, n)})
                for n in (next(numbers) for _ in range(ROUNDS))
            ]
            found.append(statistics.median(one.wall_ms for one in took))
    return found


async def cases_among(owner: Connection, table: str) -> list[Any]:
    """Return variables that name cases."""
    rows = await owner.fetch(f"select id from {table} order by id limit 200")
    return [{"id": encode_id("Case", row["id"])} for row in rows]


class _Asking(NamedTuple):
    """Somebody who asks one list after the other as of moments of one axis."""

    asker: Asker
    numbers: Iterator[int]
    eyes: str
    axis: str
    moments: Sequence[At]

    async def list(self, name: str) -> Asked:
        """Ask a list live and of the past in turns."""
        asking = given(*LISTS[name])
        await self._ask_once(asking)
        live: list[Took] = []
        then: list[Took] = []
        for _ in range(ROUNDS):
            for at in self.moments:
                live.append(await self.asker.took(LIST, self._now(asking)))
                then.append(await self.asker.took(LIST, self._then(asking, at)))
        return Asked(self.eyes, self.axis, name, _middle(live), _middle(then))

    async def _ask_once(self, asking: Mapping[str, Any]) -> None:
        """Let the platform open the sessions it needs, so that their processor is counted."""
        for variables in (self._now(asking), self._then(asking, self.moments[0])):
            await self.asker.ask(LIST, variables)
        await self.asker.count_sessions()

    def _now(self, asking: Mapping[str, Any]) -> dict[str, Any]:
        return {**asking, "asked": next(self.numbers)}

    def _then(self, asking: Mapping[str, Any], at: At) -> dict[str, Any]:
        return {**asking, **as_of(at, next(self.numbers))}


def given(wanted: Filter, sort: Sort) -> dict[str, Any]:
    """Return the variables of a list."""
    said: dict[str, Any] = {"open": wanted.open, "overdue": wanted.overdue}
    if wanted.statuses is not None:
        said["status"] = [one.upper() for one in wanted.statuses]
    if wanted.severity is not None:
        said["severity"] = wanted.severity.upper()
    return {"first": SIZE, "order": sort.name, "filter": said}


def as_of(at: At, number: int) -> dict[str, Any]:
    """Return a moment that nobody has asked for: so many events or microseconds before this one."""
    if at.effective_at is not None:
        return {"asOf": {"effectiveAt": rfc3339(at.effective_at - number)}, "asked": number}
    return {"asOf": {"position": str(at.position - number)}, "asked": number}


def _middle(took: Sequence[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*took, strict=True)))
