"""What every way in stands on: made once by the wiring, handed to app and schema."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from api.attachments.attachments import Attachments
from api.auth.links import RateLinks
from api.auth.oidc import Oidc
from api.auth.presence import Presence
from api.auth.tokens import Tokens
from api.auth.veil import Veil
from api.budget import Budget
from api.claims import Claims
from api.dispatch.dispatcher import Dispatcher, now_us
from api.http.pace import Pace
from api.privacy.access import AccessLog
from api.privacy.erasing import Eraser
from api.privacy.exporting import Exporter
from api.reference import Earlier, Reference
from api.upkeep import Upkeep
from eventlog.port import EventLog
from eventlog.vault import Vault
from projections.hub import Hub
from projections.looking import Glances

ANEW: Final = 2
"""So many snapshots are read anew at once: one in the database, one on its way out."""
REPORTS_AN_HOUR: Final = 60
"""Of one resident: an outbox that was without a network for days, and no flood."""


async def _at_once(_position: int, _timeout_s: float) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Platform:
    """The running parts that requests use.

    `reads` answers whoever asks, each transaction with its own sight (`projections/sight.py`);
    `glances` does the same for questions of one statement; `pool` is the platform's own and
    sees everything.
    """

    log: EventLog
    vault: Vault
    reference: Reference
    dispatcher: Dispatcher
    pool: "asyncpg.Pool[asyncpg.Record]"
    reads: "asyncpg.Pool[asyncpg.Record]"
    glances: Glances
    hub: Hub
    tokens: Tokens
    attachments: Attachments
    links: RateLinks
    access: AccessLog
    eraser: Eraser
    exporter: Exporter
    earlier: Earlier
    """The district as of earlier moments."""
    veil: Veil
    """Hides the ids in cursors that may stand at what their reader does not see."""
    epoch: str = "1"
    """The log's epoch, part of every cursor."""
    clock: Callable[[], int] = field(default=now_us)
    reached: Callable[[int, float], Awaitable[bool]] = field(default=_at_once)
    """Waits until the read models have applied a position; False after so many seconds."""
    ready: Callable[[], bool] = field(default=lambda: True)
    """Whether /ready may say yes: migrated, caught up, demo seeded."""
    claims: Claims = field(default_factory=lambda: Claims(now_us))
    """Who is on which case in this process."""
    anew: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ANEW))
    """Held by a subscription that reads its snapshot anew: at midnight all would at once."""
    registered_only: bool = False
    """Whether displays and the public may ask the screens' documents and nothing else."""
    stock_for_all: bool = False
    """Whether anybody may force the stock executor, and not those of `access.STOCK` alone."""
    applied: Callable[[], int] = field(default=lambda: 0)
    """The position that every read model has applied, as far as this process knows."""
    upkeep: Upkeep | None = None
    """What administrators do to read models; None where there is no database of its own."""
    oidc: Oidc | None = None
    """The identity provider that people sign in at, where there is one."""
    presence: Presence | None = None
    """Which sessions begun there go on."""
    reporting: Pace = field(default_factory=lambda: Pace(REPORTS_AN_HOUR, 3_600))
    """How often a resident may report."""
    budget: Budget | None = None
    """What each client may ask for; None: as much as it likes."""
