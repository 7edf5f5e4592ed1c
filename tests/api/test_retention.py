"""What has been kept as long as the schedules say is listed and erased, and nothing sooner."""

from dataclasses import replace
from uuid import uuid4

import pytest

from api.graphql.ids import case_key
from api.privacy.schedule import due_now
from api.wiring import App
from domain.actor import Actor, Role
from domain.errors import Rejected
from domain.privacy.commands import EraseSubject
from domain.privacy.decide import Cause
from domain.privacy.retention import DAY_US
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.test_privacy import reported

OFFICER = Actor(id="system:privacy", role=Role.PRIVACY_OFFICER)
CONTACT, WORDS = 180, 3 * 365


async def ended(app: App, client: Client) -> str:
    """Report a case with words and a contact, and decline it; return its key."""
    case = await reported(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    done = await acceptor.done("declineCase", case=case["id"], reason="too_vague", reply="看不懂")
    assert await app.platform.reached(int(done["event"]["last"]), 30)
    return str(case_key(case["id"]))


async def due(app: App, days: float) -> list[str]:
    later = app.platform.clock() + int(days * DAY_US)
    found = await due_now(replace(app.platform, clock=lambda: later), 100)
    return [one.subject for one in found]


async def erased(app: App, subject: str, days: float) -> str:
    """Erase by schedule so many days later; return what the rules said."""
    now, dispatcher = app.platform.dispatcher.clock, app.platform.dispatcher
    later = now() + int(days * DAY_US)
    dispatcher.clock = lambda: later
    try:
        command = EraseSubject(subject=subject, cause=Cause.RETENTION.value)
        await app.platform.eraser.erase(command, OFFICER, uuid4())
    except Rejected as rejected:
        return rejected.code
    finally:
        dispatcher.clock = now
    return "erased"


async def test_each_is_due_when_its_own_schedule_is_over(app: App, client: Client) -> None:
    key = await ended(app, client)
    await reported(client)  # still open: never due
    contact, words = f"contact:{key}", f"case:{key}"
    assert await due(app, CONTACT - 1) == []
    assert await due(app, CONTACT + 1) == [contact]
    assert await due(app, WORDS - 1) == [contact]
    assert sorted(await due(app, WORDS + 1)) == sorted([contact, words])


@pytest.mark.parametrize("held", [False, True])
async def test_nothing_is_erased_before_its_day_or_under_a_hold(
    app: App, client: Client, held: bool
) -> None:
    key = await ended(app, client)
    officer = client.acting(Role.PRIVACY_OFFICER, DISTRICT)
    contact = f"contact:{key}"
    assert await erased(app, contact, CONTACT - 1) == "SCHEDULE_NOT_OVER"
    if held:
        await officer.done("placeLegalHold", subject=f"case:{key}", hold="court-7", reason="诉讼")
        assert await erased(app, contact, CONTACT + 1) == "LEGAL_HOLD"
        assert await app.platform.vault.owned([contact])
        return
    assert await erased(app, contact, CONTACT + 1) == "erased"
    assert not await app.platform.vault.owned([contact])
    assert await app.platform.vault.owned([f"case:{key}"]), "the words have longer"
    assert await due(app, CONTACT + 1) == []
