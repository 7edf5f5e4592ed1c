"""/log: the transparency log as files, where others' tools look for them.

Signed heads, tiles of hashes and receipts are for everybody: they hold nothing but
hashes. Entries say who did what and when, so they need an auditor's token. A tile never
changes and is cached for ever; the head is asked for anew.
"""

import gzip
import re
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.tokens import InvalidToken
from api.http.caller import caller
from api.platform import Platform
from domain.access import Action, Allowed, decide
from eventlog import seals
from eventlog.record import Position
from eventlog.tlog.notes import Note
from eventlog.tlog.receipt import SUFFIX
from eventlog.tlog.tiles import BadTile, Place, bundle, place

PREFIX: Final = "/log"
FOR_EVER: Final = "max-age=31536000, immutable"
_NAME: Final = re.compile(rf"([1-9]\d{{0,18}}){re.escape(SUFFIX)}", re.ASCII)


def proof_path(position: int) -> str:
    """Return the path at which the receipt of an event is handed out."""
    return f"{PREFIX}/proof/{position}{SUFFIX}"


class LogDoor:
    """Answers everything below /log."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pool = platform.pool

    def routes(self) -> list[Route]:
        """Return the routes of the door."""
        return [
            Route(f"{PREFIX}/checkpoint", self.checkpoint),
            Route(f"{PREFIX}/checkpoint/witnessed", self.witnessed),
            Route(f"{PREFIX}/tile/{{path:path}}", self.tile),
            Route(f"{PREFIX}/proof/{{name}}", self.proof),
        ]

    async def checkpoint(self, _request: Request) -> Response:
        """Return the newest signed head, with the cosignatures it has so far."""
        return _note(await seals.latest(self._pool))

    async def witnessed(self, _request: Request) -> Response:
        """Return the newest head that a witness has cosigned."""
        return _note(await seals.latest(self._pool, witnessed=True))

    async def tile(self, request: Request) -> Response:
        """Return a tile of hashes, or for auditors a bundle of entries."""
        try:
            wanted = place(request.path_params["path"])
        except BadTile as error:
            return _missing(str(error))
        seal = await seals.latest(self._pool)
        size = 0 if seal is None else seal.size
        if wanted.level is None:
            return await self._bundle(request, wanted, size)
        found = await seals.tile(self._pool, wanted, size)
        if found is None:
            return _missing("the tree has no such tile")
        return Response(found, headers={"cache-control": f"public, {FOR_EVER}"}, media_type=_BYTES)

    async def _bundle(self, request: Request, wanted: Place, size: int) -> Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        entries = await seals.bundle_entries(self._pool, wanted, size)
        if entries is None:
            return _missing("the tree has no such bundle")
        headers = {"cache-control": f"private, {FOR_EVER}", "vary": "accept-encoding"}
        body = bundle(entries)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            body = gzip.compress(body, 6, mtime=0)
        return Response(body, headers=headers, media_type=_BYTES)

    async def proof(self, request: Request) -> Response:
        """Return the receipt of an event; for auditors with the entry in its `extra` line."""
        name = _NAME.fullmatch(request.path_params["name"])
        if name is None:
            return _missing(f"a receipt is called POSITION{SUFFIX}")
        position = Position(int(name[1]))
        whole = "authorization" in request.headers
        refusal = self._refusal(request) if whole else None
        if refusal is not None:
            return refusal
        try:
            entries = await seals.entries(self._pool, position, position) if whole else []
            made = await seals.receipt(self._pool, position, b"".join(entries))
        except seals.NotSealed as error:
            return _missing(str(error), {"retry-after": "1"})
        scope = "private" if whole else "public"
        headers = {"cache-control": f"{scope}, max-age=60", "vary": "authorization"}
        return Response(str(made), headers=headers, media_type=_TEXT)

    def _refusal(self, request: Request) -> Response | None:
        """Return why the caller may not read entries; None: may."""
        try:
            identity = caller(self._platform.tokens, request)
        except InvalidToken as error:
            return _refused(HTTPStatus.UNAUTHORIZED, str(error))
        if isinstance(decide(identity.actor, Action.READ_LOG), Allowed):
            return None
        if identity.expires_at is None:
            return _refused(HTTPStatus.UNAUTHORIZED, "entries need an auditor's token")
        role = identity.actor.role.value
        return _refused(HTTPStatus.FORBIDDEN, f"entries are not for the role {role}")


_BYTES: Final = "application/octet-stream"
_TEXT: Final = "text/plain"


def _note(seal: seals.Seal | None) -> Response:
    if seal is None:
        return _missing("nothing is signed yet", {"retry-after": "1"})
    note: Note = seal.note
    return Response(str(note), headers={"cache-control": "public, max-age=1"}, media_type=_TEXT)


def _missing(why: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        why + "\n", HTTPStatus.NOT_FOUND, {"cache-control": "no-store", **(headers or {})}, _TEXT
    )


def _refused(status: HTTPStatus, why: str) -> Response:
    headers = {"cache-control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(why + "\n", status, headers, _TEXT)
