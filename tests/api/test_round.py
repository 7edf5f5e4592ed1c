"""A round of one message: who comes, goes or clogs in its middle gets each message once."""

import asyncio
import socket as sockets
from typing import Any

import pytest

from api.graphql.live import round as rounds
from api.graphql.live.cursor import Cursor
from api.graphql.live.framing import THROUGH, Straight, frame_header, tell
from api.graphql.live.round import Round


def at(position: int) -> Cursor:
    return Cursor("e", "v", position)


class Line:
    """A connection that keeps what is written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[bytes] = []

    def way(self) -> Straight:
        return THROUGH, int, self.frames.append, b'{"id":"' + self.name.encode() + b'","payload":'


def read(frame: bytes) -> bytes:
    """Return the payload of a frame, its length checked."""
    short = frame[1] < 126
    start = 2 if short else 4
    length = frame[1] if short else int.from_bytes(frame[2:4], "big")
    assert len(frame) == start + length
    return frame[start:]


def test_frames_differ_in_nothing_but_the_id() -> None:
    lines = [Line(name) for name in ("a", "a", "一二三", "b" * 200)]
    tell([line.way() for line in lines], b"[1]")
    for line in lines:
        (frame,) = line.frames
        assert read(frame).decode() == f'{{"id":"{line.name}","payload":[1]}}'
    assert lines[0].frames[0] is lines[1].frames[0]


def test_a_frame_of_any_length_says_so() -> None:
    line = Line("x")
    for size in (1, 100, 126, 65_000):
        tell([line.way()], b"z" * size)
    assert [len(read(frame)) for frame in line.frames] == [
        size + 21 for size in (1, 100, 126, 65_000)
    ]
    assert frame_header(70_000)[:2] == b"\x81\x7f"


def test_what_the_kernel_does_not_take_goes_through_the_transport_in_order() -> None:
    ours, theirs = sockets.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ours.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4_096)
        kept = bytearray()
        way = ours.fileno(), lambda: len(kept), kept.extend, b'{"id":"x","payload":'
        wanted = b""
        for number in range(8):  # 16 kB: the kernel takes some frames and a part of one
            body = b"%d" % number * 2_000
            tell([way], body)
            wanted += frame_header(len(body) + 21) + b'{"id":"x","payload":' + body + b"}"
        taken = theirs.recv(1 << 20)
        assert 0 < len(kept) < len(wanted)
        assert taken + kept == wanted
        kept.clear()  # the transport has sent it
        tell([way], b"[8]")
        assert (read(theirs.recv(1 << 20)), len(kept)) == (b'{"id":"x","payload":[8]}', 0)
        theirs.close()
        tell([way], b"[9]")  # broken: the transport is who finds out
        assert read(bytes(kept)) == b'{"id":"x","payload":[9]}'


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "TURN", 2)


async def test_who_drops_out_in_the_middle_knows_what_it_got(turns: None) -> None:
    round_: Round[Any] = Round()
    lines = [Line(str(number)) for number in range(6)]
    for line in lines:
        round_.add(line, line.way())
    await round_.go(at(1), b"1")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(round_.go(at(2), b"2"))
        await asyncio.sleep(0)  # two of six have it
        assert [len(line.frames) for line in lines] == [2, 2, 1, 1, 1, 1]
        assert round_.drop(lines[0]) == at(2)
        assert round_.drop(lines[5]) == at(1)
        assert round_.drop(lines[5]) is None
        late = Line("late")
        round_.add(late, late.way())
        round_.add(lines[5], lines[5].way())  # it was brought up to date elsewhere
    assert [len(line.frames) for line in lines] == [2, 2, 2, 2, 2, 1]
    assert late.frames == []
    await round_.go(at(3), b"3")
    assert [len(line.frames) for line in lines] == [2, 3, 3, 3, 3, 2]
    assert len(late.frames) == 1
    assert round_.drop(late) == at(3)


async def test_who_clogs_by_a_write_has_got_what_was_written(turns: None) -> None:
    round_: Round[Any] = Round()
    got: list[Cursor | None] = []
    line = Line("x")

    def write(data: bytes) -> None:
        line.frames.append(data)
        got.append(round_.drop(line))

    round_.add(line, (THROUGH, int, write, b"x"))
    await round_.go(at(7), b"7")
    assert got == [at(7)]
    await round_.go(at(8), b"8")
    assert len(line.frames) == 1
