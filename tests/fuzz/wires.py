"""Bytes that are no protocol: broken frames, floods, oversize, and those who say nothing.

Each attack opens connections of its own and must leave the server answering others. Those
who dawdle are begun first and looked at last: they must have been put out by then.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from tests.fuzz.world import World

WAIT_S: Final = 2.0
LARGE: Final = 1 << 20
DAWDLE_S: Final = 20.0
"""By then whoever has said nothing whole must be out."""
UPGRADE: Final = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
POST: Final = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
FEED: Final = "subscription { wall { __typename } }"
Attack = Callable[[World, Random], None]


@contextmanager
def wire(world: World) -> Iterator[socket.socket]:
    """A connection that is not waited for long."""
    with socket.create_connection(world.address, timeout=WAIT_S) as made:
        yield made


@contextmanager
def upgraded(world: World, *, init: bool = True) -> Iterator[socket.socket]:
    """A WebSocket, its first words exchanged or not."""
    with wire(world) as made:
        made.sendall(UPGRADE)
        head = b""
        while b"\r\n\r\n" not in head:
            head += made.recv(4_096)
        assert head.startswith(b"HTTP/1.1 101"), head
        if init:
            say(made, {"type": "connection_init", "payload": {"token": world.tokens["leader"]}})
            assert b"connection_ack" in made.recv(4_096)
        yield made


def frame(payload: bytes, first: int = 0x81, *, masked: bool = True) -> bytes:
    """Return one frame; its mask is zero, so that the payload can be read."""
    length, bit = len(payload), 0x80 if masked else 0
    if length < 126:
        head = bytes((first, bit | length))
    elif length < 1 << 16:
        head = bytes((first, bit | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, bit | 127)) + length.to_bytes(8, "big")
    return head + (bytes(4) if masked else b"") + payload


def say(made: socket.socket, message: Any) -> None:
    """Send one message as JSON."""
    made.sendall(frame(json.dumps(message).encode()))


def heard(made: socket.socket) -> bytes:
    """Return what comes until the other side closes or falls silent."""
    found = b""
    try:
        while chunk := made.recv(65_536):
            found += chunk
    except OSError:
        pass
    return found


def sent(made: socket.socket, data: bytes) -> None:
    """Send what the other side may well refuse to take."""
    try:
        made.sendall(data)
    except OSError:
        return
    heard(made)


def closed(made: socket.socket) -> bool:
    """Tell whether the other side has closed."""
    made.settimeout(0.2)
    try:
        while made.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def broken_frames(world: World, rng: Random) -> None:
    """What RFC 6455 forbids, one connection each."""
    for data in (
        frame(b"x", masked=False), frame(b"x", 0xC1), frame(b"x", 0x83), frame(b"x", 0x8B),
        frame(b"x" * 126, 0x89), frame(b"x", 0x09), frame(b"x", 0x80), frame(b"\xff\xfe", 0x81),
        frame(b"\x00", 0x88), frame(b"\x03\xed", 0x88), frame(b"\x03\xe8\xff", 0x88),
        frame(b"{", 0x01) + frame(b"{", 0x01), frame(b"x", 0x82),
        b"\x81\xff" + b"\xff" * 8 + bytes(4), b"\x81\xff" + (1 << 40).to_bytes(8, "big") + bytes(4),
        rng.randbytes(300),
    ):  # fmt: skip
        with upgraded(world, init=rng.random() < 0.5) as made:
            made.settimeout(0.3)
            sent(made, data)


def bent_handshakes(world: World, rng: Random) -> None:
    """Upgrades with something left out or overdone."""
    for old, new in (
        (b"Version: 13", b"Version: 99"), (b"graphql-transport-ws", b"graphql-ws"),
        (b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n", b""), (b"Key: MDEy", b"Key: "),
        (b"Upgrade: websocket", b"Upgrade: x"), (b"/graphql", b"/graphql" + b"a" * 9_000),
        (b"\r\n\r\n", b"\r\nOrigin: https://elsewhere.example\r\n\r\n"),
        (b"Host: x", b"Host: \xff"),
        (b"/graphql", b"/%00%ff%zz"), (b"\r\n\r\n", b"\r\nX: " + rng.randbytes(99) + b"\r\n\r\n"),
    ):  # fmt: skip
        with wire(world) as made:
            made.settimeout(0.3)
            sent(made, UPGRADE.replace(old, new))


def bent_messages(world: World, _rng: Random) -> None:
    """What graphql-transport-ws forbids, or nobody would expect."""
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    for message in (
        "[]", "1", "null", '"x"', "{", "", deep, '{"type":1}', '{"type":"no"}',
        '{"type":"subscribe"}', '{"type":"connection_init"}',
        '{"id":"","type":"subscribe","payload":{"query":"{me{role}}"}}',
        '{"id":"1","type":"subscribe","payload":{"query":1}}', '{"id":{},"type":"complete"}',
        '{"id":"1","type":"subscribe","payload":{"query":"{me{role}}","variables":[]}}',
        '{"id":"1","type":"subscribe","payload":{"query":"{","extensions":{"minPosition":{}}}}',
        '{"id":"1","type":"subscribe","payload":{"query":"{me{role}}","documentId":7}}',
        '{"id":"\\ud800","type":"subscribe","payload":{"query":"{me{role}}"}}',
        '{"id":"1","type":"subscribe","payload":{"documentId":"sha256:' + "0" * 64 + '"}}',
        '{"type":"ping","payload":' + deep + "}", '{"type":"pong","payload":"x"}',
    ):  # fmt: skip
        with upgraded(world) as made:
            made.settimeout(0.2)
            sent(made, frame(message.encode()))


def bent_beginnings(world: World, _rng: Random) -> None:
    """First messages that let nobody in."""
    payloads: tuple[Any, ...] = (
        None,
        1,
        [],
        {"token": 1},
        {"token": {}},
        {"token": "a.b.c"},
        {"token": "x" * 9_999},
    )
    for payload in payloads:
        with upgraded(world, init=False) as made:
            made.settimeout(0.2)
            say(made, {"type": "connection_init", "payload": payload})
            say(made, {"id": "1", "type": "subscribe", "payload": {"query": FEED}})
            heard(made)


def oversize(world: World, _rng: Random) -> None:
    """Messages, ids and fragments far too long."""
    for name in ("i" * 100_000, "字" * 60_000, "\\" * 9_000):
        with upgraded(world) as made:
            made.settimeout(0.4)
            say(made, {"id": name, "type": "subscribe", "payload": {"query": FEED}})
            heard(made)
    with upgraded(world) as made:
        sent(made, frame(b'{"type":"ping","payload":"' + b"x" * (8 * LARGE) + b'"}'))
    with upgraded(world) as made:
        try:
            made.sendall(frame(b"{", 0x01))
            for _ in range(64):
                made.sendall(frame(b" " * LARGE, 0x00))
        except OSError:
            pass


def floods(world: World, _rng: Random) -> None:
    """The same again and again: inits, subscriptions, completes, pings, connections."""
    with upgraded(world) as made:
        made.settimeout(0.5)
        sent(made, frame(b'{"type":"connection_init"}') * 2_000)
    with upgraded(world) as made:
        made.settimeout(0.5)
        subscribe = {"type": "subscribe", "payload": {"query": FEED}}
        sent(
            made,
            b"".join(frame(json.dumps({"id": str(n), **subscribe}).encode()) for n in range(500)),
        )
    with upgraded(world) as made:
        made.settimeout(0.5)
        pair = [{"id": "1", **subscribe}, {"id": "1", "type": "complete"}]
        sent(made, b"".join(frame(json.dumps(one).encode()) for one in pair) * 500)
    with upgraded(world) as made:
        made.settimeout(0.5)
        sent(made, (frame(b"", 0x89) + frame(b'{"type":"ping"}')) * 2_000)
    opened = [socket.create_connection(world.address, timeout=WAIT_S) for _ in range(300)]
    for one in opened:
        one.close()


def bent_requests(world: World, rng: Random) -> None:
    """HTTP that is none, or claims what is not so."""
    body = b'{"query":"{me{role}}"}'
    for data in (
        b"\r\n" * 50, rng.randbytes(400), b"GET /graphql HTTP/9.9\r\n\r\n", b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n" * 20,
        POST + b"Content-Length: 99999999999\r\n\r\n" + body, POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + body,
        POST + b"Content-Length: 22\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body,
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"fffff\r\n" + b"x" * 0x50000,
        POST + b"Content-Length: 3\r\n\r\n" + b"\xff\xff\xff",
        POST + b"Authorization: Bearer \xff\r\n\r\n",
        POST + b"Content-Length: 10000\r\n\r\n" + b"[" * 10_000,
        POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
        b"GET /graphql?query=%FF%00&variables=%7B HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /live/wall?after=%00 HTTP/1.1\r\nHost: x\r\nLast-Event-ID: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\n",
        b"GET /" + b"a" * LARGE + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ):  # fmt: skip
        with wire(world) as made:
            made.settimeout(0.3)
            sent(made, data)


ATTACKS: Final[tuple[Attack, ...]] = (
    broken_frames, bent_handshakes, bent_messages, bent_beginnings, oversize, floods, bent_requests,
)  # fmt: skip


class Dawdlers:
    """Connections that begin something and do not go on; a byte now and then keeps some alive."""

    def __init__(self, world: World) -> None:
        self._began = time.monotonic()
        self.all = [
            self._one(world, data)
            for data in (
                b"", b"G", UPGRADE[:60], POST, POST + b"Content-Length: 100\r\n\r\n{", UPGRADE,
                UPGRADE + frame(b'{"type":"connection_ini', 0x01),
            )
        ]  # fmt: skip

    @staticmethod
    def _one(world: World, data: bytes) -> tuple[bytes, socket.socket]:
        made = socket.create_connection(world.address, timeout=WAIT_S)
        made.sendall(data)
        return data, made

    def drip(self) -> None:
        """Send one byte more of the headers that are not whole yet, as a slow loris does."""
        for data, made in self.all:
            if data in (b"G", POST, UPGRADE[:60]):
                try:
                    made.sendall(b"e" if data == b"G" else b"x")
                except OSError:
                    continue

    def left(self) -> list[bytes]:
        """Wait until they must be out, and return what those who are not had sent."""
        while time.monotonic() < self._began + DAWDLE_S:
            if all(closed(made) for _, made in self.all):
                break
            self.drip()
        still = [data[:80] for data, made in self.all if not closed(made)]
        for _, made in self.all:
            made.close()
        return still


def settled(world: World, files: int) -> int:
    """Wait until the server holds no more files than before; return how many it still does."""
    give_up = time.monotonic() + DAWDLE_S
    while (now := world.open_files()) > files and time.monotonic() < give_up:
        time.sleep(0.1)
    return now
