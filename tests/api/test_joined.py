"""One write an answer: what is written in a turn leaves together, and only to who is there."""

import asyncio

from api.http.joining import Joining


class Line:
    """A transport that notes what it was given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closing = False

    def write(self, data: bytes) -> None:
        assert not self.closing, "the handler is closed"
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closing


async def test_what_is_written_in_one_turn_leaves_together() -> None:
    line = Line()
    joining = Joining(line, asyncio.get_running_loop())
    joining.write(b"head ")
    joining.write(b"body")
    assert line.written == []
    await asyncio.sleep(0)
    assert line.written == [b"head body"]


async def test_who_has_gone_meanwhile_is_not_written_to() -> None:
    line = Line()
    joining = Joining(line, asyncio.get_running_loop())
    joining.write(b"answer")
    line.closing = True
    joining.flush()
    line.closing = False
    await asyncio.sleep(0)
    assert line.written == []
