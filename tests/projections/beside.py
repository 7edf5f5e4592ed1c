"""What lies in a log beside its cases: alarms about them, and alerts, as a random walk has them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from bench.histories import HOUR, SPACE, START, Step
from domain.alarm import events as alarm
from domain.alarm.values import PRIORITIES, AlarmKind, ShelveReason
from domain.alert import events as alert
from domain.event import DomainEvent, Meta

SCOPE: Final = "371602.003.001.001."
NEXT: Final = {
    "quiet": ("raise",),
    "raised": ("acknowledge", "clear", "shelve"),
    "shelved": ("unshelve", "acknowledge", "clear"),
    "acknowledged": ("clear", "shelve_taken"),
    "cleared": ("acknowledge_gone", "raise"),
}
"""What may come next of an alarm, as `domain/alarm/decide.py` has it."""
BECOMES: Final = {
    "raise": "raised", "acknowledge": "acknowledged", "clear": "cleared", "shelve": "shelved",
    "unshelve": "raised", "shelve_taken": "acknowledged", "acknowledge_gone": "quiet",
}  # fmt: skip


@dataclass
class _Alarm:
    stream: UUID
    case: UUID
    kind: AlarmKind
    cycle: int = 0
    version: int = 0
    state: str = "quiet"

    def step(self, rng: random.Random, at: int) -> Step:
        """Return the next event of this alarm."""
        what = rng.choice(NEXT[self.state])
        taken = self.state == "acknowledged" and what == "clear"
        self.state = "quiet" if taken else BECOMES[what]
        self.version += 1
        return Step(self.stream, self.version, self._event(what, at), _meta(at))

    def _event(self, what: str, at: int) -> DomainEvent:
        if what == "raise":
            self.cycle += 1
            return alarm.AlarmRaised(
                kind=self.kind, priority=PRIORITIES[self.kind], case=str(self.case), number="N",
                category="00001", scope=SCOPE, cycle=self.cycle, cause=1,
            )  # fmt: skip
        if what.startswith("shelve"):
            reason = ShelveReason.BEING_HANDLED
            return alarm.AlarmShelved(cycle=self.cycle, reason=reason, until=at + HOUR)
        if what == "unshelve":
            return alarm.AlarmUnshelved(cycle=self.cycle)
        if what == "clear":
            return alarm.AlarmCleared(cycle=self.cycle, cause=1)
        return alarm.AlarmAcknowledged(cycle=self.cycle)


def alarms(cases: list[UUID], count: int, seed: int = 1) -> Iterator[Step]:
    """Tell of alarms about some cases, event by event, four minutes apart on the whole."""
    rng, at, known = random.Random(seed), START, dict[tuple[UUID, AlarmKind], _Alarm]()
    for _ in range(count):
        at += rng.randrange(HOUR // 8)
        case, kind = rng.choice(cases), rng.choice(list(AlarmKind))
        stream = uuid5(SPACE, f"alarm:{case}:{kind}")
        yield known.setdefault((case, kind), _Alarm(stream, case, kind)).step(rng, at)


def alerts(count: int, seed: int = 1) -> Iterator[Step]:
    """Tell of alerts, of which two in three are decided some time later."""
    rng, at, open_ones = random.Random(seed), START, list[str]()
    for number in range(count):
        at += rng.randrange(HOUR // 4)
        if open_ones and rng.random() < 0.4:
            name = open_ones.pop(rng.randrange(len(open_ones)))
            named = {"alert": name, "device": "d"}
            told: DomainEvent = (
                alert.AlertConfirmed(**named, category="00002")
                if rng.random() < 0.5
                else alert.AlertDismissed(**named, reason="drill")
            )
            yield Step(uuid5(SPACE, name), 2, told, _meta(at))
            continue
        name = f"alert:{number}"
        open_ones.append(name)
        raised = alert.AlertRaised(
            alert=name, device="d", category="00001", scope=SCOPE, grid="g", certainty=50
        )
        yield Step(uuid5(SPACE, name), 1, raised, _meta(at))


def _meta(at: int) -> Meta:
    return Meta(occurred_at=at, effective_at=at, role="dispatcher", scope=SCOPE, basis="observed")
