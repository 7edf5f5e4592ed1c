"""`quanke account open|grant|password|key|sign-out|close|list`: who signs in, from the machine."""

import getpass
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

from cyclopts import App

from api.auth.admission import KEY_PREFIX
from api.auth.key_use import last_used
from api.auth.passwords import Passwords, PasswordUnfit
from api.auth.tokens import new_subject
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.cli.token import lifetime_s
from api.database import database
from api.dispatch.deciding import Deciding, deciding
from api.dispatch.dispatcher import now_us
from api.settings import Settings
from domain.account.commands import CloseAccount, EndSessions, GrantRole, IssueKey, OpenAccount
from domain.actor import Actor, Role
from domain.errors import Rejected
from domain.event import Command
from domain.words import Kind, word
from migrations import migrate

KEEPER: Final = Actor(id="system:accounts", role=Role.ADMINISTRATOR)

app: Final = App(
    name="account",
    help="Open, grant, sign out, close and list accounts; set passwords; issue API keys.",
    result_action="return_value",
)


@app.command(name="open")
def open_(
    account: str | None = None, *, kind: str = "person", scope: str = "", data: Data = None
) -> None:
    """Open an account and print its id.

    Parameters
    ----------
    account
        An opaque id, never a name; a random one when left out.
    kind
        person, system or display.
    scope
        Whose administrators keep it: area codes joined and ended by dots.
    """
    name = account or new_subject()
    _give(data, OpenAccount(account=name, kind=kind, scope=scope))
    print(name)


@app.command
def grant(
    account: str, *, role: str, scope: str = "", unit: str | None = None, data: Data = None
) -> None:
    """Give an account a role inside a scope."""
    _give(data, GrantRole(account=account, role=role, scope=scope, unit=unit))


@app.command
def sign_out(account: str, *, reason: str, data: Data = None) -> None:
    """End every session of an account, open connections too: its tokens open nothing any more."""
    _give(data, EndSessions(account=account, reason=reason))


@app.command
def close(account: str, *, reason: str, data: Data = None) -> None:
    """Close an account: its tokens, keys and connections end."""
    _give(data, CloseAccount(account=account, reason=reason))


@app.command
def key(
    account: str, *, role: str = "integrator", scope: str = "", ttl: str = "90d",
    data: Data = None,
) -> None:  # fmt: skip
    """Issue an API key and print it: it is shown this once and stored nowhere."""
    name, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ends = now_us() + lifetime_s(ttl) * 1_000_000
    digest = sha256(secret.encode()).hexdigest()
    _give(
        data,
        IssueKey(account=account, key=name, sha256=digest, role=role, scope=scope, expires_at=ends),
    )
    print(f"{KEY_PREFIX}{name}_{secret}")


@app.command
def password(account: str, *, data: Data = None) -> None:
    """Set an account's password: asked for on a terminal, else one line of standard input.

    Its sessions end: whoever knew the one before, or has a token of it, is out.
    """
    said = (
        getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    wait_for(_set_password(read_settings(data), account, said))


@app.command(name="list")
def listed(*, data: Data = None) -> None:
    """Print every account with its roles and its live keys, and when each was last of use."""
    for line in wait_for(_lines(read_settings(data))):
        print(line)


def _give(data: Data, command: Command) -> None:
    wait_for(_dispatch(read_settings(data), command))


async def _dispatch(settings: Settings, command: Command) -> None:
    async with _opened(settings) as parts:
        try:
            await parts.dispatcher.dispatch(command, actor=KEEPER, command_id=uuid4())
        except Rejected as no:
            facts = ", ".join(f"{name} {value}" for name, value in no.facts.items())
            said = word(Kind.REFUSAL, no.code)[1]
            raise Failed(f"{said} ({no.code}{': ' if facts else ''}{facts})") from no


async def _set_password(settings: Settings, account: str, said: str) -> None:
    async with _opened(settings) as parts:
        known = parts.reference.accounts.get(account)
        if known is None or not known.live or known.kind != "person":
            raise Failed(f"{account} is no open account of a person: quanke account list")
        try:
            await Passwords(parts.pool).set(account, said)
        except PasswordUnfit as unfit:
            raise Failed(str(unfit)) from unfit
        ending = EndSessions(account=account, reason="password_reset")
        await parts.dispatcher.dispatch(ending, actor=KEEPER, command_id=uuid4())


async def _lines(settings: Settings) -> list[str]:
    async with _opened(settings) as parts:
        now, used = now_us(), await last_used(parts.pool)
        return [
            "\t".join(
                [
                    name, state.kind, "open" if state.live else "closed",
                    " ".join(f"{one.role}@{one.scope or '*'}" for one in state.grants),
                    " ".join(
                        f"{name}({_hour(used.get(name))})"
                        for name, one in state.keys.items()
                        if one.live(now)
                    ),
                ]
            )
            for name, state in sorted(parts.reference.accounts.items())
            if state.opened or state.closed
        ]  # fmt: skip


def _hour(used: int | None) -> str:
    if used is None:
        return "never used"
    return f"used {datetime.fromtimestamp(used // 1_000_000, UTC):%Y-%m-%dT%HZ}"


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Deciding]:
    async with database(settings, "account") as dsn:
        await migrate(dsn)
        async with deciding(settings, dsn) as parts:
            yield parts
