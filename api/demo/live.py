"""The demo district lives on: new reports come in and simulated people work them off.

A process of its own that knows the platform only by its address and by tokens. The
same walks as in the history; people here never sleep, and their waits are divided by
`compress`, so that a case goes through the loop in minutes. Old open cases are taken
up too. One is taken up for every ten new reports.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import httpx
import structlog

from api.demo.arrivals import Matter, one_matter, somewhere_in
from api.demo.chance import SECOND, Chance, chance
from api.demo.clockwork import stream_id
from api.demo.grids import drawings
from api.demo.journey import journey
from api.demo.policy import kinds
from api.demo.staff import LEADER
from api.demo.voice import Answer, Misunderstood, Unanswered, Voice, status_of
from api.demo.walk import Seen, Step, Walk
from api.trust import authorities
from domain.actor import Actor
from domain.case.values import Channel
from domain.grid.commands import DrawGrid

AT_ONCE: Final = 160
"""Cases that are worked on at the same time; reports wait when there are more."""
LONGEST_WAIT_S: Final = 80.0
"""Longer waits are cut to about this, so that as many cases end as come in."""
FORGOTTEN_S: Final = 7_200.0
"""A new case that would wait this long is left lying; it grows overdue and is taken up again."""
TAKE_UP: Final = 10
"""One old case is taken up for so many new reports."""
CAUGHT_UP_S: Final = 20.0
SWEEP: Final = 60
LOG: Final = structlog.get_logger("quanke.demo")


def now_us() -> int:
    """Return this instant, microseconds UTC."""
    return time.time_ns() // 1_000


@dataclass(slots=True)
class Live:
    """The living district. `every_s` is the mean time between two reports."""

    voice: Voice
    dice: Chance
    every_s: float
    compress: float
    seed: int
    busy: set[str] = field(default_factory=set)
    reported: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def live(self) -> None:
        """Let reports come in and old cases be taken up, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._arrive(tasks))
            tasks.create_task(self._take_up(tasks))

    async def _arrive(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            await self.room.acquire()
            self.reported += 1
            tasks.create_task(self._carry(self._new_walk(), None))
            await asyncio.sleep(self.dice.expovariate(1 / self.every_s))

    async def _take_up(self, tasks: asyncio.TaskGroup) -> None:
        """Take up one old case now and then."""
        while True:
            await asyncio.sleep(self.dice.expovariate(1 / (TAKE_UP * self.every_s)))
            walk_and_case = await self._old_walk()
            if walk_and_case is not None:
                await self.room.acquire()
                tasks.create_task(self._carry(*walk_and_case))

    async def _carry(self, walk: Walk, case: str | None) -> None:
        """Carry one case as far as it goes in a while."""
        try:
            await self._walk(walk, case)
        except (Unanswered, Misunderstood, httpx.HTTPError) as error:
            LOG.warning("a simulated case was left alone", error=str(error)[:200])
        finally:
            self.room.release()

    async def _walk(self, walk: Walk, case: str | None) -> None:
        steps, before, old = journey(walk), walk.now, case is not None
        try:
            step = next(steps, None)
            while step is not None:
                wait_s = (step.at - before) / SECOND / self.compress
                if wait_s > FORGOTTEN_S and not old:
                    return
                before = step.at
                await asyncio.sleep(min(wait_s, LONGEST_WAIT_S * self.dice.uniform(0.5, 1.5)))
                now, refused = await self._step(walk, step, case)
                case = now["id"] if now is not None else case
                if now is None or case is None:
                    return
                self.busy.add(case)
                step = _next(steps, seen(now, step.at, refused))
        finally:
            self.busy.discard(case or "")

    async def _step(
        self, walk: Walk, step: Step, case: str | None
    ) -> tuple[dict[str, Any] | None, str | None]:
        """Do a step; return the case afterwards and the rule that said no."""
        if step.command is None:
            return (await self.voice.look(LEADER, case) if case else None), None
        command_id = stream_id(now_us(), walk.dice)
        answer = await self.voice.say(step.actor, step.command, case, command_id)
        return await self._caught_up(answer, case), answer.refused

    async def _caught_up(self, answer: Answer, case: str | None) -> dict[str, Any] | None:
        """Return the case once the board shows what was just done."""
        now, deadline = answer.case, time.monotonic() + CAUGHT_UP_S
        while now is None or int(now["position"]) < answer.position:
            known = now["id"] if now is not None else case
            if known is None or time.monotonic() > deadline:
                return now
            await asyncio.sleep(0.25)
            now = await self.voice.look(LEADER, known)
        return now

    def _new_walk(self) -> Walk:
        at = now_us()
        month = datetime.fromtimestamp(at / SECOND, UTC).month
        matter = one_matter(self.dice, self.reported, at, month)
        return self._walk_of(matter)

    def _walk_of(self, matter: Matter) -> Walk:
        dice = chance(self.seed, "live", matter.number, matter.at)
        return Walk(
            seed=self.seed, matter=matter, stream=UUID(int=0), dice=dice, now=matter.at,
            kind=matter.kind, tireless=True,
        )  # fmt: skip

    async def _old_walk(self) -> tuple[Walk, str] | None:
        """Choose an open case that nobody works on, as a walk from where it stands."""
        try:
            cases = await self.voice.open_cases(LEADER, SWEEP)
        except (Unanswered, Misunderstood, httpx.HTTPError) as error:
            LOG.warning("open cases could not be asked for", error=str(error)[:200])
            return None
        free = [case for case in cases if case["id"] not in self.busy and _ours(case)]
        if not free:
            return None
        case = self.dice.choice(free)
        self.busy.add(case["id"])
        return self._resumed(case), case["id"]

    def _resumed(self, case: dict[str, Any]) -> Walk:
        at, grid = now_us(), _grids()[case["grid"]["code"]]
        kind = next(one for one in kinds() if one.code == case["categoryCode"])
        point = somewhere_in(grid, self.dice)
        channel = Channel[case["channel"]]
        walk = self._walk_of(Matter(self.dice.getrandbits(32), at, kind, grid, point, channel))
        walk.seen = seen(case, at, None)
        walk.tier = {"VILLAGE": "V", "TOWNSHIP": "T", "DISTRICT": "D"}[case["tier"]]
        walk.self_handled = bool(case["selfHandled"])
        walk.suspended = walk.joined = walk.asked = True
        if case["reviewAt"]:
            walk.review_at = at + _instant(case["reviewAt"]) - now_us()
        return walk


async def drive(
    url: str, token: Callable[[Actor], str], *, every_s: float = 4.0, compress: float = 60.0,
    seed: int | None = None,
) -> None:  # fmt: skip
    """Let the district behind an address live until cancelled."""
    seed = now_us() if seed is None else seed
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    async with httpx.AsyncClient(limits=limits, trust_env=False, verify=authorities()) as client:
        voice = Voice(client, url, token)
        await Live(voice, chance(seed, "live"), every_s, compress, seed).live()


def seen(case: dict[str, Any], at: int, refused: str | None) -> Seen:
    """Return what people see of a case of the schema; its due on the walk's own clock."""
    now = now_us()
    due = _instant(case["dueAt"]) if case["dueClock"] == "handle" and case["dueAt"] else None
    department = case["department"]
    return Seen(
        at=now,
        status=status_of(case),
        department=department["key"] if department else None,
        due=at + due - now if due is not None else None,
        refused=refused,
    )


def _next(steps: Any, seen_now: Seen) -> Step | None:
    try:
        step: Step = steps.send(seen_now)
    except StopIteration:
        return None
    return step


def _ours(case: dict[str, Any]) -> bool:
    """Whether our people know the place and the category; imported cities have their own."""
    known = {kind.code for kind in kinds()}
    return bool(case["grid"]) and case["grid"]["code"] in _grids() and case["categoryCode"] in known


def _grids() -> dict[str, DrawGrid]:
    if not _BY_CODE:
        _BY_CODE.update((grid.code, grid) for grid in drawings())
    return _BY_CODE


_BY_CODE: Final[dict[str, DrawGrid]] = {}


def _instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * SECOND)
