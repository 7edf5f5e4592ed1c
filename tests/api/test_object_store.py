"""Evidence pictures in an object store: the settings an operator writes, over the wire of S3.

The store's other end is a small server of the protocol (put, get, delete, list), which refuses
what is not signed in the name of the key that the operator gave.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4
from xml.sax.saxutils import escape

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.attachments.storage import REDUCED, WHOLE, Storage, StorageFailed

KEY: Final = "an-operators-key"
SIGNED: Final = f"AWS4-HMAC-SHA256 Credential={KEY}/"
HERE: Final = "local-1"
SECRET: Final = b"k" * 32
NAMED: Final = re.compile(rb"<Key>([^<]+)</Key>")
WRITTEN, LISTED = "Tue, 24 Nov 2026 02:00:00 GMT", "2026-11-24T02:00:00.000Z"


class Bucket:
    """What lies in a bucket, and how it answers."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.closed = False

    def app(self) -> Starlette:
        """The store's door."""
        methods = ["GET", "PUT", "POST"]
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=methods)])

    async def answer(self, request: Request) -> Response:
        """One request; 403 for whoever has not signed it."""
        if self.closed or not request.headers.get("authorization", "").startswith(SIGNED):
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        bucket, _, name = request.path_params["path"].partition("/")
        assert bucket == "evidence"
        if request.method == "PUT":
            self.objects[name] = await request.body()
            return Response(headers={"etag": '"1"'})
        if request.method == "POST":
            return self.deleted(await request.body())
        return self.got(name) if name else self.listed(request.query_params.get("prefix", ""))

    def got(self, name: str) -> Response:
        """An object, or that there is none."""
        found = self.objects.get(name)
        if found is None:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        return Response(found, headers={"etag": '"1"', "last-modified": WRITTEN})

    def deleted(self, asked: bytes) -> Response:
        """Away with those that are named; one that is gone already is told as deleted."""
        names = [name.decode() for name in NAMED.findall(asked)]
        for name in names:
            self.objects.pop(name, None)
        told = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names)
        return Response(f"<DeleteResult>{told}</DeleteResult>", media_type="application/xml")

    def listed(self, prefix: str) -> Response:
        """The names below a prefix."""
        told = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>{LISTED}</LastModified>"
            f'<ETag>"1"</ETag><Size>{len(found)}</Size></Contents>'
            for name, found in self.objects.items()
            if name.startswith(prefix)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{told}</ListBucketResult>"
        return Response(body, media_type="application/xml")


@asynccontextmanager
async def opened(bucket: Bucket) -> AsyncIterator[str]:
    """Serve a bucket; the address of its store."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(bucket.app(), log_level="error", lifespan="off"))
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            while not server.started:
                await asyncio.sleep(0.01)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True


async def test_pictures_lie_in_the_bucket_that_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bucket, picture, name = Bucket(), uuid4(), "ab12cd"
    async with opened(bucket) as address:
        for variable, value in (
            ("AWS_ENDPOINT_URL", address), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", HERE),
            ("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", "secret"),
        ):  # fmt: skip
            monkeypatch.setenv(variable, value)
        storage = Storage.at("s3://evidence/quanke", tmp_path / "attachments")
        for copy in (WHOLE, REDUCED):
            await storage.put(name, picture, copy, f"a {copy} picture".encode(), SECRET)
        assert sorted(bucket.objects) == [f"quanke/ab/{name}.{one}" for one in (REDUCED, WHOLE)]
        assert all(b"picture" not in sealed for sealed in bucket.objects.values())
        assert await storage.get(name, picture, WHOLE, SECRET) == b"a whole picture"
        assert {found async for found, _ in storage.names()} == {name}
        with pytest.raises(StorageFailed):
            await storage.get(name, uuid4(), WHOLE, SECRET)  # bound to its picture
        await storage.delete([name])
        assert bucket.objects == {}
        await storage.delete([name])
        with pytest.raises(StorageFailed):
            await storage.get(name, picture, WHOLE, SECRET)
        bucket.closed = True
        with pytest.raises(StorageFailed):
            await storage.put(name, picture, WHOLE, b"", SECRET)
    assert not (tmp_path / "attachments").exists(), "nothing lies on this machine"
