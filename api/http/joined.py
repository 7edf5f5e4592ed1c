"""HTTP as we serve it: one write an answer, and a cheap no under overload.

What is written within one turn of the loop leaves together (`joining.py`). What the load leaves
no room for is answered before it is parsed (`shedding.py`), or stands in line until there is a
place (`line.py`); what is known by its bytes is answered unparsed too (`known.py`). What has a
head that is known is answered past the parser and the server's own cycle (`heads.py`); who never
comes to an end is not waited for (`patience.py`).
"""

import asyncio
import time
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http import line
from api.http.joining import Joining
from api.http.known import NOTHING_KNOWN, PEER, WHOLE, Answers, Begun, Said
from api.http.patience import TOO_LONG, TOO_SLOW, Patience
from api.http.shedding import LOAD, Admission, Kind, is_whole
from api.measured import answered

FIRST: Final = {
    one.value: b"HTTP/1.1 %d %b\r\n" % (one.value, one.phrase.encode()) for one in HTTPStatus
}
OK: Final = FIRST[HTTPStatus.OK]
GRAPHQL: Final = "graphql"


class Stood(NamedTuple):
    """A request that stands in line, what answers it past the parser, and when it is too late."""

    data: bytes
    begin: Begun | None
    timer: asyncio.TimerHandle


class JoinedProtocol(HttpToolsProtocol):
    """The server's own protocol over a joining transport, with a look at the load first."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._answers: Answers = getattr(self.config.app, "answers", NOTHING_KNOWN)
        self._between = True
        self._in_head = False
        self._used_at = 0.0
        self._kind: Kind | None = None
        self._begun = 0
        self._patience: Patience | None = None
        self._address = ""
        self._past_parser = False
        """Whether a request is being answered past the parser; what comes meanwhile is held."""
        self._stands: Stood | None = None
        self._held: list[bytes] = []
        self._ends = False
        self._ever: tuple[Any, bytes] = None, b""

    def connection_made(self, transport: Any) -> None:
        """Begin, over the joining transport."""
        super().connection_made(Joining(transport, self.loop))  # type: ignore[arg-type]
        self._patience = Patience(self.loop, self._too_slow)
        self._address = self.client[0] if self.client else ""

    def data_received(self, data: bytes) -> None:
        """Send away what there is no room for; else go on as ever.

        Only a request that is whole in these bytes, with nothing before it unfinished:
        what the parser has not begun can't be mistaken for something else.
        """
        if self._past_parser or self._stands is not None:
            self._held.append(data)
            self.transport.pause_reading()
            return
        idle, begin = self._between and self._is_idle(), None
        if idle and not self.flow.write_paused:
            if self._is_answered(data):
                return
            begin = self._answers.begin(data, self._address)
        if begin is not None or (idle and is_whole(data)):
            self._enter(data, begin)
        else:
            super().data_received(data)
            self._patiently(len(data))

    def _enter(self, data: bytes, begin: Begun | None) -> None:
        """Answer a whole request, have it stand in line, or send it away."""
        kind = LOAD.kind(data)
        admission = LOAD.admission(kind)
        if admission is Admission.AWAY:
            self._send_away(LOAD.refuse(kind))
        elif admission is Admission.BEGINS:
            LOAD.begin(kind)
            self._kind = kind
            self._answer(data, begin)
        else:
            timer = self.loop.call_later(line.STANDS_S, self._stood_too_long)
            self._stands = Stood(data, begin, timer)
            LOAD.line.join(self)
            self._patiently(0)

    def let_in(self) -> None:
        """Have the place that one has stood in line for: in a turn of one's own."""
        if self._stands is not None:
            self._stands.timer.cancel()
        self._kind = Kind.QUERY
        self.loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        stood, self._stands = self._stands, None
        if stood is None or self.transport.is_closing():
            self._leave()
            return
        self._answer(stood.data, stood.begin)
        if not self._past_parser:
            self._take_up()

    def _stood_too_long(self) -> None:
        self._stand_no_more()
        if not self.transport.is_closing():
            self._send_away(LOAD.refuse_who_stood())
            self._take_up()

    def _stand_no_more(self) -> None:
        if self._stands is not None:
            self._stands.timer.cancel()
            self._stands = None
            LOAD.line.leave(self)
        self._leave()

    def _answer(self, data: bytes, begin: Begun | None) -> None:
        """Have a request answered that has its place."""
        if begin is not None:
            self._go_past(begin())
            return
        begun = self._begun
        super().data_received(data)
        if self._begun == begun + 1 and self._between and self.cycle.keep_alive:
            # The application has its turn after this.
            self.scope["state"] |= {WHOLE: data, PEER: self._address}
        self._patiently(len(data))

    def _go_past(self, answering: Coroutine[Any, Any, Said]) -> None:
        """Have a request answered that is not parsed."""
        self._past_parser = True
        self._patiently(0)
        task = self.loop.create_task(self._say(answering, time.perf_counter()))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _say(self, answering: Coroutine[Any, Any, Said], began: float) -> None:
        """Write an answer, and take up what has come meanwhile."""
        try:
            said = await answering
        finally:
            self._past_parser = False
            self._leave()
        transport: Any = self.transport
        if not transport.is_closing():
            last = b"connection: close\r\n" if self._ends else b""
            transport.inner.write(
                b"".join((FIRST[said.status], self._lines(), said.head, last, b"\r\n", said.body))
            )
        self.loop.call_soon(self._count, said.status, began)
        if transport.is_closing():
            return
        if self._ends:
            transport.close()
        else:
            self._take_up()

    def _take_up(self) -> None:
        """Go on with what has come meanwhile."""
        if self._held:
            held = b"".join(self._held)
            self._held.clear()
            self.transport.resume_reading()
            self.data_received(held)

    def _count(self, status: int, began: float) -> None:
        """Count an answer: in the turn after its own, when it has left."""
        answered(GRAPHQL, status // 100, time.perf_counter() - began)
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self._used()

    def shutdown(self) -> None:
        """End once what is being answered is answered; who stands in line is sent away."""
        if self._stands is not None:
            self._held.clear()
            self._stood_too_long()
        if self._past_parser:
            self._ends = True
        else:
            super().shutdown()

    def _is_answered(self, data: bytes) -> bool:
        """Answer what is known by its bytes; tell whether it was."""
        began = time.perf_counter()
        known = self._answers.find(data)
        if known is None:
            return False
        self._send_away(b"".join((OK, self._lines(), known[0], b"\r\n", known[1])))
        answered(GRAPHQL, 2, time.perf_counter() - began)
        return True

    def _lines(self) -> bytes:
        """Return the lines that stand in every head: the server makes a new list each second."""
        headers = self.server_state.default_headers
        if self._ever[0] is not headers:
            self._ever = headers, b"".join([b"%b: %b\r\n" % one for one in headers])
        return self._ever[1]

    def _send_away(self, reply: bytes) -> None:
        """Answer at once: nothing waits in front of it, and every microsecond here counts."""
        transport: Any = self.transport
        transport.inner.write(reply)
        if self._used():
            self._patiently(0)

    def _used(self) -> bool:
        """Note that the connection was used now; tell whether nothing waited for its end yet.

        A timer for each request would be begun and cancelled each time: the one there is looks.
        """
        self._used_at = self.loop.time()
        if self.timeout_keep_alive_task is not None:
            return False
        self._wait_on(self.timeout_keep_alive)
        return True

    def timeout_keep_alive_handler(self) -> None:
        """Close what is not used; who was answered a moment ago still is."""
        taken = self._past_parser or self._stands is not None
        used_at = self.loop.time() if taken else self._used_at
        left = used_at + self.timeout_keep_alive - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self._wait_on(left)
        else:
            super().timeout_keep_alive_handler()

    def _patiently(self, size: int) -> None:
        """Wait for the rest of a request, but not for ever."""
        patience = self._patience
        if patience is None:
            return  # a WebSocket by now
        if self._between:
            patience.whole()
        elif not self._in_head:
            patience.body()
        elif not patience.head(size):
            self._end(TOO_LONG)

    def _too_slow(self) -> None:
        if self._patience is not None and self.flow is not None and self.flow.read_paused:
            self._patience.body()  # it is we who do not read
        else:
            self._end(b"" if self._between else TOO_SLOW)

    def _end(self, said: bytes) -> None:
        if not self.transport.is_closing():
            if said:
                self.transport.write(said)
            self.transport.close()

    def _is_idle(self) -> bool:
        return not self._past_parser and (self.cycle is None or self.cycle.response_complete)

    def _wait_on(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        self._between, self._in_head = False, True
        self._begun += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Make room."""
        self._leave()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._stand_no_more()
        self._let_go()
        super().connection_lost(exc)

    def _let_go(self) -> None:
        if self._patience is not None:
            self._patience.whole()
            self._patience = None

    def _leave(self) -> None:
        if self._kind is not None:
            LOAD.end(self._kind)
            self._kind = None

    def handle_websocket_upgrade(self) -> None:
        """Hand the bare transport on: a WebSocket has its own way to write."""
        if isinstance(self.transport, Joining):
            self.transport.flush()
            self.transport = self.transport.inner
        self._let_go()
        super().handle_websocket_upgrade()
