"""`quanke account` on a real data directory, with nothing running on it."""

import subprocess
import sys
from pathlib import Path

from api.auth.admission import Admission
from api.database import opened
from api.database.server import PASSING
from api.deciding import deciding
from api.settings import Settings
from domain.actor import Role
from tests.process.conftest import ENV, ROOT


def quanke(data: Path, *arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-m", "api", "account", *arguments, "--data", str(data)]
    return subprocess.run(
        command, input=said, capture_output=True, text=True, env=ENV, cwd=ROOT, check=False,
        timeout=60,
    )  # fmt: skip


async def test_an_account_from_the_machine(home: Path) -> None:
    data = home / "data"
    settings = Settings(data=data)
    async with opened(settings, "test", extra=PASSING) as database:
        name = quanke(data, "open", "--scope", "371602.").stdout.strip()
        assert name.startswith("acct:")
        assert (
            quanke(data, "grant", name, "--role", "dispatcher", "--scope", "371602.").returncode
            == 0
        )
        assert quanke(data, "password", name, said="too short\n").stderr == (
            "quanke: a password has 12 to 256 characters\n"
        )
        assert quanke(data, "password", name, said="a password of some length\n").returncode == 0
        refused = quanke(data, "grant", name, "--role", "display", "--scope", "371602.")
        assert (refused.returncode, "ROLE_NOT_GRANTABLE" in refused.stderr) == (1, True)
        quanke(data, "open", "sys:hotline", "--kind", "system", "--scope", "371602.")
        key = quanke(data, "key", "sys:hotline", "--scope", "371602.").stdout.strip()
        async with deciding(settings, database.dsn) as parts:
            actor = Admission(parts.reference).by_key(key).actor
            assert (actor.role, actor.scope) == (Role.INTEGRATOR, "371602.")
        listed = quanke(data, "list").stdout.splitlines()
        assert [line.split("\t")[:4] for line in listed] == [
            [name, "person", "open", "dispatcher@371602."],
            ["sys:hotline", "system", "open", ""],
        ]
