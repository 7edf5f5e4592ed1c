"""Posts what happens, in the log's order, one message at a time for each webhook.

What is public is asked when it is sent, not when it happened: a case that turned sensitive
in between is passed over. A message that is not taken is sent again, later and later; after
eight times the webhook pauses, which is an event, and somebody has to look. A receiver that
answers 410 is paused at once. Only one process sends (an advisory lock).
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Final
from uuid import uuid5

import httpx
import structlog

from api.dispatch.sealing import open_events
from api.platform import Platform
from api.publicity import public_categories
from api.trust import authorities
from api.webhooks import progress
from api.webhooks.address import AddressRefused, judged
from api.webhooks.message import TYPES, body, message_id
from api.webhooks.progress import Progress
from api.webhooks.signing import headers
from domain.actor import Actor, Role
from domain.errors import Rejected
from domain.event import DomainEvent
from domain.streams import webhook_stream
from domain.webhook.commands import PauseWebhook
from domain.webhook.events import WebhookRegistered, WebhookRekeyed
from domain.webhook.state import Secret, WebhookState
from eventlog.connection import OPERATING
from eventlog.errors import LogBusy, LogUnavailable
from projections.case_board import public
from projections.case_board.public import PublicEvent
from projections.reading import at_position
from projections.sight import Sight

CLOCK: Final = Actor(id="system:webhooks", role=Role.CLOCK)
GIVE_UP: Final = 8
"""Attempts at one message before the webhook pauses; with these waits after some ten hours."""
WAITS_S: Final = (5, 30, 120, 600, 1_800, 7_200, 21_600)
TIMEOUT_S: Final = 15.0
ANSWER_BYTES: Final = 16 * 1024
"""Of a receiver's answer are read at most; nobody looks at it but at its status."""
PAGE: Final = 100
LOOK_S: Final = 0.5
GONE: Final = 410
LEADER: Final = 7_210_905_713_270
LOG: Final = structlog.get_logger("quanke.webhooks")


class Sender:
    """Follows every live webhook. One per process; one at work per database."""

    def __init__(
        self, platform: Platform, *, private: bool = False, waits_s: Sequence[float] = WAITS_S
    ) -> None:
        self._platform = platform
        self._private = private
        self._waits_s = waits_s
        self._http: httpx.AsyncClient | None = None
        self._busy: set[str] = set()

    async def run(self) -> None:
        """Send for ever, from when the platform is ready."""
        while not self._platform.ready():
            await asyncio.sleep(LOOK_S)
        while True:
            try:
                await self._lead()
            except OPERATING as error:
                LOG.warning("webhooks must wait", error=repr(error))
                await asyncio.sleep(LOOK_S)

    async def _lead(self) -> None:
        async with (
            self._platform.pool.acquire() as connection,
            httpx.AsyncClient(
                timeout=TIMEOUT_S, trust_env=False, verify=authorities()
            ) as self._http,
        ):
            while not await connection.fetchval("select pg_try_advisory_lock($1)", LEADER):
                await asyncio.sleep(LOOK_S)
            try:
                async with asyncio.TaskGroup() as tasks:
                    while True:
                        self._begin(tasks)
                        await connection.execute("select 1")  # the lock lasts while it lives
                        await asyncio.sleep(LOOK_S)
            except* OPERATING as error:
                raise ConnectionError(str(error.exceptions[0])) from error
            finally:
                if not connection.is_closed():
                    await connection.execute("select pg_advisory_unlock($1)", LEADER)

    def _begin(self, tasks: asyncio.TaskGroup) -> None:
        """Let every webhook that is not at it send what there is; nobody waits for another."""
        for webhook in self._platform.reference.webhooks.values():
            if webhook.sending and webhook.webhook not in self._busy:
                self._busy.add(webhook.webhook)
                tasks.create_task(self._turn(webhook))

    async def _turn(self, webhook: WebhookState) -> None:
        try:
            await self._serve(webhook)
        finally:
            self._busy.discard(webhook.webhook)

    async def _serve(self, webhook: WebhookState) -> None:
        at = await self._progress(webhook)
        if at.next_at > self._platform.clock():
            return
        events, reached = await self._waiting(webhook, at.position)
        if not events:
            if reached > at.position:
                await self._remember(webhook, at.done(reached, at.said or ""))
            return
        secrets = await self._secrets(webhook)
        for event in events:
            said = await self._post(webhook, event, secrets)
            if said.isdigit() and 200 <= int(said) < 300:
                at = at.done(event.position, said)
                await self._remember(webhook, at)
                continue
            await self._refused(webhook, at, said)
            return

    async def _refused(self, webhook: WebhookState, at: Progress, said: str) -> None:
        wait_s = self._waits_s[min(at.failures, len(self._waits_s) - 1)] * random.uniform(0.8, 1.2)
        at = at.failed(self._platform.clock() + int(wait_s * 1_000_000), said)
        over = at.failures >= GIVE_UP or said == str(GONE)
        if over:
            at = Progress(at.position, at.generation, 0, 0, at.said)
        await self._remember(webhook, at)
        LOG.warning("not taken", webhook=webhook.webhook, said=said, failures=at.failures)
        if over:
            await self._pause(webhook, at, said)

    async def _pause(self, webhook: WebhookState, at: Progress, said: str) -> None:
        stream = webhook_stream(webhook.webhook)
        key = uuid5(stream, f"pause|{at.generation}|{at.position}|{self._platform.clock()}")
        command = PauseWebhook(webhook=webhook.webhook, reason=f"not taken: {said}"[:200])
        try:
            await self._platform.dispatcher.dispatch(command, actor=CLOCK, command_id=key)
        except (Rejected, LogBusy, LogUnavailable) as error:
            LOG.warning("could not pause", webhook=webhook.webhook, error=repr(error))

    async def _progress(self, webhook: WebhookState) -> Progress:
        found = await progress.read(self._platform.pool, _follower(webhook))
        if found is None or found.generation != webhook.generation:
            return Progress(webhook.after, webhook.generation)
        return found

    async def _remember(self, webhook: WebhookState, at: Progress) -> None:
        await progress.write(self._platform.pool, _follower(webhook), at)

    async def _waiting(self, webhook: WebhookState, after: int) -> tuple[list[PublicEvent], int]:
        """Return the next events to send, and the position up to which that is all."""
        categories = tuple(public_categories(self._platform.reference))
        sight = Sight(scope=webhook.scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            events = await public.events(reads, webhook.scope, categories, after, PAGE)
        reached = events[-1].position if len(events) == PAGE else found.position
        wanted = [one for one in events if webhook.wants(one.topic)]
        return wanted, reached

    async def _secrets(self, webhook: WebhookState) -> list[str]:
        """Return the clear secrets, the present one first; both sign."""
        stream = webhook_stream(webhook.webhook)
        carriers = [_carrier(webhook, secret) for secret in webhook.secrets]
        opened = await open_events(self._platform.vault, stream, carriers)
        return [str(one.secret) for one in opened if isinstance(one, CARRIERS)]

    async def _post(self, webhook: WebhookState, event: PublicEvent, secrets: Sequence[str]) -> str:
        """Post one message and return the answer's status, or what went wrong."""
        assert self._http is not None
        made = body(webhook, event, self._platform.epoch)
        now_s = self._platform.clock() // 1_000_000
        signed = headers(message_id(webhook, event), now_s, made, secrets)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                target = await judged(webhook.url, private=self._private)
                sending = self._http.stream(
                    "POST",
                    target.url,
                    content=made,
                    headers={
                        **signed, "host": target.host, "content-type": TYPES[webhook.envelope],
                        "user-agent": "quanke-webhooks", "accept-encoding": "identity",
                    },
                    extensions={"sni_hostname": target.server_name},
                )  # fmt: skip
                async with sending as answer:
                    await _passed_over(answer)
        except (AddressRefused, httpx.HTTPError, TimeoutError) as error:
            return f"{type(error).__name__}: {error}"
        return str(answer.status_code)


async def _passed_over(answer: httpx.Response) -> None:
    """Read a short body so that the connection can be used again; a long one is cut off.

    As bytes of the wire: nothing is unfolded, whatever the receiver says they are.
    """
    size = 0
    async for piece in answer.aiter_raw():
        size += len(piece)
        if size > ANSWER_BYTES:
            return


def _follower(webhook: WebhookState) -> str:
    return f"webhook:{webhook.webhook}"


CARRIERS: Final = WebhookRekeyed, WebhookRegistered
"""The events that carry a secret."""


def _carrier(webhook: WebhookState, secret: Secret) -> DomainEvent:
    """Return an event that carries a sealed secret as it was sealed."""
    if secret.topic == WebhookRekeyed.TOPIC:
        return WebhookRekeyed(webhook=webhook.webhook, secret=secret.value)
    return WebhookRegistered(
        webhook=webhook.webhook, url=webhook.url, scope=webhook.scope, secret=secret.value
    )
