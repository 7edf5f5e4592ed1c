"""Signing in: a password, or a display that an administrator lets in.

    POST /auth/sign-in         {account, password, role?}  → a token of twelve hours
    POST /auth/password        {current?, password, account?}  → the account's other sessions end
    GET  /auth/nonce           → a nonce for the proof of a display's key, in DPoP-Nonce
    POST /auth/device          {device}                    → a code to show
    POST /auth/device/token    {deviceCode}                → 202 while nobody has approved
    POST /auth/device/approve  {userCode, scope}           by an administrator

Everything takes JSON, which no form of another site can send. Attempts are counted by
account and by address. What a display asks here it proves its key with (`api/auth/proof.py`).
"""

from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.auth.devices import INTERVAL_S, LIFETIME_S, Devices
from api.auth.passwords import Passwords, PasswordUnfit
from api.auth.sessions import DISPLAY_S, Session, Sessions
from api.auth.tokens import Identity, InvalidToken
from api.http.address import address_of
from api.http.answers import PRIVATE, json_answer, problem
from api.http.caller import caller, shown, unauthenticated
from api.http.pace import Pace
from api.platform import Platform
from api.text import SAID, nul_in
from domain.access import Action, Allowed, decide
from domain.account.commands import EndSessions, GrantRole, OpenAccount
from domain.account.guards import MAY_ADMINISTER
from domain.account.state import Grant
from domain.actor import Role
from domain.errors import Rejected
from eventlog.errors import LogBusy, LogUnavailable

MAX_BODY: Final = 4 * 1024
HALF_DONE: Final = (
    "the new password holds, but older sessions go on: set it again; it is the current one now"
)
TRIES: Final = 10
TRIES_S: Final = 300.0
ASKS_AN_HOUR: Final = 120
"""Of one address: twenty screens of a hall that nobody has let in yet."""
T = TypeVar("T", bound="Said")


class Said(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A body of this door."""


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


class AskingDevice(Said, frozen=True, kw_only=True):
    """A display that wants in; `device` is its own name for itself."""

    device: str


class WaitingDevice(Said, frozen=True, kw_only=True):
    """A display that asks whether it may come in."""

    device_code: str


class Approval(Said, frozen=True, kw_only=True):
    """Let in the display that shows this code, for this scope."""

    user_code: str
    scope: str


class Unread(Exception):
    """The body is not what this door takes."""


class SignInDoor:
    """Answers what lies under /auth/."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._passwords = Passwords(platform.pool)
        self._devices = Devices(platform.pool)
        self._sessions = Sessions(platform.reference, platform.tokens)
        self._tries = Pace(TRIES, TRIES_S)
        self._asks = Pace(ASKS_AN_HOUR, 3_600)

    def routes(self) -> list[BaseRoute]:
        """Return the addresses of this door."""
        doors = {
            "sign-in": self.sign_in, "password": self.password, "device": self.device,
            "device/token": self.device_token, "device/approve": self.approve,
        }  # fmt: skip
        posts = [Route(f"/auth/{name}", door, methods=["POST"]) for name, door in doors.items()]
        return [*posts, Route("/auth/nonce", self.nonce, methods=["GET"])]

    async def sign_in(self, request: Request) -> Response:
        """Return a token for an account and its password, or one and the same refusal."""
        try:
            said = await _read(request, SignIn)
        except Unread as unread:
            return _bad(unread)
        tries = _account(said.account), f"at {address_of(request.scope)}"
        wait_s = max(map(self._tries.wait_s, tries))
        if wait_s > 0:
            return _slower(wait_s)
        # Both from before the password is looked at: one that is changed meanwhile ends this, too.
        now, account = self._platform.clock(), self._sessions.account(said.account)
        right = await self._passwords.is_right(said.account, said.password)
        if not right or account is None:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "account or password wrong")
        session = self._sessions.begin(account, now, said.role)
        return _no_role() if session is None else _begun(session)

    async def password(self, request: Request) -> Response:
        """Set one's own password, knowing the current one, or as administrator another's.

        Every token the account had ends; with the own one's answer there is a new one.
        """
        try:
            who, said = self._who(request), await _read(request, NewPassword)
            account = said.account or who.actor.id
            if account == who.actor.id and (wait_s := self._tries.wait_s(_account(account))) > 0:
                return _slower(wait_s)
            if not await self._may_set(who, account, said.current):
                return problem(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this password is not yours")
            await self._passwords.set(account, said.password)
            if not await self._ended_sessions(who, account):
                return problem(HTTPStatus.SERVICE_UNAVAILABLE, "HALF_DONE", HALF_DONE)
        except Unread as unread:
            return _bad(unread)
        except InvalidToken as error:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error))
        except PasswordUnfit as unfit:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "PASSWORD_UNFIT", str(unfit))
        known = self._sessions.account(account) if account == who.actor.id else None
        session = known and self._sessions.begin(known, self._platform.clock(), who.actor.role)
        return json_answer({"account": account} | (_token(session) if session else {}))

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

    async def nonce(self, _request: Request) -> Response:
        """Give out a nonce for a proof: by a nonce, not by its clock, a proof is known as fresh."""
        nonce = self._platform.tokens.proofs.nonce()
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=PRIVATE | {"dpop-nonce": nonce})

    async def device(self, request: Request) -> Response:
        """Give a display a code to show."""
        wait_s = self._asks.wait_s(address_of(request.scope))
        if wait_s > 0:
            return _slower(wait_s)
        try:
            said, thumbprint = await _read(request, AskingDevice), self._proved(request)
        except Unread as unread:
            return _bad(unread)
        except InvalidToken as error:
            return unauthenticated(self._platform.tokens, error)
        asked = await self._devices.begin(said.device[:80], thumbprint)
        if asked is None:
            return _slower(LIFETIME_S)
        return json_answer(
            {
                "deviceCode": asked.device_code, "userCode": asked.user_code,
                "expiresIn": LIFETIME_S, "interval": INTERVAL_S,
            },
            HTTPStatus.CREATED,
        )  # fmt: skip

    async def device_token(self, request: Request) -> Response:
        """Give an approved display its token, once; 202 while it waits."""
        try:
            said, thumbprint = await _read(request, WaitingDevice), self._proved(request)
        except Unread as unread:
            return _bad(unread)
        except InvalidToken as error:
            return unauthenticated(self._platform.tokens, error)
        name, waits = await self._devices.take(said.device_code, thumbprint)
        if waits:
            return json_answer({"interval": INTERVAL_S}, HTTPStatus.ACCEPTED)
        account = None if name is None else self._sessions.account(name)
        if account is None:
            return problem(HTTPStatus.GONE, "EXPIRED", "ask for a new code")
        now = self._platform.clock()
        session = self._sessions.begin(account, now, Role.DISPLAY, DISPLAY_S)
        return _no_role() if session is None else _begun(session)

    async def approve(self, request: Request) -> Response:
        """Let in the display that shows a code: open an account for it and give it its role."""
        try:
            who, said = self._who(request), await _read(request, Approval)
            device = await self._devices.waiting(said.user_code)
            if device is None:
                return problem(HTTPStatus.GONE, "EXPIRED", "no display shows this code")
            account = await self._opened(who, said.scope, device.thumbprint)
        except Unread as unread:
            return _bad(unread)
        except InvalidToken as error:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error))
        except Rejected as no:
            return problem(HTTPStatus.FORBIDDEN, no.code, "the rules refused it")
        await self._devices.approve(said.user_code, account)
        return json_answer({"account": account, "device": device.device})

    async def _opened(self, who: Identity, scope: str, thumbprint: str) -> str:
        account = f"display:{uuid4().hex[:12]}"
        dispatch = self._platform.dispatcher.dispatch
        await dispatch(
            OpenAccount(account=account, kind="display", scope=scope),
            actor=who.actor, command_id=uuid4(), basis=who.basis,
        )  # fmt: skip
        await dispatch(
            GrantRole(account=account, role=Role.DISPLAY, scope=scope, thumbprint=thumbprint),
            actor=who.actor, command_id=uuid4(), basis=who.basis,
        )  # fmt: skip
        return account

    def _proved(self, request: Request) -> str:
        """Return the thumbprint of the key that a display proves it has. Raises InvalidToken."""
        return self._platform.tokens.proofs.check(shown(request.scope, request.method))

    def _who(self, request: Request) -> Identity:
        who = caller(self._platform.tokens, request)
        if who.actor.role is Role.PUBLIC:
            raise InvalidToken("this needs a token")
        return who

    async def _may_set(self, who: Identity, account: str, current: str | None) -> bool:
        """Tell whether somebody may set an account's password: the own, or as administrator."""
        if account == who.actor.id:
            return current is not None and await self._passwords.is_right(account, current)
        known = self._sessions.account(account)
        if known is None or known.kind != "person" or who.actor.role not in MAY_ADMINISTER:
            return False
        return isinstance(decide(who.actor, Action.ADMINISTER, known.scope), Allowed)


async def _read(request: Request, kind: type[T]) -> T:
    """Return the body as what this door takes. Raises Unread."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Unread("send application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Unread("that is too long")
    try:
        found = msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise Unread(str(error)) from None
    if nul_in(body):
        raise Unread(SAID)
    return found


def _begun(session: Session) -> Response:
    return json_answer(_token(session))


def _token(session: Session) -> dict[str, Any]:
    return {
        "token": session.token, "expiresIn": session.expires_in_s,
        **_role(session.grant), "others": [_role(one) for one in session.others],
    }  # fmt: skip


def _role(grant: Grant) -> dict[str, str | None]:
    return {"role": grant.role, "scope": grant.scope, "unit": grant.unit}


def _account(name: str) -> str:
    """Return under what tries for an account are counted: its id can't be somebody's address."""
    return f"of {name[:80]}"


def _bad(unread: Unread) -> Response:
    return problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", str(unread))


def _no_role() -> Response:
    return problem(HTTPStatus.FORBIDDEN, "ROLE_NOT_ALLOWED", "this account has no such role now")


def _slower(wait_s: int) -> Response:
    return problem(
        HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "too many attempts; wait",
        {"retry-after": str(wait_s)},
    )  # fmt: skip
