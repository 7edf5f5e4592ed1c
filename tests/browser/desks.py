"""The desks behind a phone: what somebody there does with its case, through the interface."""

from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.browser.cell import Cell
from tests.browser.test_platform import until

SEEN = """query($number: String!) { case(number: $number) {
  id status grid { code } text { description } attachments { id kind } } }"""


def office(cell: Cell, role: Role, unit: str | None = None) -> Client:
    """Somebody at a desk."""
    return Client(cell.app).acting(role, DISTRICT, unit)


async def pictured(cell: Cell, number: str, count: int) -> None:
    """Wait until a case has so many pictures: the keeper binds them after their event."""

    async def bound() -> bool:
        seen = await office(cell, Role.DISPATCHER).ask(SEEN, number=number)
        return seen["case"] is not None and len(seen["case"]["attachments"]) == count

    await until(bound, 30)


async def upheld(cell: Cell, case: str) -> None:
    """The evaluator upholds the last appeal of a case; the lists show it."""
    evaluator = office(cell, Role.EVALUATOR)
    found = (await evaluator.ask("{ appeals(first: 1) { nodes { appeal } } }"))["appeals"]["nodes"]
    given = {"appeal": found[0]["appeal"], "upheld": True, "reason": "The notice was there"}
    done = await evaluator.done("decideAppeal", case=case, **given)
    assert await cell.app.platform.reached(int(done["event"]["position"]), 30)


async def filed(cell: Cell, case: str) -> None:
    """Triage and dispatch at the desks, until it lies with the department."""
    await office(cell, Role.ACCEPTOR).done("acceptCase", case=case)
    await office(cell, Role.DUTY_LEADER).done("fileCase", case=case)
    await office(cell, Role.DISPATCHER).done("dispatchCase", case=case)
