"""A database that goes away under a question: said as such, never told as a bug."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import pytest

from api.app import AGAIN_S
from api.wiring import App
from domain.actor import Role
from eventlog.errors import LogBusy, LogFull, LogUnavailable
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.test_sign_in import post

END = """select count(pg_terminate_backend(pid)) from pg_stat_activity
 where datname = current_database() and application_name in ('quanke reads', 'quanke glances')"""
QUESTIONS = (
    "{ cases(first: 50) { nodes { id number category { name } } } }",
    "{ overview { open } }",
    "{ areas { name } gridLoad { grid { code } } deadlines(first: 10) { nodes { due } } }",
)


@pytest.mark.slow
async def test_questions_whose_sessions_end_are_unavailable(app: App, client: Client) -> None:
    asking, codes = client.acting(Role.DISPATCHER, DISTRICT), Counter[str]()
    sessions = await asyncpg.connect(app.dsn)

    async def ask(turn: int) -> None:
        query = QUESTIONS[turn % len(QUESTIONS)] + f" # {turn}"
        answer = (await asking.post({"query": query})).json()
        codes[answer["errors"][0]["extensions"]["code"] if "errors" in answer else "answered"] += 1

    try:
        for turn in range(4):
            async with asyncio.TaskGroup() as tasks:
                for one in range(6):
                    tasks.create_task(ask(turn * 6 + one))
                await asyncio.sleep(0.003 * (turn % 5))
                await sessions.execute(END)
    finally:
        await sessions.close()
    assert set(codes) <= {"answered", "UNAVAILABLE"}, codes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LogBusy(0.1), "UNAVAILABLE"),
        (LogUnavailable("away"), "UNAVAILABLE"),
        (LogFull(), "STORAGE_FULL"),
        (asyncpg.ConnectionDoesNotExistError("gone"), "UNAVAILABLE"),
        (ConnectionRefusedError(111, "refused"), "UNAVAILABLE"),
    ],
)
async def test_a_small_door_says_when_the_database_is_away(
    app: App, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    async def away(*_: Any) -> bool:
        raise error

    monkeypatch.setattr("api.auth.passwords.Passwords.is_right", away)
    answer = await post(app, "/auth/sign-in", {"account": "acct:x", "password": "x" * 12})
    (said,) = answer.json()["errors"]
    assert (answer.status_code, said["extensions"]["code"]) == (503, code)
    assert answer.headers["retry-after"] == AGAIN_S
    assert answer.headers["cache-control"] == "no-store"
