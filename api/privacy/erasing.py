"""Erase a subject: say so in the log, destroy the keys, purge what hangs on them.

The event comes first and names the keys by id. Whoever crashes between the event and the
destruction is made good by the next process that reads the log: `follow` destroys what any
erasure in it names. The same ids are kept beside the key file, outside the database, so
that a restored backup can't bring anybody back.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import structlog

from api.attachments.attachments import Attachments
from api.attachments.storage import StorageFailed
from api.auth.logins import forget_logins
from api.auth.passwords import Passwords
from api.auth.presence import Presence
from api.dispatch.dispatcher import Dispatched, Dispatcher
from domain.account.commands import CloseAccount
from domain.actor import Actor, Role
from domain.privacy.commands import EraseSubject
from domain.privacy.events import SubjectErased
from domain.privacy.subjects import parse_subject, subject_stream
from domain.topics import decode
from eventlog.errors import LogBusy, LogUnavailable, VersionConflict
from eventlog.postgres import PostgresLog
from eventlog.record import Position, Recorded
from eventlog.vault import Vault

ERASED_FILE: Final = "erased"
"""In the keys directory: one line a destroyed key, its id and its subject's."""

AGAIN_S: Final = 1.0
KEEPER: Final = Actor(id="system:privacy", role=Role.ADMINISTRATOR)
CLOSED: Final = "personal data erased"
LOG: Final = structlog.get_logger("quanke.erasing")
Purge = Callable[[str], Awaitable[None]]
"""Removes what belongs to a subject outside the log: files, copies. Twice is harmless."""


class Eraser:
    """Erases on command, and sees to erasures of others. One per process."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        log: PostgresLog,
        vault: Vault,
        keys_dir: Path,
        purges: Sequence[Purge] = (),
    ) -> None:
        self._dispatcher = dispatcher
        self._log = log
        self._vault = vault
        self._list = keys_dir / ERASED_FILE
        self.purges = list(purges)

    async def erase(
        self, command: EraseSubject, actor: Actor, command_id: UUID, basis: str = "observed"
    ) -> Dispatched:
        """Erase a subject; when this returns its keys are gone for every process.

        No events: there was nothing left to erase. Raises Rejected with the reason, LogBusy,
        LogUnavailable (send the same command id again).
        """
        subject = parse_subject(command.subject)
        done = await self._dispatcher.dispatch(
            command,
            stream=subject_stream(str(subject)),
            actor=actor,
            command_id=command_id,
            basis=basis,
        )
        if done.first:
            written = await self._log.read_all(Position(done.first - 1), done.last - done.first + 1)
            await self.settle(erasures(written))
        return done

    async def settle(self, erased: Sequence[SubjectErased]) -> int:
        """Destroy the keys that erasures name, purge, and return how many keys were left."""
        keys = {UUID(key): one.subject for one in erased for key in one.keys}
        if not keys:
            return 0
        remember(self._list, keys)
        gone = await self._vault.destroy_keys(list(keys))
        for subject in dict.fromkeys(one.subject for one in erased):
            self._vault.drop(subject)
            for purge in self.purges:
                await purge(subject)
        return len(gone)

    async def follow(self) -> None:
        """See to every erasure in the log, from its beginning and for ever."""
        async for page in self._log.follow_reference(Position(0)):
            while not await self._settled(erasures(page)):
                await asyncio.sleep(AGAIN_S)

    async def _settled(self, erased: Sequence[SubjectErased]) -> bool:
        """Settle; False while the database or a disk does not answer."""
        try:
            await self.settle(erased)
        except (LogBusy, LogUnavailable, VersionConflict, StorageFailed, OSError) as error:
            LOG.warning("an erasure must wait", error=str(error))
            return False
        return True


def pictures(attachments: Attachments) -> Purge:
    """Return the purge of a case's pictures. Raises StorageFailed: to be called again."""

    async def purge(subject: str) -> None:
        kind, _, key = subject.partition(":")
        if kind == "case":
            await attachments.purge(UUID(key))

    return purge


def sign_ins(dispatcher: Dispatcher, passwords: Passwords, presence: Presence) -> Purge:
    """Return the purge of an account: closed in the log, its logins, password, sessions forgotten.

    What it did stays, under its opaque id. Raises the log's errors: to be called again.
    """

    async def purge(subject: str) -> None:
        kind, _, account = subject.partition(":")
        if kind != "account":
            return
        closing = CloseAccount(account=account, reason=CLOSED)
        await dispatcher.dispatch(closing, actor=KEEPER, command_id=uuid4())
        forget_logins(dispatcher.reference, account)
        await passwords.forget(account)
        await presence.forget(account)

    return purge


def erasures(page: Iterable[Recorded]) -> list[SubjectErased]:
    """Return the erasures among recorded events."""
    found: list[SubjectErased] = []
    for one in page:
        if one.topic == SubjectErased.TOPIC:
            event = decode(one.topic, one.schema, one.state)
            assert isinstance(event, SubjectErased)
            found.append(event)
    return found


def remember(path: Path, erased: Mapping[UUID, str]) -> None:
    """Add destroyed keys and their subjects to the list; on disk when this returns."""
    known = remembered(path)
    fresh = {key: subject for key, subject in erased.items() if key not in known}
    if not fresh:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write("".join(f"{key} {subject}\n" for key, subject in fresh.items()).encode())
        file.flush()
        os.fsync(file.fileno())


def remembered(path: Path) -> dict[UUID, str]:
    """Return the destroyed keys of a list; a line cut short by a crash is left out."""
    if not path.exists():
        return {}
    lines = (line.split(" ") for line in path.read_text("utf-8").split("\n")[:-1])
    return {UUID(line[0]): line[1] for line in lines if len(line) == len(("key", "subject"))}
