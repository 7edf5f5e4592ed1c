"""The facts a decision about a case looks at, from the district in memory and other cases.

What depends only on category and place (policy, limits, calendar, standard) is worked
out once per pair and kept until the reference changes: a burst of commands costs a
dictionary look-up each.
"""

import hashlib
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from api.dispatch.numbering import Numbers, local_day, new_stream
from api.dispatch.request import Decided, Held, Request, Streams
from api.reference import Reference
from domain.calendar.calendar import Calendar
from domain.case.commands import (
    COMMANDS,
    AddAssist,
    DispatchCase,
    MergeCase,
    RedispatchCase,
    RelocateCase,
    ReportCase,
    SelfHandleCase,
    SplitCase,
    StateAssignment,
    StateCorrection,
    StateReport,
)
from domain.case.decide import decide, decide_many
from domain.case.events import EVENTS
from domain.case.evolve import evolve
from domain.case.facts import (
    CaseFacts,
    CategoryFact,
    DepartmentFact,
    GridFact,
    Related,
    StandardFact,
    related,
)
from domain.case.state import CaseState, initial
from domain.case.values import Explanation, Place, Point, Severity, Tier
from domain.decider import Decider
from domain.event import CANARY, By, Command
from eventlog.record import Unchanged

SAMPLED_SHARE: Final = 0.2
"""Share of self-handled cases that are checked; which ones is told by a hash of the case."""
PAIRS_KEPT: Final = 50_000
METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Local:
    """What holds for a category at a place, until the reference changes."""

    policy: str
    calendar: Calendar | None
    zone: ZoneInfo
    limits: dict[str, str]
    category: CategoryFact | None
    standard: StandardFact | None


class CaseJudge:
    """Judges commands on cases."""

    def __init__(self, reference: Reference, numbers: Numbers) -> None:
        self.decider = CASE
        self._reference = reference
        self._numbers = numbers
        self._generation = -1
        self._pairs: dict[tuple[str, str], Local] = {}

    async def judge(self, request: Request, held: Held, by: By, streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        state, command = held.state, request.command
        links = related(state, command)
        if type(command) in MULTI or links != NO_LINKS:
            return await self._linked(request, state, by, links, streams)
        facts = await self._facts(request, state, by)
        return Decided({request.stream: decide(state, command, facts)})

    async def _linked(
        self, request: Request, state: CaseState, by: By, links: Related, streams: Streams
    ) -> Decided:
        """Decide over several cases: those read but not written must not move meanwhile."""
        names = [name for name in (links.other, links.parent, *links.children) if name]
        held = {name: await streams.load(UUID(name), CASE) for name in names}
        facts = await self._facts(request, state, by, links, held)
        decided = decide_many(state, request.command, facts)
        writes = {UUID(name): events for name, events in decided.items()}
        unchanged = tuple(
            Unchanged(UUID(name), one.version)
            for name, one in held.items()
            if one.version and not writes.get(UUID(name))
        )
        return Decided(writes, unchanged)

    async def _facts(
        self,
        request: Request,
        state: CaseState,
        by: By,
        links: Related | None = None,
        held: dict[str, Held] | None = None,
    ) -> CaseFacts:
        command = request.command
        place: Place = getattr(command, "place", None) or state.place
        code: str = getattr(command, "category", None) or state.category
        local = self._local(code, place.scope)
        more: dict[str, Any] = {}  # only what this command looks at
        add = _ADD.get(type(command))
        if add is not None:
            add(self, more, command, state, place, local)
        if isinstance(command, ReportCase):
            own = by.basis == CANARY  # people's numbers have no holes because of it
            more["number"] = CANARY if own else await self._number(place.scope, by.at, local)
        if isinstance(command, SelfHandleCase):
            more["sampled"] = _sampled(request.stream)
        if isinstance(command, SplitCase):
            await self._parts(more, command, place, by, local)
        if links is not None and held is not None:
            _link(more, links, held, state)
        return CaseFacts(
            by=by, case=request.stream, policy=local.policy, calendar=local.calendar,
            limits=local.limits, category=local.category, standard=local.standard,
            **more,
        )  # fmt: skip

    def _local(self, code: str, scope: str) -> Local:
        if self._generation != self._reference.generation or len(self._pairs) > PAIRS_KEPT:
            self._pairs.clear()
            self._generation = self._reference.generation
        local = self._pairs.get((code, scope))
        if local is None:
            local = self._pairs[code, scope] = self._look_up(code, scope)
        return local

    def _look_up(self, code: str, scope: str) -> Local:
        reference = self._reference
        standard = reference.standard(code, scope)
        return Local(
            policy=reference.policy(scope),
            calendar=reference.calendar(scope),
            zone=ZoneInfo(reference.timezone(scope)),
            limits=reference.limits(code, scope),
            category=self._category(code, scope),
            standard=None
            if standard is None
            else StandardFact(id=standard.standard, automatic=standard.automatic),
        )

    def _category(self, code: str, scope: str) -> CategoryFact | None:
        known = self._reference.category(code, scope)
        if known is None or not known.live:
            return None
        return CategoryFact(
            code=known.code, tier=Tier(known.tier), severity=Severity(known.severity),
            sensitive=known.sensitive,
        )  # fmt: skip

    def _grid(
        self, more: dict[str, Any], _command: Any, _state: CaseState, place: Place, _local: Local
    ) -> None:
        more["grid"] = self._grid_of(place)

    def _grid_of(self, place: Place | None) -> GridFact | None:
        if place is None:
            return None
        known = self._reference.grid(place.grid) if place.grid is not None else None
        if known is None and isinstance(place.point, Point):
            known = self._reference.grid_at(place.point.lon, place.point.lat)
        if known is None or not known.drawn:
            return None
        return GridFact(code=known.code, scope=known.scope, live=known.live)

    def _department(
        self, more: dict[str, Any], command: Any, state: CaseState, place: Place, local: Local
    ) -> None:
        named: str | None = command.department
        explanation = Explanation(words=getattr(command, "reason", None) or None)
        category = local.category.code if local.category is not None else state.category
        if named is None and isinstance(command, DispatchCase):
            route = self._reference.route(category, place.scope)
            if route is None:
                return
            named, explanation = route
        known = self._reference.department(named) if named is not None else None
        more["explanation"] = explanation
        if known is not None and known.opened:
            more["department"] = DepartmentFact(
                id=known.department, scope=known.scope, on_duty=known.on_duty,
                competent=known.competent(category), open=known.live,
            )  # fmt: skip

    def _correction(
        self, more: dict[str, Any], command: Any, state: CaseState, place: Place, local: Local
    ) -> None:
        self._grid(more, command, state, place, local)
        if command.department is not None:
            self._department(more, command, state, place, local)

    async def _number(self, scope: str, at: int, local: Local) -> str:
        return await self._numbers.next(scope.partition(".")[0], local_day(at, local.zone))

    async def _parts(
        self, more: dict[str, Any], command: SplitCase, place: Place, by: By, local: Local
    ) -> None:
        parts = command.parts
        numbers = [await self._number(place.scope, by.at, local) for _ in parts]
        more["numbers"] = tuple(numbers)
        more["child_ids"] = tuple(str(new_stream()) for _ in parts)
        more["categories"] = tuple(
            self._category(part.category, (part.place or place).scope) for part in parts
        )
        more["part_grids"] = tuple(self._grid_of(part.place) for part in parts)


def _link(more: dict[str, Any], links: Related, held: dict[str, Held], state: CaseState) -> None:
    if links.other:
        other: CaseState = held[links.other].state
        more["other"], more["other_id"] = other, links.other
        more["distance_m"] = distance_m(state.place, other.place)
    if links.parent:
        more["parent"] = held[links.parent].state
    more["children"] = tuple(held[name].state for name in links.children)


def distance_m(one: Place, two: Place) -> int | None:
    """Return the distance in metres; None where a point is sealed or not known."""
    a, b = one.point, two.point
    if not isinstance(a, Point) or not isinstance(b, Point):
        return None
    east = (a.lon - b.lon) * cos(radians(a.lat / 1_000_000))
    return round(hypot(east, a.lat - b.lat) / 1_000_000 * METRES_PER_DEGREE)


def _sampled(stream: UUID) -> bool:
    return hashlib.blake2b(stream.bytes, digest_size=2).digest() < _THRESHOLD


_THRESHOLD: Final = int(SAMPLED_SHARE * 65_536).to_bytes(2)
NO_LINKS: Final = Related()
MULTI: Final[frozenset[type[Command]]] = frozenset({MergeCase, SplitCase})
"""Commands that write several cases even when none is linked yet."""
_ADD: Final[dict[type[Command], Any]] = {
    **dict.fromkeys((ReportCase, RelocateCase, StateReport), CaseJudge._grid),
    **dict.fromkeys(
        (DispatchCase, RedispatchCase, AddAssist, StateAssignment), CaseJudge._department
    ),
    StateCorrection: CaseJudge._correction,
}
CASE: Final = Decider("case", initial, decide, evolve, COMMANDS, EVENTS)
