"""`quanke audit …`: judge an export with a key that was held elsewhere. Needs no platform."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import App, Parameter

from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.settings import Settings
from eventlog import seals
from eventlog.audit.verify import BadExport, Export, Verdict
from eventlog.audit.verify import verify as judge
from eventlog.connection import connect
from eventlog.tlog.notes import BadNote, Verifier, parse_vkey
from eventlog.tlog.proofs import BadProof
from eventlog.tlog.receipt import check_receipt, parse_receipt
from migrations import migrate

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
    print(wait_for(_vkey(read_settings(data))))


async def _vkey(settings: Settings) -> str:
    async with database(settings, "audit") as dsn:
        await migrate(dsn)
        connection = await connect(dsn, "quanke audit")
        try:
            seal = await seals.latest(connection)
        finally:
            connection.terminate()
    if seal is None:
        raise Failed("nothing is sealed yet: start the platform, or quanke sealer")
    return seal.vkey
