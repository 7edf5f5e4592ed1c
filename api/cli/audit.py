"""`quanke audit …`: judge an export or a receipt with a key that was held elsewhere.

That needs no platform. `attest` and `state` are about the read models of one.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from cyclopts import App, Parameter

from api import attest as attestation
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.cli.progress import Progress
from api.database import database
from api.settings import Settings
from eventlog import seals
from eventlog.audit.verify import BadExport, Export, Verdict
from eventlog.audit.verify import verify as judge
from eventlog.connection import connect
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from eventlog.tlog.notes import BadNote, Verifier, parse_vkey
from eventlog.tlog.proofs import BadProof
from eventlog.tlog.receipt import check_receipt, parse_receipt
from migrations import migrate

T = TypeVar("T")

BAD: Final = 2
"""Exit code: it was judged, and it is not what was signed."""

app = App(name="audit", help="Judge an export of the log.", result_action="return_value")

Witness = Annotated[list[str] | None, Parameter(name="--witness", negative=())]


@app.command
def verify(
    directory: Path,
    /,
    *,
    vkey: str,
    since: Path | None = None,
    witness: Witness = None,
    quorum: int | None = None,
    json: bool = False,
) -> int:
    """Rebuild the root from the entries and hold it against the signature. Exit 2: it is bad.

    Parameters
    ----------
    directory
        What `quanke export` wrote.
    vkey
        The log's public key, or a file that holds it; not from the export or its bringer.
    since
        An older export or checkpoint that you hold: this one must extend it.
    witness
        The key of a witness that must have cosigned; may be given several times.
    quorum
        How many of the witnesses are enough; all when left out.
    json
        Print one JSON object.
    """
    verdict = _judged(directory, vkey, since, witness or [], quorum)
    print(_json(verdict) if json else _text(verdict))
    return 0 if verdict.ok else BAD


def _judged(
    directory: Path, vkey: str, since: Path | None, witnesses: list[str], quorum: int | None
) -> Verdict:
    try:
        keys = [key_of(one) for one in witnesses]
        old = None if since is None else Export(since)
        return judge(Export(directory), key_of(vkey), old, keys, quorum)
    except (BadExport, BadNote) as error:
        raise Failed(str(error)) from error


def key_of(text: str) -> Verifier:
    """Return the key of a vkey, or of a file that holds one. Raises BadNote."""
    path = Path(text)
    return parse_vkey(path.read_text() if "+" not in text and path.is_file() else text)


@app.command
def receipt(file: Path, /, *, vkey: str, entry: Path | None = None) -> int:
    """Check that an event was in the log when the head in its receipt was signed.

    Parameters
    ----------
    file
        The receipt, POSITION.tlog-proof.
    vkey
        The log's public key, or a file that holds it.
    entry
        The event's leaf entry, where the receipt has none in its `extra` line.
    """
    try:
        found = parse_receipt(file.read_bytes())
        said = found.extra if entry is None else entry.read_bytes()
        head = check_receipt(found, said, key_of(vkey))
    except (BadNote, BadProof) as error:
        print(f"BAD: {error}")
        return BAD
    print(f"ok: position {found.index + 1} of {head.size:,} in {head.origin}")
    print(said.decode(errors="replace"))
    return 0


@app.command
def attest(*, data: Data = None) -> None:
    """Put the digest of every read model into the log, as happens each night."""

    async def work(dsn: str) -> Position:
        async with PostgresLog.open(dsn) as log:
            return await attestation.attest(dsn, log)

    print(f"attested at position {wait_for(_on(read_settings(data), work))}")


@app.command
def state(position: int | None = None, /, *, json: bool = False, data: Data = None) -> int:
    """Replay the log up to an attested position and compare every read model. Exit 2: differs.

    Parameters
    ----------
    position
        The attested position, or that of the attestation; the newest when left out.
    json
        Print one JSON object.
    """
    progress = Progress("replaying")

    async def work(dsn: str) -> attestation.Compared:
        async with PostgresLog.open(dsn) as log:
            return await attestation.compare(dsn, log, position, progress)

    found = wait_for(_on(read_settings(data), work))
    progress.close()
    print(msgspec.json.encode(found).decode() if json else _said(found))
    return BAD if found.differ else 0


def _said(found: attestation.Compared) -> str:
    lines = [f"BAD: {name} differs from what was attested" for name in found.differ]
    lines.append(f"ok: {len(found.agree)} read models are as attested at {found.position:,}")
    lines += [f"not comparable: {name}, this release has another version" for name in found.unknown]
    return "\n".join(lines)


async def _on(settings: Settings, work: Callable[[str], Awaitable[T]]) -> T:
    async with database(settings, "audit") as dsn:
        await migrate(dsn)
        return await work(dsn)


def _text(verdict: Verdict) -> str:
    said = [f"BAD: {fault}" for fault in verdict.faults]
    said += [f"ok: {one}" for one in verdict.said]
    return "\n".join([*said, *verdict.limits])


def _json(verdict: Verdict) -> str:
    return msgspec.json.encode(
        {
            "ok": verdict.ok,
            "origin": verdict.origin,
            "size": verdict.size,
            "faults": verdict.faults,
            "said": verdict.said,
            "limits": verdict.limits,
        }
    ).decode()


@app.command
def vkey(*, data: Data = None) -> None:
    """Print the key that the log is signed with, to be handed to auditors and witnesses."""
    print(wait_for(_on(read_settings(data), _newest_key)))


async def _newest_key(dsn: str) -> str:
    connection = await connect(dsn, "quanke audit")
    try:
        seal = await seals.latest(connection)
    finally:
        connection.terminate()
    if seal is None:
        raise Failed("nothing is sealed yet: start the platform, or quanke sealer")
    return seal.vkey
