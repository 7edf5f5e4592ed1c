"""Stages up to dispatch: report, verify, accept or decline, merge, file, dispatch, return."""

from typing import Final
from uuid import UUID

from api.demo import texts
from api.demo.chance import HOUR, MINUTE, slips
from api.demo.hours import CREW, DESK, OFFICE
from api.demo.policy import DISTRICT, Kind, kinds
from api.demo.staff import district_desks, handlers
from api.demo.walk import Walk, Walking
from domain.actor import Actor, Role
from domain.case import commands as c
from domain.case.reasons import CancelReason, DeclineReason, Finding, ReturnReason
from domain.case.values import Channel, Place, Status

SENSORS: Final = Actor(id="demo:sensors", role=Role.INTEGRATOR, scope=f"{DISTRICT}.")
CONFUSED: Final = {
    "06036": "06011", "06011": "06036", "09009": "09010", "09010": "09009", "01037": "01028",
    "01003": "01005", "06013": "08002", "08004": "06012", "93001": "06036", "10002": "01028",
    "06010": "06036", "07001": "07003", "06027": "06028", "93004": "93001", "92001": "92002",
}  # fmt: skip
"""What is easily taken for what; mostly another department's."""
SMALL: Final = ("03", "06", "07", "09", "10", "91", "93", "96")
"""Majors of which a grid worker can mend the village tier's on the spot."""
FROM_OUTSIDE: Final = frozenset({Channel.RESIDENT, Channel.HOTLINE, Channel.SENSOR})


def report(walk: Walk) -> Walking:
    """Report it; a grid worker mends small things at once."""
    dice, matter = walk.dice, walk.matter
    walk.reporter = _reporter(walk)
    if matter.kind.code in CONFUSED and dice.yes(0.05 * slips(walk.seed, walk.reporter.id)):
        walk.kind = _kind(CONFUSED[matter.kind.code])
    walk.tier = walk.kind.tier
    outside = matter.channel in FROM_OUTSIDE
    yield from walk.act(
        walk.reporter,
        c.ReportCase(
            channel=matter.channel, category=walk.kind.code, place=_place(walk),
            description=texts.description(matter) if outside or dice.yes(0.5) else None,
            contact=texts.contact(matter.number) if outside and dice.yes(0.5) else None,
            evidence=walk.evidence("before") if dice.yes(0.7) else (),
        ),
    )  # fmt: skip
    if walk.status is Status.REPORTED and _mends_it(walk):
        walk.self_handled = True
        yield from walk.act(
            walk.reporter,
            c.SelfHandleCase(conclusion=texts.MENDED, evidence=walk.evidence("before", "after")),
            dice.lasting(25 * MINUTE),
        )


def triage(walk: Walk) -> Walking:
    """Verify what comes from outside, decline, merge or accept."""
    dice = walk.dice
    acceptor = dice.choice(walk.desks.acceptors)
    wait = dice.lasting(7 * MINUTE)
    if walk.finding == Finding.ABSENT:
        yield from _decline(walk, acceptor, DeclineReason.ABSENT)
    elif walk.echo_of is not None and not walk.merged_once:
        yield from _merge(walk, acceptor, walk.echo_of)
    elif walk.matter.channel in FROM_OUTSIDE and walk.verifier is None and dice.yes(0.11):
        walk.verifier = dice.choice(walk.workers)
        command = c.RequestVerification(worker=walk.verifier.id)
        yield from walk.act(acceptor, command, wait, DESK)
    elif dice.yes(0.022 if walk.matter.channel in FROM_OUTSIDE else 0.004):
        reasons = [DeclineReason.NOT_OUR_MATTER, DeclineReason.TOO_VAGUE,
                   DeclineReason.PRIVATE_MATTER, DeclineReason.OUTSIDE_DISTRICT]  # fmt: skip
        yield from _decline(walk, acceptor, dice.choice(reasons))
    elif dice.yes(0.003):
        command_ = c.CancelCase(reason=CancelReason.REPORTED_BY_MISTAKE)
        yield from walk.act(walk.leader, command_, wait, DESK)
    else:
        yield from _accept(walk, acceptor, wait)


def answer(walk: Walk) -> Walking:
    """Go and look, as asked."""
    dice = walk.dice
    if walk.verifier is None:
        return
    walk.finding = dice.choices([Finding.EXISTS, Finding.ABSENT, Finding.UNABLE], [86, 11, 3])[0]
    command = c.ReportVerification(result=walk.finding, evidence=walk.evidence("other"))
    yield from walk.act(walk.verifier.actor, command, dice.lasting(70 * MINUTE), CREW)


def filing(walk: Walk) -> Walking:
    """File what was accepted, or refuse to."""
    wait = walk.dice.lasting(35 * MINUTE)
    if walk.dice.yes(0.015):
        command = c.RefuseFiling(reason=DeclineReason.BELOW_STANDARD, reply=texts.DECLINED)
        yield from walk.act(walk.leader, command, wait, DESK)
    else:
        yield from walk.act(walk.leader, c.FileCase(), wait, DESK)


def dispatching(walk: Walk) -> Walking:
    """Put the category right when a department has said so, then dispatch by the rules."""
    dispatcher = walk.dice.choice(walk.dispatchers)
    wait = walk.dice.lasting(11 * MINUTE)
    if walk.mistaken and walk.returns:
        yield from _classify(walk, dispatcher, wait)
        dispatcher, wait = walk.dice.choice(walk.dispatchers), 2 * MINUTE
    yield from walk.act(dispatcher, c.DispatchCase(), wait, DESK)


def acknowledging(walk: Walk) -> Walking:
    """Take the dispatch, or give it back."""
    dice = walk.dice
    handler = walk.handler()
    if handler is None:
        return
    wait = dice.lasting(38 * MINUTE)
    wrong = walk.mistaken and dice.yes(0.9)
    if walk.returns < 2 and (wrong or dice.yes(0.008 * slips(walk.seed, handler.id))):
        yield from _give_back(walk, handler, wrong, wait)
    else:
        yield from walk.act(handler, c.AcknowledgeCase(), wait, OFFICE)


def _give_back(walk: Walk, handler: Actor, wrong: bool, wait: int) -> Walking:
    dice = walk.dice
    reason = ReturnReason.WRONG_CATEGORY if wrong else ReturnReason.NOT_OUR_DUTY
    command = c.ReturnCase(reason=reason, note=texts.NOT_OURS)
    yield from walk.act(handler, command, wait, OFFICE)
    if walk.seen.refused:
        return
    judge = dice.choice(walk.dispatchers) if walk.returns == 0 else walk.leader
    walk.returns += 1
    upheld = dice.yes(0.95 if wrong else 0.12)
    ruling = c.UpholdReturn() if upheld else c.RefuseReturn(note=texts.STAYS)
    yield from walk.act(judge, ruling, dice.lasting(HOUR), DESK)


def _accept(walk: Walk, acceptor: Actor, wait: int) -> Walking:
    if walk.mistaken and walk.dice.yes(0.35):
        yield from _classify(walk, acceptor, wait)
        wait = MINUTE
    yield from walk.act(acceptor, c.AcceptCase(), wait, DESK)


def _decline(walk: Walk, acceptor: Actor, reason: DeclineReason) -> Walking:
    command = c.DeclineCase(reason=reason, reply=texts.DECLINED)
    yield from walk.act(acceptor, command, walk.dice.lasting(9 * MINUTE), DESK)


def _classify(walk: Walk, actor: Actor, wait: int) -> Walking:
    yield from walk.act(actor, c.ClassifyCase(category=walk.matter.kind.code), wait, DESK)
    if not walk.seen.refused:
        walk.kind = walk.matter.kind


def _merge(walk: Walk, acceptor: Actor, into: UUID) -> Walking:
    """Point to the other report and merge; one in thirty was not the same after all."""
    walk.merged_once = True
    dice, other = walk.dice, str(into)
    metres = dice.randrange(2, 45)
    suggestion = c.SuggestDuplicate(other=other, distance_m=metres, reason="near")
    yield from walk.act(acceptor, suggestion, dice.lasting(8 * MINUTE), DESK)
    yield from walk.act(acceptor, c.MergeCase(into=other), 2 * MINUTE, DESK)
    if walk.status is Status.MERGED and dice.yes(0.03):
        yield from walk.act(walk.leader, c.UnmergeCase(), dice.lasting(2 * HOUR), DESK)


def _mends_it(walk: Walk) -> bool:
    if walk.matter.channel is not Channel.GRID_WORKER or walk.kind.tier != "V":
        return False
    assert walk.reporter is not None
    return walk.kind.code[:2] in SMALL and walk.dice.yes(0.95 / slips(walk.seed, walk.reporter.id))


def _kind(code: str) -> Kind:
    return next(one for one in kinds() if one.code == code)


def _place(walk: Walk) -> Place:
    matter = walk.matter
    outside = matter.channel in FROM_OUTSIDE
    return Place(
        scope=matter.grid.scope, grid=matter.grid.code, point=matter.point,
        address=texts.address(matter, walk.dice.randrange(1, 400)) if outside else None,
    )  # fmt: skip


def _reporter(walk: Walk) -> Actor:
    dice, channel = walk.dice, walk.matter.channel
    match channel:
        case Channel.GRID_WORKER:
            return dice.choice(walk.workers).actor
        case Channel.HOTLINE:
            return dice.choice(district_desks().acceptors)
        case Channel.SENSOR:
            return SENSORS
        case Channel.DEPARTMENT:
            return dice.choice(handlers()[walk.matter.kind.lead])
        case Channel.LEADER:
            return walk.leader
        case _:
            return Actor(id=f"resident:{dice.getrandbits(128):032x}", role=Role.RESIDENT)
