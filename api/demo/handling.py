"""Stages from acknowledgement to the end: handle, check, close, ask, reopen.

Nothing here is told how often a case should be late. A department plans a share of
its limit, takes longer when it is slow, forgets now and then, and is urged.
"""

from collections.abc import Generator
from typing import Final

from api.demo import texts
from api.demo.chance import DAY, HOUR, MINUTE, pace, slips
from api.demo.hours import CREW, DESK, OFFICE
from api.demo.policy import offices
from api.demo.staff import LEADER, handlers
from api.demo.triage import FROM_OUTSIDE
from api.demo.walk import Seen, Step, Walk, Walking
from domain.actor import Actor
from domain.case import commands as c
from domain.case.reasons import (
    ExtensionReason,
    ForceCloseReason,
    ReopenReason,
    Satisfaction,
    SuspensionReason,
)
from domain.case.values import Status
from domain.codes import nominal_hours

Pressing = Generator[Step, Seen, int]
"""A walk that ends with the instant by which the work will now be done."""

USUAL_SHARE: Final = 0.5
"""How much of its limit a department means to use."""
FORGOTTEN: Final = 0.032
SEASONAL: Final = frozenset({"06001", "06013", "06021", "06045", "93003", "94005"})
"""What often has to wait: for the season, a budget, an owner, a court."""
_SUSPENSIONS: Final = tuple(SuspensionReason)


def handling(walk: Walk) -> Walking:
    """Do the work, late or in time; suspend, extend and be urged on the way."""
    handler = walk.handler()
    if handler is None:
        return
    dice, start = walk.dice, walk.now
    if walk.kind.code in SEASONAL and not walk.suspended and dice.yes(0.2):
        yield from _suspend(walk)
        return
    if not walk.joined and dice.yes(0.3 if walk.kind.code == "92006" else 0.008):
        yield from _join(walk)
    finish = _finish(walk, handler)
    if finish - start > DAY and dice.yes(0.3):
        middle = start + (finish - start) // 3
        yield from walk.act_at(handler, c.NoteProgress(note=texts.PROGRESS), middle, CREW)
    due = _due(walk, start)
    if finish > due > walk.now and due - start > HOUR and dice.yes(0.5):
        yield from _extend(walk, handler, due, finish)
        due = _due(walk, start)
    if finish > due:
        finish = yield from _press(walk, handler, due, finish)
    if walk.status is Status.IN_PROGRESS:
        work = c.HandleCase(conclusion=texts.HANDLED, evidence=walk.evidence("after"))
        yield from walk.act_at(handler, work, finish, CREW)


def waiting(walk: Walk) -> Walking:
    """Lie aside until the review; the clock takes it up again, else the leader does."""
    yield from walk.wait(walk.leader, max(walk.review_at, walk.now) + MINUTE)
    if walk.status is Status.SUSPENDED:
        yield from walk.act(walk.leader, c.ResumeCase(), walk.dice.lasting(DAY), DESK)


def resolved(walk: Walk) -> Walking:
    """Close what no check was drawn for; send a checker for the rest."""
    dice = walk.dice
    if walk.self_handled and walk.seen.spared is not False:
        yield from walk.act(walk.leader, c.CloseCase(), dice.lasting(50 * MINUTE), DESK)
        if walk.status is not Status.RESOLVED:
            return
    dispatcher = dice.choice(walk.desks.dispatchers)
    yield from walk.act(dispatcher, c.RequestCheck(), dice.lasting(40 * MINUTE), DESK)


def checking(walk: Walk) -> Walking:
    """Go and check; what was done carelessly fails."""
    dice = walk.dice
    checker = dice.choice(walk.desks.checkers)
    careless = slips(walk.seed, walk.seen.department or "self")
    wait = dice.lasting(5 * HOUR)
    if dice.yes(min(0.5, 0.055 * careless / (1 + walk.rework))):
        walk.rework += 1
        walk.self_handled = False
        yield from walk.act(checker, c.FailCheck(note=texts.NOT_MENDED), wait, CREW)
    else:
        command = c.PassCheck(evidence=walk.evidence("other"))
        yield from walk.act(checker, command, wait, CREW)


def closing(walk: Walk) -> Walking:
    """Close; wait for the parts of a split."""
    yield from walk.act(walk.leader, c.CloseCase(), walk.dice.lasting(30 * MINUTE), DESK)
    if walk.seen.refused:
        yield from walk.wait(walk.leader, walk.now + DAY)


def aftercare(walk: Walk) -> Walking:
    """Ask whoever reported; an unhappy answer may reopen the case, once."""
    dice = walk.dice
    if walk.asked or walk.matter.channel not in FROM_OUTSIDE or not dice.yes(0.6):
        return
    walk.asked = True
    acceptor = dice.choice(walk.desks.acceptors)
    yield from walk.act(acceptor, c.SendFollowUp(), dice.lasting(20 * HOUR), OFFICE)
    if walk.seen.refused or not dice.yes(0.62):
        return
    unhappy = 0.16 if walk.late or walk.rework else 0.045
    happy = dice.choices(tuple(Satisfaction), [1 - unhappy - 0.12, 0.12, unhappy])[0]
    solved = happy != Satisfaction.UNSATISFIED or dice.yes(0.3)
    answer = c.GiveFeedback(contacted=True, solved=solved, satisfaction=happy, comment=texts.RATING)
    resident = walk.reporter is not None and walk.reporter.role == "resident"
    rater = walk.reporter if resident and walk.reporter else acceptor
    yield from walk.act(rater, answer, dice.lasting(18 * HOUR), DESK)
    if happy == Satisfaction.UNSATISFIED and not walk.seen.refused and dice.yes(0.6):
        yield from _reopen(walk, rater if resident else dice.choice(walk.desks.dispatchers))


def _reopen(walk: Walk, who: Actor) -> Walking:
    if walk.reopened:
        return
    walk.reopened = True
    command = c.ReopenCase(reason=ReopenReason.NOT_SOLVED)
    yield from walk.act(who, command, walk.dice.lasting(HOUR), DESK)


def _finish(walk: Walk, handler: Actor) -> int:
    """Plan when the work will be done: a share of the limit, by pace, sometimes forgotten."""
    dice, department = walk.dice, walk.seen.department or ""
    share = USUAL_SHARE * pace(walk.seed, department) * dice.lognormvariate(0.0, 0.55)
    share *= pace(walk.seed, handler.id)
    finish = walk.now + int((_due(walk, walk.now) - walk.now) * share)
    finish = max(finish, walk.now + dice.lasting(20 * MINUTE))
    if dice.yes(FORGOTTEN * slips(walk.seed, department)):
        finish += dice.lasting(11 * DAY, 0.9)
    return finish


def _due(walk: Walk, start: int) -> int:
    """Return when the work is due, on the walk's own clock."""
    if walk.seen.due is not None:
        return max(walk.seen.due, start + MINUTE)
    return start + int(nominal_hours(walk.kind.limit) * HOUR)


def _suspend(walk: Walk) -> Walking:
    dice = walk.dice
    walk.suspended = True
    yield from walk.wait(walk.leader, walk.now + dice.lasting(6 * HOUR))
    rest = dice.lasting(24 * DAY)
    walk.review_at = walk.now + rest
    command = c.SuspendCase(reason=dice.choice(_SUSPENSIONS), review_at=walk.seen.at + rest)
    yield from walk.act(walk.leader, command)


def _join(walk: Walk) -> Walking:
    """Call in a second department, which does its part."""
    walk.joined = True
    dice = walk.dice
    dispatcher = dice.choice(walk.dispatchers)
    other = dice.choice([one.id for one in offices() if one.id != walk.seen.department])
    opening = c.OpenJointHandling(reason=texts.JOINT)
    yield from walk.act(dispatcher, opening, dice.lasting(HOUR), DESK)
    yield from walk.act(dispatcher, c.AddAssist(department=other, reason=texts.JOINT), MINUTE)
    if walk.seen.refused:
        return
    helper = dice.choice(handlers()[other])
    yield from walk.act(helper, c.AcknowledgeCase(), dice.lasting(40 * MINUTE), OFFICE)
    done = c.ReportAssistDone(conclusion=texts.ASSISTED)
    yield from walk.act(helper, done, dice.lasting(3 * HOUR), CREW)


def _extend(walk: Walk, handler: Actor, due: int, finish: int) -> Walking:
    dice = walk.dice
    ask_at = walk.now + int((due - walk.now) * 0.75)
    longer = max(finish - due, 4 * HOUR) * 5 // 4
    request = c.RequestExtension(
        reason=dice.choice(tuple(ExtensionReason)),
        until=walk.real(due) + longer,
        note=texts.WHY_LONGER,
    )
    yield from walk.act_at(handler, request, ask_at)
    if walk.seen.refused:
        return
    granted = dice.yes(0.8)
    command = c.GrantExtension() if granted else c.RefuseExtension(note=texts.STAYS)
    yield from walk.act(walk.leader, command, dice.lasting(HOUR))


def _press(walk: Walk, handler: Actor, due: int, finish: int) -> Pressing:
    """Urge what is overdue, order supervision, raise it, give it up: each brings it nearer."""
    dice = walk.dice
    walk.late = True
    if finish - due > 5 * HOUR and dice.yes(0.65):
        urger = dice.choice(walk.desks.dispatchers)
        yield from walk.act_at(urger, c.UrgeCase(note=texts.URGED), due + 3 * HOUR, DESK)
        if dice.yes(0.45):
            finish = min(finish, walk.now + dice.lasting(9 * HOUR))
    if finish - due > 2 * DAY and dice.yes(0.5):
        finish = yield from _supervise(walk, handler, due, finish)
    if finish - due > 3 * DAY and walk.tier != "D" and dice.yes(0.3):
        raised = c.EscalateCase(reason=texts.RAISED)
        yield from walk.act_at(handler, raised, due + 3 * DAY, OFFICE)
        walk.tier = {"V": "T", "T": "D"}[walk.tier]
    if finish - due > 40 * DAY and dice.yes(0.35):
        given_up = c.ForceCloseCase(reason=dice.choice(tuple(ForceCloseReason)))
        yield from walk.act_at(LEADER, given_up, due + 40 * DAY, OFFICE)
    return finish


def _supervise(walk: Walk, handler: Actor, due: int, finish: int) -> Pressing:
    dice = walk.dice
    at = max(due + 2 * DAY, walk.now)
    yield from walk.wait(walk.leader, at)
    reply_due = walk.seen.at + 2 * DAY
    order = c.OrderSupervision(reason=texts.OVERDUE, reply_due=reply_due)
    yield from walk.act(walk.leader, order, MINUTE, DESK)
    if walk.seen.refused:
        return finish
    reply = c.ReplySupervision(reply=texts.EXPLAINED)
    yield from walk.act(handler, reply, dice.lasting(16 * HOUR), OFFICE)
    return min(finish, walk.now + dice.lasting(26 * HOUR))
