"""`quanke subject erase|export|hold|lift|retention`: what the privacy officer does by hand."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
from cyclopts import App as Commands

from api.auth.tokens import Identity
from api.cli.catching_up import built
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.privacy.naming import subject_named
from api.privacy.schedule import Due, due_now
from api.settings import Settings
from api.wiring import App
from domain.actor import Actor, Role
from domain.errors import Rejected
from domain.event import Command
from domain.privacy.commands import EraseSubject, LiftLegalHold, PlaceLegalHold
from domain.privacy.decide import Cause
from domain.privacy.subjects import parse_subject, subject_stream
from domain.words import Kind, word

OFFICER: Final = Actor(id="system:privacy", role=Role.PRIVACY_OFFICER)
CAUGHT_UP_S: Final = 60.0

app: Final = Commands(
    name="subject",
    help="Erase, export or hold a subject's personal data; apply the retention schedules.",
    result_action="return_value",
)


@app.command
def erase(subject: str, *, reason: str, data: Data = None) -> None:
    """Destroy the keys of a subject: its words can be read by nobody any more, the log stays.

    Parameters
    ----------
    subject
        case:UUID, contact:UUID, worker:ID, account:ID, or a case by number, UUID or id.
        An erased account is closed: what it did stays under its opaque id.
    reason
        A cause (request, consent_withdrawn, purpose_met, unlawful), or your own words: they are
        sealed, and the cause is then request.
    """
    coded = reason in set(Cause) - {Cause.RETENTION, Cause.RESTORED}
    cause, words = (reason, None) if coded else (Cause.REQUEST.value, reason)
    print(wait_for(_erase(read_settings(data), subject, cause, words)))


@app.command
def export(subject: str, *, out: Path | None = None, data: Data = None) -> None:
    """Print everything there is about a subject as JSON, opened, and everybody who has looked.

    Parameters
    ----------
    subject
        As for erase.
    out
        Write to this new file (mode 0600) instead.
    """
    found = wait_for(_export(read_settings(data), subject))
    text = msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
    if out is None:
        sys.stdout.buffer.write(text)
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


@app.command
def hold(subject: str, *, name: str, reason: str, data: Data = None) -> None:
    """Place a legal hold: nothing of the subject may be erased until it is lifted.

    Parameters
    ----------
    subject
        As for erase.
    name
        Name of the hold, such as the file number of the order.
    reason
        Why, in your own words; sealed.
    """
    _file(read_settings(data), PlaceLegalHold(subject=subject, hold=name, reason=reason))


@app.command
def lift(subject: str, *, name: str, reason: str, data: Data = None) -> None:
    """Lift a legal hold.

    Parameters
    ----------
    subject
        As for erase.
    name
        Name of the hold.
    reason
        Why, in your own words; sealed.
    """
    _file(read_settings(data), LiftLegalHold(subject=subject, hold=name, reason=reason))


@app.command
def retention(*, apply: bool = False, limit: int = 1_000, data: Data = None) -> int:
    """List whose schedule is over, the longest due first; --apply erases them.

    What is held is left and said so. Exit 1 when some are left.

    Parameters
    ----------
    apply
        Erase what is listed.
    limit
        At most so many at a time.
    """
    return wait_for(_retention(read_settings(data), apply, limit))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[App]:
    async with database(settings, "subject") as dsn, App.open(settings, dsn) as opened:
        await built(opened)
        yield opened


async def _erase(settings: Settings, subject: str, cause: str, words: str | None) -> str:
    async with _opened(settings) as opened:
        named = await subject_named(opened.platform.pool, subject)
        command = EraseSubject(subject=named, cause=cause, reason=words)
        try:
            done = await opened.platform.eraser.erase(command, OFFICER, uuid4())
        except Rejected as rejected:
            raise _refused(rejected) from None
    if not done.first:
        return f"{named}: nothing is sealed any more, so nothing was erased"
    return f"{named}: erased, position {done.first}"


async def _export(settings: Settings, subject: str) -> dict[str, Any]:
    async with _opened(settings) as opened:
        named = await subject_named(opened.platform.pool, subject)
        try:
            return await opened.platform.exporter.export(named, Identity(OFFICER))
        except Rejected as rejected:
            raise _refused(rejected) from None


def _file(settings: Settings, command: PlaceLegalHold | LiftLegalHold) -> None:
    print(wait_for(_written(settings, command)))


async def _written(settings: Settings, command: Any) -> str:
    async with _opened(settings) as opened:
        named = await subject_named(opened.platform.pool, command.subject)
        meant: Command = msgspec.structs.replace(command, subject=named)
        try:
            done = await opened.platform.dispatcher.dispatch(
                meant,
                stream=subject_stream(str(parse_subject(named))),
                actor=OFFICER,
                command_id=uuid4(),
            )
        except Rejected as rejected:
            raise _refused(rejected) from None
    return f"{named}: written, position {done.first}" if done.first else f"{named}: as it was"


async def _retention(settings: Settings, apply: bool, limit: int) -> int:
    left = 0
    async with _opened(settings) as opened:
        platform = opened.platform
        for due in await due_now(platform, limit):
            said = await _apply(opened, due) if apply else "due"
            left += said not in ("due", "erased")
            print(f"{due.subject}\t{due.since}\t{said}")
    return int(left > 0)


async def _apply(opened: App, due: Due) -> str:
    command = EraseSubject(subject=due.subject, cause=Cause.RETENTION.value)
    try:
        await opened.platform.eraser.erase(command, OFFICER, uuid4())
    except Rejected as rejected:
        return rejected.code
    return "erased"


def _refused(rejected: Rejected) -> Failed:
    zh, en = word(Kind.REFUSAL, rejected.code)
    facts = ", ".join(f"{name} {_plain(value)}" for name, value in rejected.facts.items())
    return Failed(f"{rejected.code}: {en} · {zh}" + (f" ({facts})" if facts else ""))


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
