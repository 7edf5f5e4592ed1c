"""Displays ask to be let in (RFC 8628): a screen shows a code, an administrator approves it.

The screen has no keyboard. It keeps a secret of its own, and a key that never leaves it and that
its whole way in is bound to (`proof.py`); what it gets is a token of an account of its own,
read-only, which can be closed like any other.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import asyncpg

LIFETIME_S: Final = 600
INTERVAL_S: Final = 3
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""Letters that can be told apart and spell nothing."""
LENGTH: Final = 8
PENDING_AT_MOST: Final = 5_000
"""More than a few addresses fill together, and far too few for a code to be hit by chance."""
_BEGIN: Final = """
with gone as (delete from quanke_device where ends_at < clock_timestamp())
insert into quanke_device (digest, code, device, ends_at, thumbprint)
select $1, $2, $3, clock_timestamp() + make_interval(secs => $4), $6
 where (select count(*) from quanke_device where ends_at >= clock_timestamp()) < $5
returning code
"""
_BY_CODE: Final = """
select device, thumbprint from quanke_device
 where code = $1 and ends_at > clock_timestamp() and account is null
"""
_APPROVE: Final = """
update quanke_device set account = $2
 where code = $1 and ends_at > clock_timestamp() and account is null
returning device
"""
_TAKE: Final = """
delete from quanke_device where digest = $1 and thumbprint = $2 and account is not null
   and ends_at > clock_timestamp()
returning account
"""
_WAITS: Final = """
select true from quanke_device
 where digest = $1 and thumbprint = $2 and ends_at > clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a screen keeps (`device_code`) and what it shows (`user_code`)."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A screen that waits: its own name for itself, the thumbprint of its key."""

    device: str
    thumbprint: str


class Devices:
    """The displays that wait for somebody to approve them."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def begin(self, device: str, thumbprint: str) -> Asked | None:
        """Let a device with a key wait for ten minutes; None when too many wait already."""
        secret = secrets.token_urlsafe(32)
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        shown = await self._pool.fetchval(
            _BEGIN,
            _digest(secret),
            code,
            device,
            float(LIFETIME_S),
            PENDING_AT_MOST,
            thumbprint,
        )
        return None if shown is None else Asked(secret, f"{shown[:4]}-{shown[4:]}")

    async def waiting(self, user_code: str) -> Waiting | None:
        """Return the device that shows a code and still waits."""
        found = await self._pool.fetchrow(_BY_CODE, _plain(user_code))
        return None if found is None else Waiting(found["device"], found["thumbprint"])

    async def approve(self, user_code: str, account: str) -> bool:
        """Let the device that shows a code be an account; False when it waits no longer."""
        done = await self._pool.fetchval(_APPROVE, _plain(user_code), account)
        return done is not None

    async def take(self, device_code: str, thumbprint: str) -> tuple[str | None, bool]:
        """Return the device's account, once, and whether it may go on waiting for one."""
        digest = _digest(device_code)
        account: str | None = await self._pool.fetchval(_TAKE, digest, thumbprint)
        if account is not None:
            return account, False
        return None, bool(await self._pool.fetchval(_WAITS, digest, thumbprint))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _plain(user_code: str) -> str:
    return user_code.replace("-", "").replace(" ", "").upper()
