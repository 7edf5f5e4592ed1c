"""POST and GET /attachments: pictures in, pictures out, under the rules of `domain.access`.

An upload is one request: `Idempotency-Key` is the device's own id of it, a UUID, and
`Content-Digest: sha-256=:…:` says what it must hash to, so that half a picture never
counts and sending it again gives the same answer. A picture out of sight does not exist.
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.attachments.attachments import (
    PictureGone,
    PictureRefused,
    TooManyWaiting,
    UploadReused,
)
from api.attachments.picture import MEDIA_TYPE, NotAPicture
from api.attachments.rows import Row
from api.attachments.scanning import Verdict
from api.attachments.storage import COPIES, REDUCED, WHOLE, StorageFailed
from api.auth.tokens import InvalidToken
from api.dispatch.casefacts import CASE
from api.graphql.case.sight import allowed
from api.http.caller import caller
from api.platform import Platform
from api.privacy.opening import PurposeMissing, purpose_of
from domain.access import Action, Allowed, decide
from domain.actor import Actor
from domain.case.state import CaseState
from domain.privacy.commands import Read
from domain.privacy.purposes import Purpose
from eventlog.errors import LogBusy, LogUnavailable

MAX_BYTES: Final = 12 * 1024 * 1024
PATIENCE_S: Final = 120.0
"""How long one upload may take."""
SAFE: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
}
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")


class Refused(Exception):
    """The door says no, with a status, a stable code and a message for people."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


NOWHERE: Final = Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", "there is no such picture for you")
REFUSALS: Final[Mapping[type[Exception], tuple[HTTPStatus, str, str]]] = {
    UploadReused: (
        HTTPStatus.CONFLICT, "UPLOAD_ID_REUSED", "this id was used for another picture",
    ),
    TooManyWaiting: (
        HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY_WAITING", "too many pictures wait for a report",
    ),
    PictureRefused: (
        HTTPStatus.UNPROCESSABLE_ENTITY, "PICTURE_REFUSED", "the scanner found something in it",
    ),
    PictureGone: (HTTPStatus.GONE, "ERASED", "the picture was erased"),
}  # fmt: skip
"""What is answered to what `Attachments` raises."""


class AttachmentDoor:
    """Answers /attachments."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def receive(self, request: Request) -> Response:
        """Take one picture: 201 with its id and hash, 200 when it was sent before."""
        try:
            return await self._received(request)
        except Refused as refused:
            return _refused(refused)

    async def show(self, request: Request) -> Response:
        """Return a picture as JPEG; `?copy=reduced` the small one, `?purpose=` what it is for."""
        try:
            return await self._shown(request)
        except Refused as refused:
            return _refused(refused)

    async def _received(self, request: Request) -> Response:
        actor = self._actor(request)
        if not isinstance(decide(actor, Action.UPLOAD), Allowed):
            raise Refused(HTTPStatus.FORBIDDEN, "FORBIDDEN", "this role sends no pictures")
        upload, digest = _upload_id(request), _digest(request)
        sent = await _body(request)
        if hashlib.sha256(sent).digest() != digest:
            raise Refused(
                HTTPStatus.BAD_REQUEST, "DIGEST_MISMATCH", "the picture did not arrive whole"
            )
        row, new = await self._kept(actor, upload, sent)
        return Response(
            orjson.dumps(described(row)),
            HTTPStatus.CREATED if new else HTTPStatus.OK,
            headers={"location": f"/attachments/{row.id}", "cache-control": "no-store"},
            media_type="application/json",
        )

    async def _kept(self, actor: Actor, upload: UUID, sent: bytes) -> tuple[Row, bool]:
        try:
            return await self._platform.attachments.receive(actor.id, upload, sent)
        except NotAPicture as error:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "NOT_A_PICTURE", str(error)) from None
        except tuple(REFUSALS) as error:
            raise Refused(*REFUSALS[type(error)]) from None
        except StorageFailed:
            raise _unavailable() from None

    async def _shown(self, request: Request) -> Response:
        actor = self._actor(request)
        row = await self._platform.attachments.find(_picture_id(request))
        wanted = request.query_params.get("copy", WHOLE)
        if row is None or wanted not in COPIES:
            raise NOWHERE
        copies = await self._copies(actor, row)
        if not copies:
            raise NOWHERE
        copy = wanted if wanted in copies else REDUCED
        if row.state == Verdict.QUARANTINED:
            raise Refused(HTTPStatus.LOCKED, "QUARANTINED", "the picture waits for the scanner")
        await self._note(request, row)
        try:
            shown = await self._platform.attachments.read(row, copy)
        except PictureGone as error:
            raise Refused(*REFUSALS[type(error)]) from None
        except StorageFailed:
            raise _unavailable() from None
        named = f'attachment; filename="{row.id}-{copy}.jpg"'
        return Response(shown, headers=SAFE | {"content-disposition": named}, media_type=MEDIA_TYPE)

    async def _note(self, request: Request, row: Row) -> None:
        """Write down that a case's picture is looked at; of a sensitive one also what for."""
        if row.stream is None:
            return
        platform = self._platform
        held = await platform.dispatcher.load(row.stream, CASE)
        reader = caller(platform.tokens, request)
        try:
            stated = request.query_params.get("purpose")
            purpose = purpose_of(
                reader, Purpose(stated.lower()) if stated else None, sensitive=held.state.sensitive
            )
        except (PurposeMissing, ValueError) as error:
            raise Refused(HTTPStatus.FORBIDDEN, "PURPOSE_REQUIRED", str(error)) from None
        read = Read(subject=f"case:{row.stream}", fields=("evidence",), purpose=purpose.value)
        try:
            await platform.access.note(reader.actor, [read], reader.basis)
        except (LogBusy, LogUnavailable):
            raise _unavailable() from None

    async def _copies(self, actor: Actor, row: Row) -> tuple[str, ...]:
        """Return the copies an actor may see; the sender sees what no case has yet."""
        if row.stream is None:
            return COPIES if row.actor == actor.id else ()
        held = await self._platform.dispatcher.load(row.stream, CASE)
        return copies_for(actor, held.state)

    def _actor(self, request: Request) -> Actor:
        try:
            return caller(self._platform.tokens, request).actor
        except InvalidToken as error:
            raise Refused(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", str(error)) from None


def copies_for(actor: Actor, case: CaseState) -> tuple[str, ...]:
    """Return which copies of a case's pictures an actor may see.

    The whole ones are for the units on the case; others who may see the case get the
    reduced ones, and of a sensitive case none.
    """
    if allowed(actor, Action.READ_PHOTO, case):
        return COPIES
    if not case.sensitive and allowed(actor, Action.READ_REDUCED_PHOTO, case):
        return (REDUCED,)
    return ()


def described(row: Row) -> dict[str, Any]:
    """Return what a device is told about its picture."""
    return {
        "id": str(row.id),
        "sha256": row.sha256,
        "mediaType": MEDIA_TYPE,
        "width": row.width,
        "height": row.height,
        "size": row.size,
    }


def _upload_id(request: Request) -> UUID:
    try:
        return UUID(request.headers.get("idempotency-key", "").strip('"'))
    except ValueError:
        message = "Idempotency-Key must be a UUID of your own"
        raise Refused(HTTPStatus.BAD_REQUEST, "BAD_INPUT", message) from None


def _digest(request: Request) -> bytes:
    found = _DIGEST.search(request.headers.get("content-digest", ""))
    try:
        return b64decode(found[1], validate=True) if found else _no_digest()
    except Base64Error:
        return _no_digest()


def _no_digest() -> bytes:
    message = "Content-Digest must be sha-256=:BASE64: of the picture"
    raise Refused(HTTPStatus.BAD_REQUEST, "BAD_INPUT", message)


def _picture_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise NOWHERE from None


async def _body(request: Request) -> bytes:
    """Return the body, never more than the cap in memory."""
    too_large = Refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE", f"a picture has at most {MAX_BYTES} bytes"
    )
    if int(request.headers.get("content-length", "0") or 0) > MAX_BYTES:
        raise too_large
    taken = bytearray()
    try:
        with anyio.fail_after(PATIENCE_S):
            async for piece in request.stream():
                taken += piece
                if len(taken) > MAX_BYTES:
                    raise too_large
    except ClientDisconnect:
        raise Refused(HTTPStatus.BAD_REQUEST, "CUT_SHORT", "the upload was cut short") from None
    except TimeoutError:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "TOO_SLOW", "the upload took too long") from None
    return bytes(taken)


def _unavailable() -> Refused:
    return Refused(
        HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE", "pictures can't be kept now; send it again"
    )


def _refused(refused: Refused) -> Response:
    error = {"message": str(refused), "extensions": {"code": refused.code}}
    return Response(
        orjson.dumps({"errors": [error]}),
        refused.status,
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
        media_type="application/json",
    )
