"""Self-handling, verifying, accepting, declining, filing."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    Status,
    Tier,
)
from tests.domain.case.attempts import (
    LEADER,
)
from tests.domain.case.tries.attempt import (
    ACCEPTOR,
    CHECKER,
    HERE,
    OK,
    RESIDENT,
    UNLOCATED,
    WORKER,
    Try,
)
from tests.domain.case.world import (
    ACCEPTED,
    AFTER,
    BEFORE,
    HISTORIES,
    REPORTED,
    Step,
    by,
    reported,
)

SWEPT = c.SelfHandleCase(conclusion="swept", evidence=(BEFORE, AFTER))
FAILED: tuple[Step, ...] = (
    (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), by(Role.GRID_WORKER)),
    (e.CaseCheckRequested(), LEADER),
    (e.CaseCheckFailed(note="-"), CHECKER),
)
TOWN = (reported(tier=Tier.TOWNSHIP),)
SENT = HISTORIES[Status.VERIFYING]
ABSENT: tuple[Step, ...] = (*SENT, (e.CaseVerified(result="absent"), WORKER))
EXISTS: tuple[Step, ...] = (*SENT, (e.CaseVerified(result="exists"), WORKER))
NOT_THERE = c.DeclineCase(reason="absent", reply="nothing there")
TRIES: list[Try] = [
    Try(TOWN, SWEPT, WORKER, "NOT_VILLAGE_TIER", about={"tier": Tier.TOWNSHIP}),
    Try((*REPORTED, *FAILED), SWEPT, WORKER, "SELF_HANDLING_FAILED_BEFORE"),
    Try(
        REPORTED, c.SelfHandleCase(conclusion="x", evidence=(AFTER, AFTER)), WORKER,
        "BEFORE_EVIDENCE_MISSING", about={"given": 2},
    ),
    Try(
        REPORTED, c.SelfHandleCase(conclusion="x", evidence=(BEFORE,)), WORKER,
        "AFTER_EVIDENCE_MISSING", about={"given": 1},
    ),
    Try(
        REPORTED, c.SelfHandleCase(conclusion=" \n", evidence=(BEFORE, AFTER)), WORKER,
        "TEXT_MISSING", about={"field": "conclusion"},
    ),
    Try(
        REPORTED, c.RequestVerification(worker="reporter"), ACCEPTOR,
        "VERIFIER_REPORTED_IT", about={"worker": "reporter"},
    ),
    Try(
        SENT, c.ReportVerification(result="exists"), by(Role.GRID_WORKER, actor="w2"),
        "NOT_THE_ONE_ASKED", about={"asked": "grid_worker"},
    ),
    Try(
        SENT, c.ReportVerification(result="gone"), WORKER, "UNKNOWN_VALUE",
        about={"field": "result", "value": "gone", "allowed": ["absent", "exists", "unable"]},
    ),
    *(
        Try(SENT, c.ReportVerification(result=result), WORKER, OK)
        for result in ("exists", "absent", "unable")
    ),
    Try(ABSENT, c.AcceptCase(), ACCEPTOR, "VERIFIED_ABSENT"),
    Try(EXISTS, c.AcceptCase(), ACCEPTOR, OK),
    Try(ABSENT, NOT_THERE, ACCEPTOR, OK),
    Try(EXISTS, NOT_THERE, ACCEPTOR, "NOT_VERIFIED_ABSENT", about={"verified": "exists"}),
    Try(REPORTED, c.DeclineCase(reason="absent", reply="-"), ACCEPTOR, "NOT_VERIFIED_ABSENT"),
    Try(REPORTED, c.DeclineCase(reason="boring", reply="-"), ACCEPTOR, "UNKNOWN_REASON"),
    Try(REPORTED, c.DeclineCase(reason="too_vague", reply=""), ACCEPTOR, "TEXT_MISSING"),
    Try(ACCEPTED, c.RefuseFiling(reason="boring", reply="-"), LEADER, "UNKNOWN_REASON"),
    Try(ACCEPTED, c.RefuseFiling(reason="absent", reply="-"), LEADER, "NOT_VERIFIED_ABSENT"),
    Try(ACCEPTED, c.RefuseFiling(reason="duplicate", reply=" "), LEADER, "TEXT_MISSING"),
    Try(
        ACCEPTED, c.FileCase(), LEADER, "NO_FILING_STANDARD", {"standard": None},
        {"category": "06010"},
    ),
    Try(REPORTED, c.AcceptCase(), ACCEPTOR, OK, {"standard": None}),
    Try(
        REPORTED, c.ClassifyCase(category="06010"), ACCEPTOR, "SAME_CATEGORY",
        about={"category": "06010"},
    ),
    Try(
        REPORTED, c.ClassifyCase(category="x"), ACCEPTOR, "UNKNOWN_CATEGORY",
        {"category": None}, {"category": "x"},
    ),
    Try(
        REPORTED, c.RelocateCase(place=HERE), ACCEPTOR, "PLACE_NOT_IN_A_LIVE_GRID",
        {"grid": None},
    ),
    Try(REPORTED, c.RelocateCase(place=UNLOCATED), ACCEPTOR, OK, {"grid": None}),
    Try(REPORTED, c.SealContact(contact="  "), ACCEPTOR, "TEXT_MISSING"),
    Try(REPORTED, c.AttachEvidence(evidence=()), RESIDENT, "EVIDENCE_MISSING"),
]  # fmt: skip
