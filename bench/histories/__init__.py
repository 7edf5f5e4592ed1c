"""Made-up histories of cases as events: every topic of the loop, deterministic from a seed.

Straight from a random walk, not through the rules: the projections must take whatever is
in a log. Text is placeholder; scopes look like the district's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from domain.case import events as ev
from domain.case.values import (
    Channel,
    Clock,
    Due,
    Evidence,
    Explanation,
    Place,
    Point,
    Severity,
    Source,
    Tier,
)
from domain.event import DomainEvent, Meta
from domain.topics import encode
from eventlog.record import NewEvent

SPACE: Final = UUID("6f0c1d1e-7a55-5d7c-9a3b-2f2d6c2e9d10")
HOUR: Final = 3_600_000_000
YEAR: Final = 365 * 24 * HOUR
START: Final = 1_735_689_600_000_000  # 2025-01-01
APART: Final = 17_000_000
"""From one report to the next when nothing else is said: a few cases go on side by side."""
PROOF: Final = (Evidence(sha256="0" * 64, kind="after"),)
WHY: Final = Explanation(rule="r1", reason="按类派遣", reason_en="by category")


@dataclass(frozen=True, slots=True)
class Step:
    """One event with the envelope it will lie in."""

    stream: UUID
    version: int
    event: DomainEvent
    meta: Meta

    def new(self) -> NewEvent:
        """Return the event as bytes."""
        return NewEvent(self.event.TOPIC, self.event.SCHEMA, encode(self.event), encode(self.meta))


@dataclass
class Story:
    """One case being told: its clock, its events."""

    rng: random.Random
    number: int
    basis: str = "observed"
    apart: int = APART
    steps: list[Step] = field(default_factory=list)
    at: int = START

    def __post_init__(self) -> None:
        self.stream = uuid5(SPACE, f"case:{self.number}")
        self.at = START + self.number * self.apart % YEAR
        township = self.rng.randrange(1, 16)
        community = self.rng.randrange(1, 27)
        self.grid = f"371602{township:03}{community:03}001"
        self.scope = f"371602.{township:03}.{community:03}.001."
        self.department = f"dep-{self.rng.randrange(35):02}"
        self.rounds = 0
        self.assignment = ""
        self.lead = self.department

    def tell(self, event: DomainEvent, hours: float = 0.5, role: str = "dispatcher") -> None:
        """Add an event some time after the one before."""
        self.at += int(hours * HOUR * self.rng.uniform(0.2, 1.8))
        meta = Meta(
            occurred_at=self.at, effective_at=self.at, role=role, scope=self.scope,
            unit=self.department if role == "handler" else None, basis=self.basis,
        )  # fmt: skip
        self.steps.append(Step(self.stream, len(self.steps) + 1, event, meta))

    def due(self, clock: Clock, hours: int) -> Due:
        """Return a due from now."""
        return Due(
            clock=clock,
            limit=f"{hours}H",
            calendar="c@1",
            start=self.at,
            due=self.at + hours * HOUR,
        )

    def place(self) -> Place:
        """Return where the case lies."""
        point = Point(lon=117_900_000 + self.number % 9_999, lat=37_400_000 + self.number % 7_777)
        return Place(scope=self.scope, grid=self.grid, point=point)

    def next_door(self) -> Place:
        """Return where it turns out to lie: in the next township."""
        here, township = self.place(), int(self.scope.split(".")[1])
        there = f"{township % 15 + 1:03}"
        return Place(
            scope=f"{self.scope[:7]}{there}{self.scope[10:]}",
            grid=f"{self.grid[:6]}{there}{self.grid[9:]}",
            point=here.point,
        )


def opening(story: Story) -> None:
    """Report and file."""
    rng = story.rng
    source = None
    if story.basis == "source":
        source = Source(source="city", source_id=str(story.number), digest="d")
    story.tell(
        ev.CaseReported(
            number=f"BC{story.number:08}",
            channel=rng.choice(list(Channel)),
            category=f"{rng.randrange(1, 82):05}",
            place=story.place(),
            severity=rng.choice([Severity.NORMAL] * 18 + [Severity.URGENT, Severity.LIFE_SAFETY]),
            sensitive=rng.random() < 0.03,
            description="说明",
            exercise=rng.random() < 0.02,
            source=source,
            dues=() if source else (story.due(Clock.ACCEPT, 2), story.due(Clock.TOTAL, 120)),
        ),
        role="grid_worker",
    )


def loop(story: Story) -> None:
    """Go once round the loop, most steps as they should be."""
    rng = story.rng
    story.tell(ev.CaseAccepted(dues=(story.due(Clock.FILE, 2),)), 0.3, "acceptor")
    story.tell(ev.CaseFiled(standard="s1", dues=(story.due(Clock.DISPATCH, 2),)), 0.3)
    handle(story)
    if rng.random() < 0.9:
        finish(story)


def handle(story: Story) -> None:
    """Dispatch, acknowledge, work, hand in."""
    dues = (story.due(Clock.ACKNOWLEDGE, 4), story.due(Clock.HANDLE, 24))
    story.assignment, story.lead = f"a{len(story.steps)}", story.department
    story.tell(
        ev.CaseDispatched(
            assignment=story.assignment, department=story.lead, explanation=WHY, dues=dues
        )
    )
    story.tell(
        ev.CaseAcknowledged(assignment=story.assignment, department=story.lead), 1, "handler"
    )
    if story.rng.random() < 0.5:
        detour(story)
    story.tell(ev.CaseProgressNoted(assignment=story.assignment, note="过程"), 4, "handler")
    handled = ev.CaseHandled(
        assignment=story.assignment, department=story.lead, conclusion="结论", evidence=PROOF,
        dues=(story.due(Clock.CHECK, 24),),
    )  # fmt: skip
    story.tell(handled, 12, "handler")


def finish(story: Story) -> None:
    """Check, perhaps fail once, close, ask how it was."""
    rng = story.rng
    story.tell(ev.CaseCheckRequested(checker="w1"), 2)
    if rng.random() < 0.08:
        story.rounds += 1
        story.tell(ev.CaseCheckFailed(note="没修好"), 6, "checker")
        story.tell(ev.CaseReworkOrdered(round=story.rounds, dues=(story.due(Clock.HANDLE, 24),)))
        return
    story.tell(ev.CaseCheckPassed(), 6, "checker")
    story.tell(ev.CaseClosed(), 2, "duty_leader")
    if rng.random() < 0.5:
        story.tell(ev.CaseFollowUpSent(until=story.at + 14 * 24 * HOUR), 1, "clock")
        story.tell(
            ev.CaseFeedbackReceived(contacted=True, solved=True, satisfaction="satisfied"),
            24, "resident",
        )  # fmt: skip
    if rng.random() < 0.01:
        story.tell(ev.CaseReopened(reason="again", dues=(story.due(Clock.TOTAL, 48),)), 24)
        handle(story)


def detour(story: Story) -> None:
    """One of the ways a case leaves the straight road and comes back."""
    begun = story.steps[0].event
    assert isinstance(begun, ev.CaseReported | ev.CaseSplitOff), begun
    total = next(due for due in reversed(begun.dues) if due.clock is Clock.TOTAL)
    other = str(uuid5(SPACE, f"case:{story.number - 1}"))
    detours: list[list[DomainEvent]] = [
        [ev.CaseDeadlineWarned(clock=Clock.TOTAL, due=total.due)],
        [ev.CaseDeadlinePassed(clock=Clock.TOTAL, due=total.due)],
        [ev.CaseSuspended(reason="season", review_at=story.at + 99 * HOUR),
         ev.CaseResumed(dues=(story.due(Clock.TOTAL, 200), story.due(Clock.HANDLE, 90)))],
        [ev.CaseExtensionRequested(reason="parts", until=story.at + 200 * HOUR),
         ev.CaseExtensionGranted(dues=(story.due(Clock.HANDLE, 120),))],
        [ev.CaseExtensionRequested(reason="parts", until=story.at), ev.CaseExtensionRefused()],
        [ev.CaseEscalated(tier=Tier.TOWNSHIP, was=Tier.VILLAGE, reason="x"),
         ev.CaseReturnedDown(tier=Tier.VILLAGE, was=Tier.TOWNSHIP, reason="y")],
        [ev.CaseUrged(), ev.CaseExpedited(severity=Severity.URGENT)],
        [ev.CaseSupervisionOrdered(reason="late", reply_due=story.at + HOUR),
         ev.CaseSupervisionReplied(reply="答复")],
        [ev.CaseJointHandlingOpened(reason="big"),
         ev.CaseAssistAdded(assignment="b", department="dep-99", explanation=WHY),
         ev.CaseAssistDone(assignment="b", department="dep-99", conclusion="好")],
        [ev.CaseClassified(category="00007", was="00001")],
        [ev.CaseRelocated(place=story.next_door(), was_scope=story.scope)],
        [ev.CaseEvidenceAttached(evidence=PROOF), ev.CaseContactSealed(contact="电话")],
        [ev.CaseDuplicateSuggested(other=other, distance_m=12),
         ev.CaseMerged(into=other, was="in_progress"),
         ev.CaseUnmerged(out_of=other, status="in_progress")],
        [ev.CaseAbsorbed(other=other), ev.CaseReleased(other=other)],
        [ev.CaseSplit(children=(other,))],
        redispatch(story),
        [ev.CaseAppealFiled(appeal="p", figure="K5"),
         ev.CaseAppealDecided(appeal="p", upheld=True, reason="ok")],
    ]  # fmt: skip
    chosen = story.rng.choice(detours)
    if isinstance(chosen[0], ev.CaseRelocated):
        story.scope, story.grid = chosen[0].place.scope, chosen[0].place.grid or story.grid
    if isinstance(chosen[0], ev.CaseRedispatched):
        story.assignment, story.lead = chosen[0].assignment, chosen[0].department
    for event in chosen:
        story.tell(event, 2)


def redispatch(story: Story) -> list[DomainEvent]:
    """Another department leads."""
    again = f"b{len(story.steps)}"
    return [
        ev.CaseRedispatched(
            assignment=again, department="dep-01", was=story.lead, explanation=WHY,
            dues=(story.due(Clock.HANDLE, 30),),
        ),
        ev.CaseAcknowledged(assignment=again, department="dep-01"),
    ]  # fmt: skip


def side_road(story: Story) -> None:
    """The ways a case ends without going round."""
    assignment = ev.CaseDispatched(
        assignment="a", department=story.department, explanation=WHY,
        dues=(story.due(Clock.HANDLE, 24),),
    )  # fmt: skip
    returned: list[DomainEvent] = [
        assignment,
        ev.CaseReturned(assignment="a", department=story.department, reason="not ours"),
    ]
    roads: list[list[DomainEvent]] = [
        [ev.CaseVerificationRequested(worker="w"), ev.CaseVerified(result="absent"),
         ev.CaseDeclined(reason="absent", reply="没有")],
        [ev.CaseAccepted(), ev.CaseFilingRefused(reason="minor", reply="小")],
        [ev.CaseCancelled(reason="test")],
        [ev.CaseSelfHandled(conclusion="好", evidence=PROOF, sampled=False),
         ev.CaseClosed(sampled=False)],
        [ev.CaseAccepted(), ev.CaseFiled(standard="s"), *returned,
         ev.CaseReturnUpheld(assignment="a", department=story.department)],
        [ev.CaseAccepted(), ev.CaseFiled(standard="s"), *returned,
         ev.CaseReturnRefused(assignment="a", department=story.department),
         ev.CaseForceClosed(reason="order")],
        [ev.CaseMerged(into=str(uuid5(SPACE, "case:1")), was="reported")],
    ]  # fmt: skip
    for event in story.rng.choice(roads):
        story.tell(event, 3)


def imported(story: Story) -> None:
    """What a source states."""
    rng = story.rng
    story.tell(ev.CaseTargetStated(due=story.at + rng.randrange(-50, 400) * HOUR), 0, "import")
    story.tell(
        ev.CaseDispatched(assignment="s", department=story.department, explanation=WHY), 0, "import"
    )
    story.tell(ev.CaseStatusStated(stated="Open"), 0, "import")
    if rng.random() < 0.2:
        story.tell(ev.CaseFlagged(rule="closed_before_opened", field="closed_dt"), 0, "import")
        story.tell(ev.CaseNoteStated(kind="activity", note="条"), 1, "import")
    if rng.random() < 0.7:
        story.tell(ev.CaseClosed(stated="done"), 60, "import")
    if rng.random() < 0.1:
        story.tell(ev.CaseCorrected(digest="e", fields=("type",), category="00009"), 1, "import")


def split_off(story: Story) -> None:
    """A child of another case."""
    child = ev.CaseSplitOff(
        parent=str(uuid5(SPACE, "case:2")), depth=1, number=f"BC{story.number:08}-1",
        channel=Channel.DEPARTMENT, category="00003", place=story.place(), tier=Tier.TOWNSHIP,
        reported_at=story.at - HOUR, dues=(story.due(Clock.TOTAL, 100),),
    )  # fmt: skip
    story.tell(child)
    handle(story)


def story(number: int, seed: int = 1, apart: int = APART) -> Story:
    """Tell one case."""
    rng = random.Random(f"{seed}:{number}")
    told = Story(rng, number, "source" if number % 10 == 3 else "observed", apart)
    if number % 97 == 5:
        split_off(told)
        return told
    opening(told)
    if told.basis == "source":
        imported(told)
    elif rng.random() < 0.12:
        side_road(told)
    else:
        loop(told)
    return told


def stories(cases: int, seed: int = 1, width: int = 500, apart: int = APART) -> Iterator[Step]:
    """Tell many cases, `width` at a time going on side by side, reported so far `apart`."""
    for first in range(0, cases, width):
        told = [story(n, seed, apart).steps for n in range(first, min(first + width, cases))]
        for index in range(max(len(steps) for steps in told)):
            for steps in told:
                if index < len(steps):
                    yield steps[index]
