"""What an administrator does about read models over HTTP: held events and a rebuild."""

from typing import Any

import httpx
from httpx import Response

from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import Client
from tests.api.steps import acting, report

REFUSE = "alter table rm_case_board_v1.board add constraint poison check (severity <> 'urgent')"
MEND = "alter table rm_case_board_v1.board drop constraint poison"


async def asked(app: App, path: str, said: Any = None, role: Role = Role.ADMINISTRATOR) -> Response:
    """Ask one of the doors as somebody: GET without a body, else POST."""
    token = app.platform.tokens.issue(Actor(id="acct:x", role=role, scope=""), 60)
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http:
        headers = {"authorization": f"Bearer {token}"}
        if said is None:
            return await http.get(path, headers=headers)
        return await http.post(path, json=said, headers=headers)


async def test_a_held_event_is_shown_retried_and_skipped(app: App, client: Client) -> None:
    assert (await asked(app, "/admin/held")).json() == []
    await app.platform.pool.execute(REFUSE)
    await acting(client, "leader").do(
        "reportCase", **{**report("x").given, "channel": "LEADER", "severity": "URGENT"}
    )
    assert await app.caught_up(30)
    (held,) = (await asked(app, "/admin/held")).json()
    assert (held["readModel"], held["state"], held["attempts"]) == ("case_board", "poison", 1)
    (still,) = (await asked(app, "/admin/held/retry", {"readModel": "case_board"})).json()
    assert "CheckViolation" in still["error"]
    one = {"readModel": "case_board", "position": held["position"]}
    assert (await asked(app, "/admin/held/skip", {**one, "reason": " "})).status_code == 400
    await app.platform.pool.execute(MEND)
    (done,) = (await asked(app, "/admin/held/retry", {"readModel": "case_board"})).json()
    assert (done["error"], done["events"]) == (None, 1)
    assert (await asked(app, "/admin/held")).json() == []
    assert (await asked(app, "/admin/held/skip", {**one, "reason": "x"})).status_code == 404


async def test_a_read_model_is_built_anew_and_everything_is_compared(
    app: App, client: Client
) -> None:
    await acting(client, "worker").done("reportCase", **report("x").given)
    assert await app.caught_up(30)
    assert (await asked(app, "/admin/rebuild", {"readModel": "grid_load"})).status_code == 200
    models = (await acting(client, "admin").ask("{ readModels { name rebuild } }"))["readModels"]
    rebuilt = {one["name"]: one["rebuild"] for one in models}
    assert rebuilt["grid_load"] == rebuilt["case_board"] + 1
    assert (await asked(app, "/admin/rebuild", {"readModel": "none"})).status_code == 404
    auditor, last = client.acting(Role.AUDITOR), "{ lastVerification { head readModels faults } }"
    assert await auditor.ask(last) == {"lastVerification": None}
    verdict = (await asked(app, "/audit/verify", {}, Role.AUDITOR)).json()
    assert verdict["fault_count"] == 0
    told = (await auditor.ask(last))["lastVerification"]
    assert told["head"] == str(await app.platform.log.head())
    assert (told["readModels"], told["faults"]) == (len(verdict["read_models"]), 0)
    assert verdict["read_models"]["case_board"] >= 1


async def test_they_are_the_administrators(app: App) -> None:
    for path, said in (
        ("/admin/held", None),
        ("/admin/held/retry", {"readModel": "case_board"}),
        ("/admin/rebuild", {"readModel": "case_board"}),
        ("/audit/verify", {}),
    ):
        assert (await asked(app, path, said, Role.DISPATCHER)).status_code == 403, path
    assert (await asked(app, "/admin/held/retry", {"no": 1})).status_code == 400
