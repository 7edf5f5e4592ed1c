"""Every command once, as it succeeds: who sends what, in an order that works.

`$NAME` in an argument stands for the case of that name; a step's case is made by its
`reportCase`.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Final

from api.graphql.scalars import rfc3339
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, OTHER_GRID, POINT, square

BEFORE = {"sha256": "b" * 64, "kind": "before"}
AFTER = {"sha256": "a" * 64, "kind": "after"}
LATER, SOON, REVIEW = "2031-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "{review}"

WHO: Final = {
    "worker": (Role.GRID_WORKER, COMMUNITY, None),
    "other_worker": (Role.GRID_WORKER, COMMUNITY, None),
    "acceptor": (Role.ACCEPTOR, DISTRICT, None),
    "dispatcher": (Role.DISPATCHER, DISTRICT, None),
    "leader": (Role.DUTY_LEADER, DISTRICT, None),
    "district": (Role.DISTRICT_LEADER, DISTRICT, None),
    "sanitation": (Role.HANDLER, DISTRICT, "sanitation"),
    "urban": (Role.HANDLER, DISTRICT, "urban"),
    "checker": (Role.CHECKER, DISTRICT, None),
    "evaluator": (Role.EVALUATOR, DISTRICT, None),
    "admin": (Role.ADMINISTRATOR, "", None),
    "device": (Role.INTEGRATOR, DISTRICT, None),
}


@dataclass(frozen=True)
class Step:
    """One command by one of `WHO`; `case` names the case it is about."""

    who: str
    mutation: str
    case: str | None = None
    given: dict[str, Any] = field(default_factory=dict)


def step(who: str, mutation: str, case: str | None = None, **given: Any) -> Step:
    return Step(who, mutation, case, given)


def report(name: str, category: str = "06010", **given: Any) -> Step:
    place = given.pop("place", {"grid": GRID})
    return step(
        "worker", "reportCase", name, channel="GRID_WORKER", category=category, place=place, **given
    )


def to_dispatched(name: str) -> list[Step]:
    return [
        report(name),
        step("acceptor", "acceptCase", name),
        step("leader", "fileCase", name),
        step("dispatcher", "dispatchCase", name),
    ]


CASE_STEPS: Final[list[Step]] = [
    report("a", category="06036", place={"point": POINT, "address": "门口"}, description="杂物"),
    step("acceptor", "classifyCase", "a", category="06010"),
    step("acceptor", "relocateCase", "a", place={"grid": OTHER_GRID}),
    step("worker", "sealContact", "a", contact="138 0000 0000"),
    step("acceptor", "requestVerification", "a", worker="acct:other_worker"),
    step("other_worker", "reportVerification", "a", result="exists", note="属实"),
    step("acceptor", "acceptCase", "a"),
    step("leader", "fileCase", "a"),
    step("dispatcher", "dispatchCase", "a"),
    step("sanitation", "acknowledgeCase", "a"),
    step("sanitation", "noteProgress", "a", note="在路上"),
    step("sanitation", "attachEvidence", "a", evidence=[BEFORE]),
    step("sanitation", "requestExtension", "a", reason="weather", until=SOON),
    step("leader", "grantExtension", "a"),
    step("sanitation", "requestExtension", "a", reason="material", until=LATER),
    step("leader", "refuseExtension", "a", note="不准"),
    step("leader", "suspendCase", "a", reason="season", reviewAt=REVIEW),
    step("leader", "resumeCase", "a"),
    step("dispatcher", "escalateCase", "a", reason="跨区"),
    step("dispatcher", "returnCaseDown", "a", reason="可就地解决"),
    step("acceptor", "urgeCase", "a"),
    step("leader", "expediteCase", "a", severity="URGENT"),
    step("leader", "orderSupervision", "a", reason="久拖", replyDue=SOON),
    step("sanitation", "replySupervision", "a", reply="今日办结"),
    step("dispatcher", "openJointHandling", "a", reason="需联合"),
    step("dispatcher", "addAssist", "a", department="urban"),
    step("urban", "acknowledgeCase", "a"),
    step("urban", "reportAssistDone", "a", conclusion="已配合"),
    step("sanitation", "handleCase", "a", conclusion="已清", evidence=[AFTER]),
    step("dispatcher", "requestCheck", "a"),
    step("checker", "failCheck", "a", note="未清净"),
    step("sanitation", "handleCase", "a", conclusion="再清", evidence=[AFTER]),
    step("dispatcher", "requestCheck", "a"),
    step("checker", "passCheck", "a"),
    step("leader", "closeCase", "a"),
    step("sanitation", "fileAppeal", "a", figure="K8"),
    step("acceptor", "sendFollowUp", "a"),
    step("acceptor", "giveFeedback", "a", contacted=True, solved=False, satisfaction="unsatisfied"),
    step("dispatcher", "reopenCase", "a", reason="not_solved"),
    step("evaluator", "decideAppeal", "a", appeal="{appeal}", upheld=True, reason="属实"),
    report("b"),
    step("acceptor", "declineCase", "b", reason="too_vague", reply="请补充"),
    report("c"),
    step("acceptor", "acceptCase", "c"),
    step("leader", "refuseFiling", "c", reason="below_standard", reply="未达标准"),
    report("d"),
    step("worker", "selfHandleCase", "d", conclusion="顺手清了", evidence=[BEFORE, AFTER]),
    report("e"),
    step("leader", "cancelCase", "e", reason="test"),
    *to_dispatched("f"),
    step("sanitation", "returnCase", "f", reason="not_our_duty"),
    step("dispatcher", "refuseReturn", "f"),
    step("dispatcher", "redispatchCase", "f", department="urban", reason="占道"),
    step("urban", "returnCase", "f", reason="wrong_category"),
    step("leader", "upholdReturn", "f"),
    step("district", "forceCloseCase", "f", reason="cannot_be_done"),
    report("g", place={"point": POINT}),
    report("h", place={"point": POINT}),
    step("acceptor", "suggestDuplicate", "g", other="$h", distanceM=0),
    step("acceptor", "mergeCase", "g", into="$h"),
    step("leader", "unmergeCase", "g"),
    step("acceptor", "acceptCase", "g"),
    step("leader", "fileCase", "g"),
    step("dispatcher", "splitCase", "g", parts=[{"category": "06010"}, {"category": "06036"}]),
]  # fmt: skip
NEW_GRIDS = ("371602005036003", "371602005036004", "371602005036005")
KEY_ENDS: Final = rfc3339(time.time_ns() // 1_000 + 5 * 86_400_000_000)
ADMIN_STEPS: Final[list[Step]] = [
    step("admin", "nameArea", code="371602005040", scope="371602.005.040.", level="community",
         name="新社区", parent="371602005"),
    step("admin", "retireArea", code="371602005040", reason="撤并"),
    *(
        step("admin", "drawGrid", code=code, scope=f"371602.005.036.{code[-3:]}.", name=code[-3:],
             rings=[list(square(118_020_000 + 10_000 * index, 37_400_000))])
        for index, code in enumerate(NEW_GRIDS)
    ),
    step("admin", "redrawGrid", code=NEW_GRIDS[0], rings=[list(square(118_060_000, 37_400_000))]),
    step("admin", "renameGrid", code=NEW_GRIDS[0], name="改名"),
    step("admin", "splitGrid", code=NEW_GRIDS[0], successors=list(NEW_GRIDS[1:])),
    step("admin", "mergeGrid", code=NEW_GRIDS[1], into=NEW_GRIDS[2]),
    step("admin", "retireGrid", code=NEW_GRIDS[2], reason="撤销"),
    step("admin", "openDepartment", department="parks", name="园林", nameEn="Parks",
         scope=DISTRICT),
    step("admin", "renameDepartment", department="parks", name="园林局", nameEn="Parks bureau"),
    step("admin", "setDuty", department="parks", onDuty=False),
    step("admin", "setCompetence", department="parks", categories=["04*"]),
    step("admin", "closeDepartment", department="parks", reason="合并"),
    step("admin", "appointWorker", worker="w9", kind="part_time", scope=COMMUNITY, name="李四"),
    step("admin", "postWorker", worker="w9", grid=GRID),
    step("admin", "dismissWorker", worker="w9", reason="离职"),
    step("admin", "defineCategory", owner="371602", code="06099", name="新类", nameEn="New",
         lead="urban", limit="1W", tier="V"),
    step("admin", "setRoutingRule", owner="371602", rule="r9", priority=5, category="06099",
         scope=DISTRICT, department="urban", reason="职责", reasonEn="Duty"),
    step("admin", "removeRoutingRule", owner="371602", rule="r9"),
    step("admin", "setStageLimit", owner="371602", clock="accept", limit="2U"),
    step("admin", "setFilingStandard", owner="371602", standard="s9", category="06099",
         text="属实", textEn="True"),
    step("admin", "retireCategory", owner="371602", code="06099"),
    step("admin", "publishCalendar", calendar="371602", version="2026.2",
         timezone="Asia/Shanghai", firstYear=2020, lastYear=2036, hours=[[540, 720]]),
    step("admin", "openAccount", account="acct:zhang", kind="person", scope=DISTRICT, name="张三"),
    step("admin", "grantRole", account="acct:zhang", role="checker", scope=COMMUNITY),
    step("admin", "withdrawRole", account="acct:zhang", role="checker", scope=COMMUNITY,
         reason="调岗"),
    step("admin", "linkIdentity", account="acct:zhang", issuer="https://id.example",
         identity="a" * 64),
    step("admin", "endSessions", account="acct:zhang", reason="手机遗失"),
    step("admin", "openAccount", account="sys:hotline", kind="system", scope=DISTRICT),
    step("admin", "issueKey", account="sys:hotline", key="hotline1", sha256="b" * 64,
         role="integrator", scope=DISTRICT, expiresAt=KEY_ENDS),
    step("admin", "revokeKey", account="sys:hotline", key="hotline1", reason="轮换"),
    step("admin", "closeAccount", account="sys:hotline", reason="停用"),
    step("admin", "registerWebhook", webhook="city", url="https://example.invalid/hook",
         scope=DISTRICT, secret="whsec_" + "c" * 44, topics=["case.closed"]),
    step("admin", "rekeyWebhook", webhook="city", secret="whsec_" + "d" * 44),
    step("admin", "pauseWebhook", webhook="city", reason="维护"),
    step("admin", "resumeWebhook", webhook="city", after="1"),
    step("admin", "retireWebhook", webhook="city", reason="停用"),
    step("device", "raiseAlert", alert="n1", device="smoke-3", category="06010", grid=GRID),
    step("worker", "dismissAlert", alert="n1", device="smoke-3", reason="drill"),
    step("device", "raiseAlert", alert="n2", device="smoke-3", category="06010", grid=GRID),
    step("worker", "confirmAlert", alert="n2", device="smoke-3"),
]  # fmt: skip


def acting(client: Client, who: str) -> Client:
    role, scope, unit = WHO[who]
    return client.acting(role, scope, unit, account=f"acct:{who}")


def filled(one: Step, cases: dict[str, str], **values: str) -> dict[str, Any]:
    """Return a step's arguments with case names and placeholders replaced."""
    given: dict[str, Any] = {}
    for name, value in one.given.items():
        if isinstance(value, str) and value.startswith("$"):
            value = cases[value[1:]]
        elif isinstance(value, str) and value[1:-1] in values:
            value = values[value[1:-1]]
        given[name] = value
    if one.case is not None and one.mutation != "reportCase":
        given["case"] = cases[one.case]
    return given
