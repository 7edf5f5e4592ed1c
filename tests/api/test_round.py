"""A round of one message: who comes, goes or clogs in its middle gets each message once."""

import asyncio
import errno
import socket as sockets
from collections.abc import Sequence
from typing import Any

import pytest

from api.graphql.live import framing
from api.graphql.live import round as rounds
from api.graphql.live import sends as sending
from api.graphql.live.cursor import Cursor
from api.graphql.live.framing import THROUGH, Straight, Turn, frame_header
from api.graphql.live.round import Round
from api.graphql.live.sends import sends


def at(position: int) -> Cursor:
    return Cursor("e", "v", position)


class Line:
    """A connection that keeps what is written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[bytes] = []

    def way(self) -> Straight:
        return THROUGH, int, self.frames.append, b'{"id":"' + self.name.encode() + b'","payload":'


def tell(ways: Sequence[Straight], body: bytes) -> None:
    """Tell some a message together, this once."""
    Turn(ways).tell(body)


def read(frame: bytes) -> bytes:
    """Return the payload of a frame, its length checked."""
    short = frame[1] < 126
    start = 2 if short else 4
    length = frame[1] if short else int.from_bytes(frame[2:4], "big")
    assert len(frame) == start + length
    return frame[start:]


@pytest.fixture(params=[False, True], ids=["write", "io_uring"])
def once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both ways into the kernel; the second only where it is."""
    many = sends() if request.param else None
    if request.param and many is None:
        pytest.skip("this kernel takes no sends by io_uring")
    monkeypatch.setattr(framing.KERNEL, "sends", many)
    return bool(request.param)


def test_two_subscriptions_of_one_connection_are_told_in_turn(once: bool) -> None:
    """The second frame does not pass the rest of the first."""
    ours, theirs = sockets.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ours.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4_096)
        kept = bytearray()
        ways = [
            (ours.fileno(), lambda: len(kept), kept.extend, b'{"id":"%d","payload":' % number)
            for number in range(8)
        ]
        body = b"z" * 2_000
        tell(ways, body)
        taken = theirs.recv(1 << 20)
        frames = [frame_header(len(body) + 21) + way[3] + body + b"}" for way in ways]
        assert len(kept) > 0
        assert taken + kept == b"".join(frames)


def test_many_get_theirs_and_a_broken_one_hurts_nobody(once: bool) -> None:
    pairs = [sockets.socketpair() for _ in range(40)]
    rest: list[bytes] = []
    for ours, _ in pairs:
        ours.setblocking(False)
    pairs[7][1].close()
    for number in range(30):  # more than the queue has places: it goes round
        ways = [
            (ours.fileno(), int, rest.append, b'{"id":"%d","payload":' % (place % 3))
            for place, (ours, _) in enumerate(pairs)
        ]
        tell(ways, b"[%d]" % number)
        for place, (_, theirs) in enumerate(pairs):
            if place != 7:
                wanted = b'{"id":"%d","payload":[%d]}' % (place % 3, number)
                assert read(theirs.recv(1 << 16)) == wanted
    assert len(rest) == 30  # the transport is who finds out
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


def test_what_is_too_large_for_all_at_once_is_told_in_parts(
    once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ROOM", 4_096)
    pairs, rest = [sockets.socketpair() for _ in range(23)], list[bytes]()
    ways = [(ours.fileno(), int, rest.append, b'{"id":"%d","payload":' % number)
            for number, (ours, _) in enumerate(pairs)]  # fmt: skip
    for size in (600, 6_000):  # some together, then each by itself
        tell(ways, b"z" * size)
        for number, (_, theirs) in enumerate(pairs):
            assert read(theirs.recv(1 << 16)) == ways[number][3] + b"z" * size + b"}"
    assert rest == []
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


def test_a_queue_that_fails_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def send(self, *_: object) -> dict[int, int]:
            raise OSError(errno.EBADF, "no such queue")

    monkeypatch.setattr(framing.KERNEL, "sends", Failing())
    pairs = [sockets.socketpair() for _ in range(framing.FEW)]
    rest: list[bytes] = []
    ways = [(ours.fileno(), int, rest.append, b'{"payload":') for ours, _ in pairs]
    with pytest.raises(framing.Lost):  # the group ends, and its members come back
        tell(ways, b"[1]")
    tell(ways, b"[2]")
    for ours, theirs in pairs:
        assert read(theirs.recv(1 << 16)) == b'{"payload":[2]}'
        ours.close()
        theirs.close()
    assert rest == []


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


def test_what_the_kernel_does_not_take_goes_through_the_transport_in_order(
    once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if once:
        monkeypatch.setattr(framing, "FEW", 1)
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
