"""The closed loop through GraphQL, command by command, on a real log."""

from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID

PLACE = {"grid": GRID, "address": "学苑路 3 号"}
AFTER = [{"sha256": "a" * 64, "kind": "after"}]


async def test_a_case_goes_round_the_loop(client: Client, worker: Client) -> None:
    reported = await worker.done(
        "reportCase", channel="GRID_WORKER", category="06010", place=PLACE, description="垃圾"
    )
    case = reported["case"]["id"]
    assert reported["case"]["status"] == "REPORTED"
    assert reported["case"]["number"].startswith("371602")
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    dispatcher = client.acting(Role.DISPATCHER, DISTRICT)
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    handler = client.acting(Role.HANDLER, DISTRICT, "sanitation")
    checker = client.acting(Role.CHECKER, DISTRICT)
    await acceptor.done("acceptCase", case=case)
    await leader.done("fileCase", case=case)
    sent = await dispatcher.done("dispatchCase", case=case)
    assert sent["case"]["status"] == "DISPATCHED"
    await handler.done("acknowledgeCase", case=case)
    await handler.done("handleCase", case=case, conclusion="已清理", evidence=AFTER)
    await dispatcher.done("requestCheck", case=case)
    await checker.done("passCheck", case=case)
    closed = await leader.done("closeCase", case=case)
    assert closed["case"]["status"] == "CLOSED"
    assert closed["event"]["position"] == str(await client.app.platform.log.head())
    seen = await leader.ask(
        "query($id: ID!) { case(id: $id) { status open department { key } "
        "category { code nameEn } grid { code } area { nameEn } text { description address "
        "conclusion } } caseTimeline(case: $id, first: 50) { nodes { topic titleEn } } }",
        id=case,
    )
    assert seen["case"] == {
        "status": "CLOSED",
        "open": False,
        "department": {"key": "sanitation"},
        "category": {"code": "06010", "nameEn": "Exposed rubbish"},
        "grid": {"code": GRID},
        "area": {"nameEn": "Xueyuan"},
        "text": {"description": "垃圾", "address": "学苑路 3 号", "conclusion": "已清理"},
    }
    assert [one["topic"] for one in seen["caseTimeline"]["nodes"]] == [
        "case.reported", "case.accepted", "case.filed", "case.dispatched", "case.acknowledged",
        "case.handled", "case.check_requested", "case.check_passed", "case.closed",
    ]  # fmt: skip
