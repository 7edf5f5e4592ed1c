"""Signing in with a password, and setting one.

    POST /auth/sign-in         {account, password, role?}  → a token of twelve hours
    POST /auth/password        {current?, password, account?}  → the account's other sessions end

Attempts are counted by account and by address.
"""

from http import HTTPStatus
from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.auth.identity import Identity
from api.auth.passwords import Passwords, PasswordUnfit
from api.auth.sessions import Sessions
from api.auth.tokens import InvalidToken
from api.http.address import address_of
from api.http.answers import json_answer, problem
from api.http.pace import Pace
from api.http.said import Said, Unread, bad, begun, no_role, read, slower, somebody, told
from api.platform import Platform
from domain.access import Action, Allowed, decide
from domain.account.commands import EndSessions
from domain.account.guards import MAY_ADMINISTER
from eventlog.errors import LogBusy, LogUnavailable

HALF_DONE: Final = (
    "the new password holds, but older sessions go on: set it again; it is the current one now"
)
TRIES: Final = 10
TRIES_S: Final = 300.0


class SignIn(Said, frozen=True, kw_only=True):
    """Who says they are whom; the role, where the account has several."""

    account: str
    password: str
    role: str | None = None


class NewPassword(Said, frozen=True, kw_only=True):
    """One's own password anew, or as an administrator somebody's first."""

    password: str
    current: str | None = None
    account: str | None = None


class SignInDoor:
    """Answers /auth/sign-in and /auth/password."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._passwords = Passwords(platform.pool)
        self._sessions = Sessions(platform.reference, platform.tokens)
        self._tries = Pace(TRIES, TRIES_S)

    def routes(self) -> list[BaseRoute]:
        """Return the addresses of this door."""
        return [
            Route("/auth/sign-in", self.sign_in, methods=["POST"]),
            Route("/auth/password", self.password, methods=["POST"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Return a token for an account and its password, or one and the same refusal."""
        try:
            said = await read(request, SignIn)
        except Unread as unread:
            return bad(unread)
        tries = _account(said.account), f"at {address_of(request.scope)}"
        wait_s = max(map(self._tries.wait_s, tries))
        if wait_s > 0:
            return slower(wait_s)
        # Both from before the password is looked at: one that is changed meanwhile ends this, too.
        now, account = self._platform.clock(), self._sessions.account(said.account)
        right = await self._passwords.is_right(said.account, said.password)
        if not right or account is None:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "account or password wrong")
        session = self._sessions.begin(account, now, said.role)
        return no_role() if session is None else begun(session)

    async def password(self, request: Request) -> Response:
        """Set one's own password, knowing the current one, or as administrator another's.

        Every token the account had ends; with the own one's answer there is a new one.
        """
        try:
            who, said = somebody(self._platform.tokens, request), await read(request, NewPassword)
            account = said.account or who.actor.id
            if account == who.actor.id and (wait_s := self._tries.wait_s(_account(account))) > 0:
                return slower(wait_s)
            if not await self._may_set(who, account, said.current):
                return problem(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this password is not yours")
            await self._passwords.set(account, said.password)
            if not await self._ended_sessions(who, account):
                return problem(HTTPStatus.SERVICE_UNAVAILABLE, "HALF_DONE", HALF_DONE)
        except Unread as unread:
            return bad(unread)
        except InvalidToken as error:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error))
        except PasswordUnfit as unfit:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "PASSWORD_UNFIT", str(unfit))
        known = self._sessions.account(account) if account == who.actor.id else None
        session = known and self._sessions.begin(known, self._platform.clock(), who.actor.role)
        return json_answer({"account": account} | (told(session) if session else {}))

    async def _ended_sessions(self, who: Identity, account: str) -> bool:
        """Append that a password is new: only after it is, or the old one would begin another.

        False where the log could not take it.
        """
        reason = "password_changed" if account == who.actor.id else "password_reset"
        try:
            await self._platform.dispatcher.dispatch(
                EndSessions(account=account, reason=reason),
                actor=who.actor, command_id=uuid4(), basis=who.basis,
            )  # fmt: skip
        except (LogBusy, LogUnavailable):
            return False
        return True

    async def _may_set(self, who: Identity, account: str, current: str | None) -> bool:
        """Tell whether somebody may set an account's password: the own, or as administrator."""
        if account == who.actor.id:
            return current is not None and await self._passwords.is_right(account, current)
        known = self._sessions.account(account)
        if known is None or known.kind != "person" or who.actor.role not in MAY_ADMINISTER:
            return False
        return isinstance(decide(who.actor, Action.ADMINISTER, known.scope), Allowed)


def _account(name: str) -> str:
    """Return under what tries for an account are counted: its id can't be somebody's address."""
    return f"of {name[:80]}"
