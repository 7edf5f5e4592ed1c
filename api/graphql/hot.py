"""What is asked again and again while the data change: found by the request's own bytes.

A dashboard on many screens is one request, the same to the byte, hundreds of times a second.
Reading it costs more than finding its kept answer, and every event would have the answer made
anew. So a request that has come often is known by its bytes (head, token, body), its answer
is bytes, and that is made anew beside the requests: when something has moved, and not more
than ten times a second. Who asks meanwhile is told the last one, no older than `OLDEST_S`,
with the position it is as of. Who has to see a write says `minPosition`, and is not answered
here; nor is whoever asks for anything but counts (docs/adr/0038).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from api.auth.identity import Identity, InvalidToken
from api.budget import Bucket, Throttled
from api.graphql.charging import Charge
from api.graphql.context import Context, new_request_id
from api.graphql.documents import Operation
from api.graphql.engine import Engine
from api.graphql.results import Answer
from api.platform import Platform
from domain.actor import Role
from projections import tracing

COUNTS: Final = frozenset({"overview", "stageFunnel", "gridLoad", "areaLoad", "departmentLoad"})
"""Root fields whose answer nobody writes and then looks for."""
OFTEN: Final = 10
WITHIN_S: Final = 0.1
"""So many times within so long, and a request is known; or as fast as its answers come: where they
take longer, each answer made once more would make all of them slower."""
ANEW_S: Final = 0.1
OLDEST_S: Final = 0.2
BELIEVED_S: Final = 1.0
"""How long an answer counts where no position has moved: the day may have changed."""
KNOWN: Final = 64
COUNTED: Final = 256
LOG: Final = structlog.get_logger("quanke.graphql")


@dataclass(slots=True)
class Known:
    """One request by its meaning, and its latest answer. Seconds of a monotonic clock."""

    operation: Operation
    variables: dict[str, Any]
    identity: Identity
    authorization: str
    content_type: bytes
    cost: int
    answer: Answer | None = None
    standing: tuple[object, ...] = ()
    made_at: float = 0.0


@dataclass(slots=True)
class Count:
    """How often a request has come since an instant."""

    since: float
    times: int = 0


@dataclass(slots=True)
class Hot:
    """The known requests of one platform."""

    engine: Engine
    platform: Platform
    clock: Callable[[], float] = time.monotonic
    hits: int = 0
    _known: OrderedDict[bytes, Known] = field(default_factory=OrderedDict)
    _counted: OrderedDict[bytes, Count] = field(default_factory=OrderedDict)
    _due: dict[bytes, Known] = field(default_factory=dict)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, request: bytes) -> tuple[bytes, bytes] | None:
        """Return the head's own lines and the body for a request's bytes; None: answer it."""
        if not self._known or tracing.active is not None:  # traced, each is a span
            return None
        one = self._known.get(request)
        if one is None or one.answer is None or not self._current(request, one):
            return None
        try:
            if self.platform.tokens.bearer(one.authorization) != one.identity:
                return None
        except InvalidToken:
            del self._known[request]
            return None
        cost = self._charged(one, one.answer.spent)
        if cost is None:
            return None
        self.hits += 1
        body = one.answer.whole(cost)
        head = b"x-request-id: %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n" % (
            new_request_id().encode(), one.content_type, len(body),
        )  # fmt: skip
        return head, body

    def note(self, request: bytes, took_s: float, make: Callable[[], Known]) -> None:
        """Take note of a request that was answered; one that comes often is known from then on."""
        if request in self._known:
            return
        now = self.clock()
        count = self._counted.get(request)
        if count is None or now - count.since > max(WITHIN_S, OFTEN * took_s):
            count = self._counted[request] = Count(now)
            if len(self._counted) > COUNTED:
                self._counted.popitem(last=False)
        count.times += 1
        if count.times >= OFTEN:
            del self._counted[request]
            self._known[request] = one = make()
            self._want(request, one)
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)

    async def run(self) -> None:
        """Make answers anew as they are wanted, one after the other, until cancelled."""
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                while self._due:
                    request, one = self._due.popitem()
                    await self._anew(request, one)
        finally:
            self._known.clear()

    def _current(self, request: bytes, one: Known) -> bool:
        """Tell whether the answer may be told, and have it made anew where something has moved."""
        age, standing = self.clock() - one.made_at, self._standing()
        still = one.standing == standing
        if age >= (BELIEVED_S / 2 if still else ANEW_S):
            self._want(request, one)
        return age <= (BELIEVED_S if still else OLDEST_S) and one.standing[1:] == standing[1:]

    def _want(self, request: bytes, one: Known) -> None:
        self._due[request] = one
        self._wanted.set()

    def _standing(self) -> tuple[object, ...]:
        """Return what an answer depends on beside its request: the position first."""
        platform = self.platform
        return platform.applied(), platform.hub.view, platform.reference.generation

    def _charged(self, one: Known, spent: int) -> bytes | None:
        """Charge for an answer; what is told of it, nothing without a budget; None: too much."""
        budget, actor = self.platform.budget, one.identity.actor
        if budget is None:
            return b""
        try:
            bucket: Bucket = budget.take(actor.id, actor.role, one.cost)
        except Throttled:
            return None
        return Charge(bucket, one.cost).settle(spent)

    async def _anew(self, request: bytes, one: Known) -> None:
        began, standing = self.clock(), self._standing()
        context = Context(self.platform, one.identity)
        try:
            answer = await self.engine.answer(one.operation, one.variables, context)
        except Exception:  # the edge: whoever asks next meets it, and has a request to name
            LOG.exception("an answer could not be made anew")
            answer = None
        if answer is None or answer.key is None:
            self._known.pop(request, None)
            return
        one.answer, one.standing, one.made_at = answer, standing, began


def may_be_known(operation: Operation, identity: Identity, extensions: dict[str, Any]) -> bool:
    """Tell whether a request is one for counts, of somebody with a token that needs no proof."""
    counts = COUNTS.issuperset(operation.fields)
    lasting = identity.actor.role is not Role.PUBLIC and identity.thumbprint is None
    return counts and not extensions and lasting
