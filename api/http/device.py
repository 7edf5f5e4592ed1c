"""Letting a display in: it shows a code, and an administrator who stands before it approves.

    GET  /auth/nonce           → a nonce for the proof of a display's key, in DPoP-Nonce
    POST /auth/device          {device}                    → a code to show
    POST /auth/device/token    {deviceCode}                → 202 while nobody has approved
    POST /auth/device/approve  {userCode, scope}           by an administrator

What a display asks here it proves its key with (`api/auth/proof.py`). What it tells of itself
later goes to `displays.py`.
"""

from http import HTTPStatus
from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.auth.devices import INTERVAL_S, LIFETIME_S, Devices
from api.auth.identity import Identity
from api.auth.sessions import DISPLAY_S, Sessions
from api.auth.tokens import InvalidToken
from api.http.address import address_of
from api.http.answers import PRIVATE, json_answer, problem
from api.http.caller import shown, unauthenticated
from api.http.pace import Pace
from api.http.said import Said, Unread, bad, begun, no_role, read, slower, somebody
from api.platform import Platform
from domain.account.commands import GrantRole, OpenAccount
from domain.actor import Role
from domain.errors import Rejected

ASKS_AN_HOUR: Final = 120
"""Of one address: twenty screens of a hall that nobody has let in yet."""


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


class DeviceDoor:
    """Answers /auth/nonce and what lies under /auth/device."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._devices = Devices(platform.pool)
        self._sessions = Sessions(platform.reference, platform.tokens)
        self._asks = Pace(ASKS_AN_HOUR, 3_600)

    def routes(self) -> list[BaseRoute]:
        """Return the addresses of this door."""
        return [
            Route("/auth/device", self.device, methods=["POST"]),
            Route("/auth/device/token", self.device_token, methods=["POST"]),
            Route("/auth/device/approve", self.approve, methods=["POST"]),
            Route("/auth/nonce", self.nonce, methods=["GET"]),
        ]

    async def nonce(self, _request: Request) -> Response:
        """Give out a nonce for a proof: by a nonce, not by its clock, a proof is known as fresh."""
        nonce = self._platform.tokens.proofs.nonce()
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=PRIVATE | {"dpop-nonce": nonce})

    async def device(self, request: Request) -> Response:
        """Give a display a code to show."""
        wait_s = self._asks.wait_s(address_of(request.scope))
        if wait_s > 0:
            return slower(wait_s)
        try:
            said, thumbprint = await read(request, AskingDevice), self._proved(request)
        except Unread as unread:
            return bad(unread)
        except InvalidToken as error:
            return unauthenticated(self._platform.tokens, error)
        asked = await self._devices.begin(said.device[:80], thumbprint)
        if asked is None:
            return slower(LIFETIME_S)
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
            said, thumbprint = await read(request, WaitingDevice), self._proved(request)
        except Unread as unread:
            return bad(unread)
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
        return no_role() if session is None else begun(session)

    async def approve(self, request: Request) -> Response:
        """Let in the display that shows a code: open an account for it and give it its role."""
        try:
            who, said = somebody(self._platform.tokens, request), await read(request, Approval)
            device = await self._devices.waiting(said.user_code)
            if device is None:
                return problem(HTTPStatus.GONE, "EXPIRED", "no display shows this code")
            account = await self._opened(who, said.scope, device.thumbprint)
        except Unread as unread:
            return bad(unread)
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
