"""Areas, departments and workers: codes, levels, duty, competence, postings."""

from typing import Any

import msgspec
import pytest

from domain.actor import Role
from domain.directory.commands import (
    AppointWorker,
    CloseDepartment,
    DismissWorker,
    NameArea,
    OpenDepartment,
    PostWorker,
    RenameDepartment,
    RetireArea,
    SetCompetence,
    SetDuty,
)
from domain.directory.decide import AREA, DEPARTMENT, WORKER
from domain.directory.events import (
    AreaNamed,
    AreaRetired,
    CompetenceSet,
    DepartmentClosed,
    DepartmentOpened,
    DepartmentRenamed,
    DutySet,
    WorkerAppointed,
    WorkerDismissed,
    WorkerPosted,
)
from domain.directory.facts import AreaFacts, DepartmentFacts, WorkerFacts
from domain.event import By
from tests.domain.telling import ADMIN, IMPORT, given

TOWNSHIP = NameArea(
    code="371602005", scope="371602.005.", level="township", name="彭李街道", parent="371602"
)
NAMED = AreaNamed(
    code="371602005", scope="371602.005.", level="township", name="彭李街道", parent="371602"
)
IN_DISTRICT = AreaFacts(by=ADMIN, parent_level="district")
OPEN = OpenDepartment(department="parks", name="园林", name_en="Parks", scope="371602.")
OPENED = DepartmentOpened(department="parks", name="园林", name_en="Parks", scope="371602.")
HERE = DepartmentFacts(by=ADMIN, area_known=True)
APPOINT = AppointWorker(worker="w1", kind="full_time", scope="371602.005.036.", name="模拟")
APPOINTED = WorkerAppointed(worker="w1", kind="full_time", scope="371602.005.036.", name="模拟")
POSTED = WorkerPosted(worker="w1", grid="g1", scope="371602.005.036.001.")


def naming(**changes: Any) -> NameArea:
    return msgspec.structs.replace(TOWNSHIP, **changes)


def test_names_an_area_and_names_it_anew_but_never_moves_it() -> None:
    given(AREA, IN_DISTRICT).when(TOWNSHIP).then(NAMED)
    story = given(AREA, IN_DISTRICT, NAMED)
    story.when(TOWNSHIP).then()
    story.when(naming(name="彭李")).then(msgspec.structs.replace(NAMED, name="彭李"))
    story.when(naming(level="community")).refused("AREA_CODE_MALFORMED")
    story.when(naming(scope="371602.006.")).refused("AREA_CODE_MALFORMED")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "371602006"}, "AREA_CODE_MALFORMED"),
        ({"code": "371602600", "scope": "371602.600."}, "AREA_CODE_OUT_OF_RANGE"),
        ({"code": "371602000", "scope": "371602.000."}, "AREA_CODE_OUT_OF_RANGE"),
        ({"code": "37160205", "scope": "371602.05."}, "AREA_CODE_OUT_OF_RANGE"),
        ({"scope": "371602.005"}, "SCOPE_MALFORMED"),
        ({"level": "street"}, "AREA_LEVEL_UNKNOWN"),
        ({"name": ""}, "NAME_MISSING"),
    ],
)
def test_refuses_codes_outside_the_national_scheme(changes: dict[str, Any], code: str) -> None:
    given(AREA, IN_DISTRICT).when(naming(**changes)).refused(code)


def test_levels_follow_one_another_in_the_national_scheme() -> None:
    given(AREA, AreaFacts(by=ADMIN)).when(TOWNSHIP).refused("PARENT_AREA_UNKNOWN")
    wrong = AreaFacts(by=ADMIN, parent_level="township")
    given(AREA, wrong).when(TOWNSHIP).refused("PARENT_AREA_LEVEL", needed="district")
    taken = AreaFacts(by=ADMIN, parent_level="district", scope_taken=True)
    given(AREA, taken).when(TOWNSHIP).refused("SCOPE_TAKEN")


def test_another_city_may_leave_a_level_out() -> None:
    facts = AreaFacts(by=IMPORT, parent_level="district")
    command = NameArea(
        code="back-bay", scope="boston.back-bay.", level="community", name="Back Bay"
    )
    given(AREA, facts).when(command).then(
        AreaNamed(code="back-bay", scope="boston.back-bay.", level="community", name="Back Bay")
    )
    dotted = msgspec.structs.replace(command, code="back.bay")
    given(AREA, facts).when(dotted).refused("CODE_MALFORMED", which="back.bay")


def test_retires_only_what_is_empty_and_for_a_reason() -> None:
    command = RetireArea(code="371602005", reason="撤并")
    given(AREA, IN_DISTRICT, NAMED).when(command).then(AreaRetired(code="371602005", reason="撤并"))
    full = AreaFacts(by=ADMIN, parent_level="district", holds=3)
    given(AREA, full, NAMED).when(command).refused("AREA_NOT_EMPTY", holds=3)
    given(AREA, IN_DISTRICT).when(command).refused("UNKNOWN", which="371602005")
    gone = given(AREA, IN_DISTRICT, NAMED, AreaRetired(code="371602005", reason="x"))
    gone.when(command).refused("RETIRED", which="371602005")
    gone.when(TOWNSHIP).refused("RETIRED", which="371602005")


def test_opens_renames_and_closes_a_department() -> None:
    given(DEPARTMENT, HERE).when(OPEN).then(OPENED)
    story = given(DEPARTMENT, HERE, OPENED)
    story.when(OPEN).refused("DEPARTMENT_ID_USED", department="parks")
    rename = RenameDepartment(department="parks", name="绿化", name_en="Greens")
    story.when(rename).then(DepartmentRenamed(department="parks", name="绿化", name_en="Greens"))
    close = CloseDepartment(department="parks", reason="并入")
    story.when(close).then(DepartmentClosed(department="parks", reason="并入"))
    ruled = DepartmentFacts(by=ADMIN, area_known=True, ruled_by=2)
    given(DEPARTMENT, ruled, OPENED).when(close).refused("DEPARTMENT_STILL_ROUTED", rules=2)
    given(DEPARTMENT, HERE).when(close).refused("UNKNOWN")


def test_a_department_serves_a_known_area() -> None:
    given(DEPARTMENT, DepartmentFacts(by=ADMIN)).when(OPEN).refused("AREA_UNKNOWN")
    strange = msgspec.structs.replace(OPEN, kind="secret")
    given(DEPARTMENT, HERE).when(strange).refused("DEPARTMENT_KIND_UNKNOWN")


def test_duty_is_also_the_duty_leaders() -> None:
    leader = By(actor="l", role=Role.DUTY_LEADER, scope="371602.")
    facts = DepartmentFacts(by=leader, area_known=True)
    story = given(DEPARTMENT, facts, OPENED)
    story.when(SetDuty(department="parks", on_duty=False)).then(
        DutySet(department="parks", on_duty=False)
    )
    story.when(SetDuty(department="parks", on_duty=True)).then()
    story.when(RenameDepartment(department="parks", name="x", name_en="x")).refused(
        "ROLE_NOT_ALLOWED"
    )


def test_competence_is_a_list_of_codes_and_prefixes() -> None:
    story = given(DEPARTMENT, HERE, OPENED)
    command = SetCompetence(department="parks", categories=("06017", "04*"))
    story.when(command).then(CompetenceSet(department="parks", categories=("06017", "04*")))
    story.when(SetCompetence(department="parks", categories=("06.1",))).refused("CODE_MALFORMED")
    state = given(
        DEPARTMENT, HERE, OPENED, CompetenceSet(department="parks", categories=("06017", "04*"))
    ).state
    assert [state.competent(code) for code in ("06017", "04002", "06010")] == [True, True, False]
    assert given(DEPARTMENT, HERE, OPENED).state.competent("anything")


def test_appoints_posts_and_dismisses_a_worker() -> None:
    facts = WorkerFacts(by=ADMIN, area_known=True, grid_scope="371602.005.036.001.")
    given(WORKER, facts).when(APPOINT).then(APPOINTED)
    story = given(WORKER, facts, APPOINTED)
    story.when(APPOINT).refused("WORKER_ID_USED", worker="w1")
    story.when(PostWorker(worker="w1", grid="g1")).then(POSTED)
    given(WORKER, facts, APPOINTED, POSTED).when(PostWorker(worker="w1", grid="g1")).then()
    story.when(DismissWorker(worker="w1", reason="合同期满")).then(
        WorkerDismissed(worker="w1", reason="合同期满")
    )
    gone = given(WORKER, facts, APPOINTED, WorkerDismissed(worker="w1", reason="x"))
    gone.when(PostWorker(worker="w1", grid="g1")).refused("RETIRED", which="w1")


def test_a_posting_needs_a_live_grid() -> None:
    facts = WorkerFacts(by=ADMIN, area_known=True)
    given(WORKER, facts, APPOINTED).when(PostWorker(worker="w1", grid="g9")).refused(
        "GRID_UNKNOWN", grid="g9"
    )
    part = msgspec.structs.replace(APPOINT, kind="weekend")
    given(WORKER, facts).when(part).refused("WORKER_KIND_UNKNOWN")
    given(WORKER, WorkerFacts(by=ADMIN)).when(APPOINT).refused("AREA_UNKNOWN")
