"""Pictures to send, and how a device sends them."""

import hashlib
import io
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import httpx
from PIL import Image

from tests.api.client import Client

HERE = (37.405, 118.005)
HIDDEN = b"<script>hidden()</script>PK\x03\x04"


def photo(
    width: int = 64, height: int = 48, kind: str = "JPEG", orientation: int = 1, shade: int = 200
) -> bytes:
    """A photo, red above and blue below, with a place, a camera and something hidden in it."""
    image = Image.new("RGB", (width, height), (shade, 0, 0))
    image.paste((0, 0, shade), (0, height // 2, width, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 24.0, 18.0), 3: "E", 4: (118.0, 0.0, 18.0)})
    written = io.BytesIO()
    image.save(written, kind, exif=exif, **({"comment": "at home"} if kind == "JPEG" else {}))
    return written.getvalue() + HIDDEN


def headers(sent: bytes, upload: UUID | None = None, token: str | None = None) -> dict[str, str]:
    """What a device says about a picture it sends."""
    digest = b64encode(hashlib.sha256(sent).digest()).decode()
    said = {
        "idempotency-key": str(upload or uuid4()),
        "content-digest": f"sha-256=:{digest}:",
        "content-type": "image/jpeg",
    }
    return said if token is None else said | {"authorization": f"Bearer {token}"}


async def post(
    client: Client, sent: bytes, upload: UUID | None = None, said: dict[str, str] | None = None
) -> httpx.Response:
    """Send a picture as somebody."""
    transport = httpx.ASGITransport(client.app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(
            "/attachments", content=sent, headers=headers(sent, upload, client.token) | (said or {})
        )


async def sent(client: Client, picture: bytes, kind: str = "other") -> dict[str, Any]:
    """Send a picture that must be taken; what a command says to name it, and its id."""
    answer = await post(client, picture)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    return {"id": found["id"], "evidence": {"sha256": found["sha256"], "kind": kind}}


async def shown(client: Client, picture: str, copy: str = "whole") -> httpx.Response:
    """Ask for a picture as somebody."""
    path = f"/attachments/{picture}"
    return await client.get(f"{path}?copy={copy}", **client.bearing("GET", path))
