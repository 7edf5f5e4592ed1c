"""The WebSocket door on a real socket: prepared frames, a client that stalls, a restart."""

import asyncio
import re
import socket as sockets
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.graphql.live.framing import frame_header
from api.graphql.live.outbox import FRAMES
from api.http.frames import EXTENSION
from api.wiring import App
from tests.api.client import Client
from tests.api.test_live import RUBBISH, WALL

GQL = Subprotocol("graphql-transport-ws")


def opened(address: str, **options: Any) -> connect:
    return connect(f"ws://{address}/graphql", subprotocols=[GQL], **options)


async def following(wire: ClientConnection, name: str = "1") -> dict[str, Any]:
    """Subscribe to the wall and return the snapshot."""
    await wire.send(orjson.dumps({"type": "connection_init"}).decode())
    assert await wire.recv() == '{"type":"connection_ack"}'
    message = {"id": name, "type": "subscribe", "payload": {"query": WALL}}
    await wire.send(orjson.dumps(message).decode())
    return await heard(wire, "WallSnapshot")


async def heard(wire: ClientConnection, wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(60):  # the first builds what the others find
        while True:
            message: dict[str, Any] = orjson.loads(await wire.recv())
            if message["payload"]["data"]["wall"]["__typename"] == wanted:
                return message


def test_both_sides_name_the_extension_alike() -> None:
    assert EXTENSION == FRAMES


def test_headers_of_all_three_lengths() -> None:
    assert frame_header(125) == b"\x81\x7d"
    assert frame_header(126) == b"\x81\x7e\x00\x7e"
    assert frame_header(65_535) == b"\x81\x7e\xff\xff"
    assert frame_header(65_536) == b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_another_librarys_client_reads_prepared_frames(
    app: App, address: str, worker: Client, compression: str | None
) -> None:
    async with opened(address, compression=compression) as one, opened(address) as two:
        assert (await following(one, "一"))["id"] == "一"
        await following(two, "b")
        await worker.done("reportCase", **RUBBISH)
        first, second = await heard(one, "WallDelta"), await heard(two, "WallDelta")
        assert (first["id"], second["id"]) == ("一", "b")
        assert first["payload"] == second["payload"]
        assert first["payload"]["data"]["wall"]["overview"]["open"] == 1


async def test_who_comes_by_a_descriptor_used_before_gets_nothing_of_it(
    app: App, address: str, worker: Client
) -> None:
    host, port = address.split(":")
    async with opened(address) as stays:
        await following(stays)
        for _ in range(5):
            async with opened(address) as goes:
                await following(goes)
                assert app.doors.live.members == 2
                goes.transport.abort()
            reader, writer = await asyncio.open_connection(host, int(port))
            await worker.done("reportCase", **RUBBISH)
            assert (await heard(stays, "WallDelta"))["payload"]["data"]["wall"]["grids"]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await reader.read(1)
            writer.close()
        async with asyncio.timeout(30):
            while app.doors.live.members != 1:
                await asyncio.sleep(0.01)


async def test_a_client_that_stalls_is_closed_and_the_next_one_goes_on(
    app: App, address: str, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.graphql.live.follower.STALLED_S", 0.5)
    stalled = await asyncio.to_thread(_stalled, address)
    try:
        async with opened(address) as quick:
            await following(quick)
            assert app.doors.live.members == 2
            (group,) = app.doors.live._groups.values()
            assert group._snapshot is not None
            wide = group._snapshot.__class__(
                group._snapshot.kind, group._snapshot.cursor,
                group._snapshot.body[:-1] + b" " * 60_000 + b"}",
            )  # fmt: skip
            async with asyncio.timeout(30):
                while app.doors.live.members == 2:
                    await group._hand_out(wide)
                    await heard(quick, "WallSnapshot")
            await worker.done("reportCase", **RUBBISH)
            assert (await heard(quick, "WallDelta"))["payload"]["data"]["wall"]["grids"]
            async with asyncio.timeout(30):
                while app.doors.live.connections == 2:
                    await asyncio.sleep(0.02)
            assert (app.doors.live.members, app.doors.live.lagging) == (1, 0)
    finally:
        stalled.close()


def _stalled(address: str) -> sockets.socket:
    """Subscribe over a bare socket and never read on."""
    host, port = address.split(":")
    wire = sockets.create_connection((host, int(port)), timeout=10)
    wire.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    head = (
        f"GET /graphql HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {GQL}\r\n\r\n"
    )
    wire.sendall(head.encode())
    while b"\r\n\r\n" not in wire.recv(4096):
        pass
    for message in (
        {"type": "connection_init"},
        {"id": "1", "type": "subscribe", "payload": {"query": WALL}},
    ):
        raw = orjson.dumps(message)
        wire.sendall(b"\x81" + (0x80 | 126).to_bytes() + len(raw).to_bytes(2, "big") + bytes(4))
        wire.sendall(raw)
    while b"WallSnapshot" not in wire.recv(4096):
        pass
    return wire


async def test_a_stop_closes_with_1012_and_a_time_of_ones_own(app: App, address: str) -> None:
    async with opened(address) as one, opened(address) as two:
        for wire in (one, two):
            await following(wire)
        await app.doors.depart()
        reasons = []
        for wire in (one, two):
            with pytest.raises(ConnectionClosed) as closed:
                await heard(wire, "nothing more")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
            reasons.append(closed.value.rcvd.reason)
        waits = [re.fullmatch(r"restarting; retry in (\d+) ms", text) for text in reasons]
        assert all(found is not None and 500 <= int(found[1]) <= 2_000 for found in waits)
    async with opened(address) as late:
        with pytest.raises(ConnectionClosed) as closed:
            await following(late)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
