"""Every connection that follows something, on whichever door: told of the end, asked again.

When the platform stops each is sent away with a time of its own to come back. And each
second the accounts are asked again about whoever came with a token: it may have run out,
or its role or key may have been taken away. Then the connection ends. How many connections
and subscriptions one client may have, and how quickly it may subscribe, is counted here too.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from api.auth.tokens import InvalidToken, Tokens
from api.graphql.context import Context
from api.graphql.errors import TooMuch
from api.http.pace import Pace
from domain.actor import Role

RETRY_MS: Final = 500
RETURNING_PER_S: Final = 1_000
"""After a restart connections come back at about this rate, spread by chance."""
DEPARTED_S: Final = 2.0
POLL_S: Final = 0.02
RECHECK_S: Final = 1.0
"""How long somebody whose role or key was taken away may go on listening, at most."""
CHECKS_A_TURN: Final = 500
MAX_CONNECTIONS: Final = 20
MAX_AT_ADDRESS: Final = 200
"""Of the public behind one address: an office may have many walls."""
MAX_SUBSCRIPTIONS: Final = 100
SUBSCRIBE_PER_S: Final = 10
"""On average; as many as a client may have at once."""

Depart = Callable[[int], None]
"""Ends a connection; its other side may come back after so many milliseconds."""


@dataclass(eq=False, slots=True)
class Guest:
    """One connection: how to send it away, with what token it came, how to put it out."""

    depart: Depart
    token: str | None = None
    expel: Callable[[str], None] | None = None
    subscriptions: Callable[[], int] = lambda: 1
    client: str | None = None
    role: Role | None = None


class Guests:
    """The connections of this process."""

    def __init__(self, tokens: Tokens, *, limited: bool = True) -> None:
        self._tokens = tokens
        self._limited = limited
        self._guests: set[Guest] = set()
        self._theirs: dict[str, set[Guest]] = {}
        self._pace = Pace(MAX_SUBSCRIPTIONS, MAX_SUBSCRIPTIONS / SUBSCRIBE_PER_S)
        self.leaving = False

    def __len__(self) -> int:
        """How many there are."""
        return len(self._guests)

    def roles(self) -> Counter[Role]:
        """Return how many connections there are by role, of those that have said who they are."""
        return Counter(guest.role for guest in self._guests if guest.role is not None)

    @contextmanager
    def hosting(self, guest: Guest) -> Iterator[None]:
        """Count a connection; its token may become known later."""
        self._guests.add(guest)
        if self.leaving:
            guest.depart(RETRY_MS)
        try:
            yield
        finally:
            self._guests.discard(guest)
            self._forget(guest)

    def entered(self, guest: Guest, context: Context) -> None:
        """Note whose connection it is: an account's, or an address's. Raises TooMuch."""
        client, public = context.client, context.actor.role is Role.PUBLIC
        theirs = self._theirs.setdefault(client, set())
        allowed = MAX_AT_ADDRESS if public else MAX_CONNECTIONS
        if self._limited and len(theirs) >= allowed:
            raise TooMuch(f"a client has at most {allowed} connections", 1.0)
        theirs.add(guest)
        guest.client, guest.role = client, context.actor.role

    def subscribing(self, guest: Guest) -> None:
        """Count one more subscription of a guest's client. Raises TooMuch."""
        client = guest.client
        if client is None or not self._limited:
            return
        open_now = sum(one.subscriptions() for one in self._theirs[client])
        if open_now > MAX_SUBSCRIPTIONS:
            raise TooMuch(f"a client has at most {MAX_SUBSCRIPTIONS} subscriptions", 1.0)
        wait_s = self._pace.wait_s(client)
        if wait_s:
            raise TooMuch(f"too many subscriptions; try again in {wait_s} s", wait_s)

    def _forget(self, guest: Guest) -> None:
        theirs = self._theirs.get(guest.client or "")
        if theirs is not None:
            theirs.discard(guest)
            if not theirs:
                del self._theirs[guest.client or ""]

    async def depart(self) -> None:
        """Let every connection go, each with its own time to come back; two seconds at most."""
        self.leaving = True
        spread = RETRY_MS + 1_000 * len(self._guests) // RETURNING_PER_S
        for guest in tuple(self._guests):
            guest.depart(random.randint(RETRY_MS, RETRY_MS + spread))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DEPARTED_S
        while self._guests and loop.time() < deadline:
            await asyncio.sleep(POLL_S)

    async def ask_again(self) -> None:
        """Ask about every connection's token, again and again, until cancelled."""
        while True:
            await asyncio.sleep(RECHECK_S)
            for number, guest in enumerate(tuple(self._guests), 1):
                self._check(guest)
                if number % CHECKS_A_TURN == 0:
                    await asyncio.sleep(0)

    def _check(self, guest: Guest) -> None:
        if guest.token is None or guest.expel is None:
            return
        try:
            self._tokens.still(guest.token)
        except InvalidToken as error:
            guest.expel(str(error))
