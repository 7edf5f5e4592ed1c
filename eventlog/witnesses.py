"""Asks the witnesses to cosign each new head, and keeps what they answer.

Beside the sealer, in its process: a witness that is slow or away holds up nothing, it
only comes later. Who they are stands in a file in the form of c2sp.org/tlog-policy, with
a line `witness NAME VKEY URL` each.
"""

import asyncio
import logging
import time
from base64 import b64encode
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx
import msgspec

from eventlog import seals
from eventlog.connection import Connection, connect
from eventlog.tlog.notes import COSIGNATURE, BadNote, Line, Note, Verifier, parse_lines, parse_vkey
from eventlog.tlog.notes import signers as signers_of
from eventlog.tlog.proofs import BadProof

PERIOD_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
TIMEOUT_S: Final = 10.0
REREAD_S: Final = 3.0
_LOG: Final = logging.getLogger(__name__)
_KEEP: Final = """
with kept as (
    insert into quanke_seal (log_epoch, size, note, vkey) values ($1, $2, $3, $4)
        on conflict (log_epoch, size) do update set vkey = excluded.vkey
    returning log_epoch, size)
insert into quanke_cosignature (log_epoch, size, witness, line)
select log_epoch, size, $5, $6 from kept
    on conflict (log_epoch, size, witness) do update set line = excluded.line
"""


class BadPolicy(ValueError):
    """The file of the witnesses can't be read; the message names the line."""


class Refused(Exception):
    """A witness said no, or nothing we understand."""


class Peer(msgspec.Struct, frozen=True):
    """A witness: its key and where it listens."""

    key: Verifier
    url: str


def peers(path: Path) -> list[Peer]:
    """Return the witnesses of a policy file; none when there is no file. Raises BadPolicy."""
    if not path.exists():
        return []
    lines = [line.split() for line in path.read_text("utf-8").splitlines()]
    return [_peer(words) for words in lines if words and words[0] == "witness"]


def _peer(words: list[str]) -> Peer:
    if len(words) != 4:
        raise BadPolicy(f"{' '.join(words)}: wanted is witness NAME VKEY URL")
    try:
        key = parse_vkey(words[2])
    except BadNote as error:
        raise BadPolicy(str(error)) from error
    if key.kind != COSIGNATURE:
        raise BadPolicy(f"{words[1]}: this is not the key of a witness")
    return Peer(key, words[3].rstrip("/"))


async def ask_for_ever(dsn: str, policy: Path) -> None:
    """Submit each new head to every witness of a policy file, which may change meanwhile."""
    known: list[Peer] = []
    while True:
        known = _reread(policy, known)
        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(_ask_for_ever(dsn, peer)) for peer in known]
            while _reread(policy, known) == known:
                await asyncio.sleep(REREAD_S)
            for one in asking:
                one.cancel()


def _reread(policy: Path, known: list[Peer]) -> list[Peer]:
    """Return the witnesses of the file, or those known where it can't be read."""
    try:
        return peers(policy)
    except (BadPolicy, OSError, UnicodeDecodeError) as error:
        _LOG.warning("%s: %s", policy, error)
        return known


async def _ask_for_ever(dsn: str, peer: Peer) -> None:
    pause_s = PERIOD_S
    while True:
        began = time.monotonic()
        try:
            await _ask_while_it_answers(dsn, peer)
        except Exception as error:  # a network, a database, another body's server
            _LOG.warning("the witness %s does not cosign: %s", peer.key.name, error)
        if time.monotonic() - began > LONGEST_PAUSE_S:
            pause_s = PERIOD_S
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _ask_while_it_answers(dsn: str, peer: Peer) -> None:
    connection = await connect(dsn, "quanke witnesses")
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as http:
            desk = Desk(connection, http, peer)
            while True:
                await desk.step()
                await asyncio.sleep(PERIOD_S)
    finally:
        connection.terminate()


class Desk:
    """Our side of one witness."""

    def __init__(self, connection: Connection, http: httpx.AsyncClient, peer: Peer) -> None:
        self._connection = connection
        self._http = http
        self._peer = peer
        self._size = 0
        self._epoch = 0

    async def step(self) -> bool:
        """Have the newest head cosigned; False when it is already.

        Raises Refused when the witness holds another history, or none we know.
        """
        seal = await seals.latest(self._connection)
        epoch, _ = await seals.epoch_and_origin(self._connection)
        if seal is None or (epoch == self._epoch and seal.size == self._size) or not seal.size:
            return False
        line = await self._cosigned(seal)
        await self._connection.execute(
            _KEEP, epoch, seal.size, _as_signed(seal), seal.vkey, self._peer.key.name, str(line)
        )
        self._epoch, self._size = epoch, seal.size
        return True

    async def _cosigned(self, seal: seals.Seal) -> Line:
        answer = await self._submit(seal, self._size)
        theirs = _their_size(answer)
        if theirs is not None and theirs <= seal.size and theirs != self._size:
            self._size = theirs
            answer = await self._submit(seal, theirs)
        if answer.status_code == HTTPStatus.CONFLICT:
            raise Refused(f"it holds another history of {answer.text.strip()} events than ours")
        if answer.status_code != HTTPStatus.OK:
            raise Refused(f"it answers {answer.status_code}: {answer.text.strip()[:200]}")
        lines = Note(seal.note.text, tuple(parse_lines(answer.text)))
        found = signers_of(lines, [self._peer.key])
        if not found:
            raise Refused("its answer holds no line of its key")
        return found[0][1]

    async def _submit(self, seal: seals.Seal, old: int) -> httpx.Response:
        try:
            path = await seals.extension(self._connection, old, seal.size)
        except (BadProof, seals.NotSealed) as error:
            raise Refused(f"no proof from {old} to {seal.size}: {error}") from error
        lines = [f"old {old}", *(b64encode(one).decode() for one in path)]
        body = "\n".join(lines) + f"\n\n{_as_signed(seal)}"
        return await self._http.post(f"{self._peer.url}/add-checkpoint", content=body.encode())


def _their_size(answer: httpx.Response) -> int | None:
    """Return where a witness stands, if it says that it is not where we thought."""
    text = answer.text.strip()
    conflict = answer.status_code == HTTPStatus.CONFLICT
    return int(text) if conflict and text.isdecimal() and len(text) < 20 else None


def _as_signed(seal: seals.Seal) -> str:
    """Return the note with the log's own line alone."""
    name = parse_vkey(seal.vkey).name
    return str(Note(seal.note.text, tuple(one for one in seal.note.lines if one.name == name)))
