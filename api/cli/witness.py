"""`quanke witness`: vouches for another's log, with a key and a disk of its own.

Meant to run where the log's keeper has no hand: another bureau, the neighbouring
district. It needs no database and none of the platform's data.
"""

import fcntl
import signal
from pathlib import Path
from typing import Annotated, Final

import anyio
from cyclopts import Parameter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.cli.audit import key_of
from api.cli.failure import Failed
from api.cli.options import wait_for
from api.cli.serving import free_socket, serving
from eventlog.tlog.held import Held
from eventlog.tlog.keyfile import private_key
from eventlog.tlog.notes import COSIGNATURE, PLAIN, BadNote, Signer, Verifier
from eventlog.tlog.witness import LONGEST_BODY, Witness

KEY_FILE: Final = "witness.key"
DEFAULT_PORT: Final = 8701

Logs = Annotated[list[str], Parameter(name="--log", negative=())]


def witness(
    *,
    directory: Annotated[Path, Parameter(name="--dir")],
    log: Logs,
    name: str = "quanke-witness",
    port: int = DEFAULT_PORT,
    host: str = "127.0.0.1",
) -> None:
    """Cosign the heads of logs that only ever grow; Ctrl-C stops it.

    Parameters
    ----------
    directory
        Where its key and the last head of each log lie; made when it is not there.
    log
        The key of a log to vouch for, or a file that holds it; may be given several times.
    name
        Its own name, without spaces: what auditors will see.
    port
        The port, or the next free one (0: any).
    host
        The address to listen at.
    """
    try:
        logs = [_log_key(one) for one in log]
    except BadNote as error:
        raise Failed(str(error)) from error
    wait_for(_serve(directory, name, logs, host, port))


def _log_key(text: str) -> Verifier:
    key = key_of(text)
    if key.kind != PLAIN:
        raise BadNote(f"{key.name}: this is the key of a witness, not of a log")
    return key


async def _serve(directory: Path, name: str, logs: list[Verifier], host: str, port: int) -> None:
    signer = Signer(name, private_key(directory / KEY_FILE), COSIGNATURE)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failed(f"{directory} is in use by another witness") from error
        listening = free_socket(host, port)
        async with serving(application(Witness(signer, logs, Held(directory))), listening):
            print(f"ready http://{host}:{listening.getsockname()[1]}", flush=True)
            print(f"  vkey {signer.verifier}", flush=True)
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    break


def application(witness: Witness) -> Starlette:
    """Return the web application of a witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return Response("too long\n", 413, media_type="text/plain")
        answer = witness.add_checkpoint(body)
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])
