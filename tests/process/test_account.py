"""`quanke account` on a real data directory, with nothing running on it."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from api.auth.admission import Admission
from api.database import opened
from api.database.server import PASSING
from api.dispatch.deciding import deciding
from api.settings import Settings
from domain.actor import Role
from tests.process.commands import quanke


def account(data: Path, *arguments: str, said: str = "") -> "CompletedProcess[str]":
    return quanke("account", *arguments, "--data", data, said=said)


@pytest.mark.slow
async def test_an_account_from_the_machine(home: Path) -> None:
    data = home / "data"
    settings = Settings(data=data)
    async with opened(settings, "test", extra=PASSING) as database:
        name = account(data, "open", "--scope", "371602.").stdout.strip()
        assert name.startswith("acct:")
        assert (
            account(data, "grant", name, "--role", "dispatcher", "--scope", "371602.").returncode
            == 0
        )
        assert account(data, "password", name, said="too short\n").stderr == (
            "quanke: a password has 12 to 256 characters\n"
        )
        assert account(data, "password", name, said="a password of some length\n").returncode == 0
        refused = account(data, "grant", name, "--role", "display", "--scope", "371602.")
        assert (refused.returncode, "ROLE_NOT_GRANTABLE" in refused.stderr) == (1, True)
        account(data, "open", "sys:hotline", "--kind", "system", "--scope", "371602.")
        key = account(data, "key", "sys:hotline", "--scope", "371602.").stdout.strip()
        async with deciding(settings, database.dsn) as parts:
            actor = Admission(parts.reference).by_key(key).actor
            assert (actor.role, actor.scope) == (Role.INTEGRATOR, "371602.")
        listed = account(data, "list").stdout.splitlines()
        assert [line.split("\t")[:4] for line in listed] == [
            [name, "person", "open", "dispatcher@371602."],
            ["sys:hotline", "system", "open", ""],
        ]
