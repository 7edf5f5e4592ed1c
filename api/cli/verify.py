"""`quanke verify`: recompute from the log, and compare."""

import sys
from typing import Final

import msgspec

from api import verified
from api.cli.options import Data, read_settings, wait_for
from api.cli.progress import Progress
from api.database import database
from api.dispatch.dispatcher import now_us
from api.settings import Settings
from api.verify import Verdict
from api.verify import verify as look
from migrations import migrate
from projections.session import connect

FAULTY: Final = 2
"""Exit code: the check ran, and something is wrong."""


def verify(*, json: bool = False, data: Data = None) -> int:
    """Recompute positions, versions, hashes and every read model from the log, and compare.

    Neither log nor read models are changed, and a running platform goes on. When it was and what
    it found stays written down. Exit 2 when something is wrong.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    verdict = wait_for(_verify(read_settings(data)))
    print(msgspec.json.encode(verdict).decode() if json else _text(verdict))
    for fault in verdict.faults:
        print(fault, file=sys.stderr)
    return 0 if verdict.ok else FAULTY


async def _verify(settings: Settings) -> Verdict:
    progress = Progress("verifying")
    async with database(settings, "verify") as dsn:
        await migrate(dsn)
        verdict = await look(dsn, progress=progress)
        await _note(dsn, verdict)
    progress.close()
    return verdict


async def _note(dsn: str, verdict: Verdict) -> None:
    """Write down that it was looked at, for whoever asks next."""
    connection = await connect(dsn, "verified")
    try:
        await verified.note(connection, verdict, now_us())
    finally:
        await connection.close()


def _text(verdict: Verdict) -> str:
    said = f"{verdict.head:,} events in {verdict.cases:,} streams"
    if not verdict.ok:
        return f"{verdict.fault_count:,} faults: {said}"
    return f"ok: {said}, {len(verdict.read_models)} read models equal to a rebuild"
