"""Signing in at an identity provider, as browsers walk it.

    GET /auth/oidc                          {"issuer", "login"}: null for none
    GET /auth/oidc/login?back=/console      to the provider
    GET /auth/oidc/callback?code=…&state=…  back here, then to the page with #token=…
    GET /auth/oidc/logout                   out at the provider as well
    POST /auth/session                      somebody is there: it goes on
    DELETE /auth/session                    signed out: its token opens nothing any more

The one cookie is kept between the first step and the last, ten minutes at most: it binds the
answer to the browser that asked, and opens nothing. The screens keep a token of ours for
their tab and send it themselves, so no request of another site is ever made in a person's name.
"""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.auth.groups import Groups
from api.auth.oidc import Flow, Oidc, SignInFailed, identity_of, new_flow
from api.auth.sessions import SESSION_S, Session, Sessions, grants_now
from api.auth.tokens import InvalidToken
from api.http.address import address_of
from api.http.answers import json_answer, problem
from api.http.caller import caller
from api.http.pace import Pace
from api.platform import Platform
from domain.account.state import AccountState
from domain.actor import IN_THE_FIELD
from domain.errors import Rejected

FLOW_S: Final = 600
COOKIE: Final = "quanke-oidc"
LOGIN: Final = "/auth/oidc/login"
PAGES: Final = frozenset({"/console", "/field", "/audit", "/admin", "/wall"})
PHONES: Final = frozenset({"/field"})
STARTS: Final = 30
STARTS_S: Final = 300.0
NO_ACCOUNT: Final = "there is no account here for you: ask an administrator"


async def no_provider(_request: Request) -> Response:
    """Say that there is none: the page then asks for a token alone."""
    return json_answer({"issuer": None, "login": None})


class OidcDoor:
    """Answers what lies under /auth/oidc."""

    def __init__(self, platform: Platform, oidc: Oidc) -> None:
        self._platform = platform
        self._provider = oidc.provider
        self._public_url = oidc.public_url
        self._idle_s = oidc.idle_s
        assert platform.presence is not None
        self._presence = platform.presence
        self._groups = Groups(oidc.rows, platform.dispatcher, platform.reference)
        self._key = OctKey.import_key(oidc.secret)
        self._sessions = Sessions(platform.reference, platform.tokens)
        self._pace = Pace(STARTS, STARTS_S)

    def routes(self) -> list[BaseRoute]:
        """Return the addresses of this door."""
        doors = {"": self.told, "/login": self.login, "/callback": self.callback,
                 "/logout": self.logout}  # fmt: skip
        return [
            *(Route(f"/auth/oidc{path}", door, methods=["GET"]) for path, door in doors.items()),
            Route("/auth/session", self.there, methods=["POST"]),
            Route("/auth/session", self.over, methods=["DELETE"]),
        ]

    async def told(self, _request: Request) -> Response:
        """Say where to sign in."""
        return json_answer({"issuer": self._provider.known.issuer, "login": LOGIN})

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider."""
        if (wait_s := self._pace.wait_s(address_of(request.scope))) > 0:
            more = {"retry-after": str(wait_s)}
            return problem(HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "too many attempts", more)
        back = request.query_params.get("back", "/console")
        flow = new_flow(back if back in PAGES else "/console")
        try:
            there = await self._provider.address(flow, self._callback(request))
        except SignInFailed as error:
            return _failed(HTTPStatus.BAD_GATEWAY, error)
        answer = RedirectResponse(there, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
        self._remember(request, answer, flow)
        return answer

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer and hand the page a token of ours."""
        flow, given = self._flow(request), request.query_params
        if flow is None or given.get("state") != flow.state or "code" not in given:
            return problem(HTTPStatus.BAD_REQUEST, "BAD_INPUT", "this sign-in was not begun here")
        try:
            claims = await self._provider.claims(given["code"], flow, self._callback(request))
            issuer = self._provider.known.issuer
            identity = identity_of(issuer, str(claims["sub"]))
            account = await self._groups.account(issuer, identity, claims)
        except SignInFailed as error:
            return self._over(request, _failed(HTTPStatus.UNAUTHORIZED, error))
        except Rejected as no:
            told = problem(HTTPStatus.FORBIDDEN, no.code, "the rules refused it")
            return self._over(request, told)
        session = None if account is None else await self._begun(account, flow.back)
        if session is None:
            return self._over(request, problem(HTTPStatus.FORBIDDEN, "NO_ACCOUNT", NO_ACCOUNT))
        page = f"{flow.back}#token={session.token}"
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        return self._over(request, RedirectResponse(page, HTTPStatus.SEE_OTHER, headers))

    async def _begun(self, account: AccountState, page: str) -> Session | None:
        """Begin a session, which ends when it is left alone; of a phone only with its token.

        A phone is one's own, has a lock, and is out of reach for hours while its outbox fills. A
        desk is not made one by signing in from the phone's page: the role must be of the field.
        """
        now = self._platform.clock()
        roles = grants_now(account, now)
        phone = page in PHONES and bool(roles) and roles[0].role in IN_THE_FIELD
        idle_s = SESSION_S if phone else self._idle_s
        named = await self._presence.begin(account.account, SESSION_S, idle_s)
        return self._sessions.begin(account, now, session=named)

    async def there(self, request: Request) -> Response:
        """Note that somebody is at the screen."""
        return await self._of_session(request, self._presence.touch)

    async def over(self, request: Request) -> Response:
        """End the session of a token."""
        return await self._of_session(request, self._presence.end)

    async def _of_session(
        self, request: Request, step: Callable[[str], Awaitable[None]]
    ) -> Response:
        try:
            who = caller(self._platform.tokens, request)
        except InvalidToken as error:
            return problem(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error))
        if who.session is not None:
            await step(who.session)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def logout(self, request: Request) -> Response:
        """Send the browser to sign out at the provider; the page has forgotten its token."""
        here = f"{self._origin(request)}/console"
        try:
            there = await self._provider.goodbye(here)
        except SignInFailed:
            there = None
        return RedirectResponse(there or "/console", HTTPStatus.SEE_OTHER)

    def _callback(self, request: Request) -> str:
        return f"{self._origin(request)}/auth/oidc/callback"

    def _origin(self, request: Request) -> str:
        return self._public_url or f"{request.url.scheme}://{request.url.netloc}"

    def _secure(self, request: Request) -> bool:
        return self._origin(request).startswith("https:")

    def _cookie(self, request: Request) -> str:
        """Return the cookie's name: over TLS one that browsers bind to this very host."""
        return f"__Host-{COOKIE}" if self._secure(request) else COOKIE

    def _remember(self, request: Request, answer: Response, flow: Flow) -> None:
        claims = {"exp": int(time.time()) + FLOW_S, "state": flow.state, "nonce": flow.nonce,
                  "verifier": flow.verifier, "back": flow.back}  # fmt: skip
        sealed = jwt.encode({"alg": "HS256"}, claims, self._key)
        answer.set_cookie(self._cookie(request), sealed, max_age=FLOW_S, path="/", httponly=True,
                          samesite="lax", secure=self._secure(request))  # fmt: skip

    def _flow(self, request: Request) -> Flow | None:
        try:
            claims = jwt.decode(request.cookies[self._cookie(request)], self._key, ["HS256"]).claims
            if claims["exp"] < time.time():
                return None
            return Flow(claims["state"], claims["nonce"], claims["verifier"], claims["back"])
        except (KeyError, JoseError, ValueError):
            return None

    def _over(self, request: Request, answer: Response) -> Response:
        """Forget the flow: an answer counts once."""
        answer.delete_cookie(
            self._cookie(request), path="/", secure=self._secure(request), httponly=True
        )
        return answer


def _failed(status: HTTPStatus, error: SignInFailed) -> Response:
    return problem(status, "UNAUTHENTICATED", str(error))
