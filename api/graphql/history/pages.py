"""Pages of a history: which stream, folded how, opened for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from api.graphql.context import Context
from api.graphql.errors import Forbidden
from api.graphql.history.folding import (
    CaseTeller,
    PlainTeller,
    Teller,
    Told,
    decoded,
    told,
)
from api.graphql.history.kept import account_shown, webhook_shown
from api.graphql.history.types import HistoryConnection, HistoryEdge, entry_of
from api.graphql.paging import connected, decode_cursor, encode_cursor, page_size
from api.privacy.opening import open_for
from domain.access import GRANTS, Action, Relation
from domain.account.decide import ACCOUNT
from domain.alarm.decide import ALARM
from domain.alert.decide import ALERT
from domain.calendar.decide import CALENDAR
from domain.catalogue.decide import CATALOGUE
from domain.directory.decide import AREA, DEPARTMENT, WORKER
from domain.grid.decide import GRID
from domain.privacy.purposes import Purpose
from domain.streams import (
    account_stream,
    alert_stream,
    area_stream,
    calendar_stream,
    catalogue_stream,
    department_stream,
    grid_stream,
    webhook_stream,
    worker_stream,
)
from domain.webhook.decide import WEBHOOK
from eventlog.record import Recorded

HISTORY: Final = "history"
NOBODYS: Final[frozenset[str]] = frozenset()
LONGEST: Final = 10_000
"""Events of a catalogue that are looked through for those about one category."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing with a history: its stream up to `version`, and what the reader may see of it.

    `owners` are those whose sealed words may be opened, `placed` whether a plain point may be
    shown, `purpose` is what the words are opened for, `about` picks the events that are told.
    """

    stream: UUID
    teller: Callable[[], Teller]
    version: int = LONGEST
    owners: frozenset[str] = NOBODYS
    placed: bool = True
    purpose: Purpose = Purpose.HANDLING
    about: Callable[[Told], bool] | None = None


def case_subject(
    case: UUID, version: int, owners: frozenset[str], *, placed: bool, purpose: Purpose
) -> Subject:
    """Return a case that the reader has been found to see."""
    return Subject(case, partial(CaseTeller, case), version, owners, placed, purpose)


def area_subject(code: str) -> Subject:
    """Return an area."""
    return Subject(area_stream(code), partial(Teller, AREA))


def grid_subject(code: str) -> Subject:
    """Return a grid."""
    return Subject(grid_stream(code), partial(Teller, GRID))


def department_subject(department: str) -> Subject:
    """Return a department."""
    return Subject(department_stream(department), partial(Teller, DEPARTMENT))


def worker_subject(worker: str, owners: frozenset[str]) -> Subject:
    """Return a worker."""
    return Subject(
        worker_stream(worker), partial(Teller, WORKER), owners=owners, purpose=Purpose.SUPERVISION
    )


def calendar_subject(calendar: str) -> Subject:
    """Return a working calendar."""
    return Subject(calendar_stream(calendar), partial(Teller, CALENDAR))


def account_subject(account: str) -> Subject:
    """Return an account."""
    return Subject(account_stream(account), partial(PlainTeller, ACCOUNT, account_shown))


def webhook_subject(webhook: str) -> Subject:
    """Return a webhook."""
    return Subject(webhook_stream(webhook), partial(PlainTeller, WEBHOOK, webhook_shown))


def alarm_subject(stream: UUID) -> Subject:
    """Return an alarm that the reader has been found to see, in all its cycles."""
    return Subject(stream, partial(Teller, ALARM))


def alert_subject(device: str, alert: str) -> Subject:
    """Return an alert."""
    return Subject(alert_stream(device, alert), partial(Teller, ALERT))


def catalogue_subject(owner: str) -> Subject:
    """Return an area's own policy."""
    return Subject(catalogue_stream(owner), partial(Teller, CATALOGUE))


def category_subject(owner: str, code: str) -> Subject:
    """Return one category: what its catalogue says of it and of rules for just this one."""
    return Subject(
        catalogue_stream(owner), partial(Teller, CATALOGUE),
        about=lambda one: code in (_of(one, "code"), _of(one, "category")),
    )  # fmt: skip


def _of(one: Told, name: str) -> str:
    return str(getattr(one.event, name, ""))


def staff_only(context: Context) -> None:
    """Let those on who may see timelines otherwise than as a reporter. Raises Forbidden."""
    relation = GRANTS[Action.READ_TIMELINE].get(context.actor.role)
    if relation in (None, Relation.OWN_CASE):
        raise Forbidden("the history of the district is for those who work in it")


async def page_of_history(
    context: Context, subject: Subject, first: int, after: str | None
) -> HistoryConnection:
    """Return a page of a history, oldest first. The caller has asked whether the reader may."""
    size, start = page_size(first), decode_cursor(HISTORY, after)
    known = int(start[0]) if start else 0
    events = await _events(context, subject, known + size + 1)
    steps = [
        one
        for one in await _told(context, subject, events)
        if one.recorded.version > known and (subject.about is None or subject.about(one))
    ]
    edges = [
        HistoryEdge(
            cursor=encode_cursor(HISTORY, (one.recorded.version,)),
            node=entry_of(one, owners=subject.owners, placed=subject.placed),
        )
        for one in steps[:size]
    ]
    return connected(HistoryConnection, edges, len(steps) > size, after)


async def all_told(context: Context, subject: Subject) -> list[Told]:
    """Return every event of a thing up to its version, with the states around it."""
    return await _told(context, subject, await _events(context, subject, LONGEST))


async def _events(context: Context, subject: Subject, enough: int) -> list[Recorded]:
    most = subject.version if subject.about else min(subject.version, enough)
    return await context.platform.log.read_stream(subject.stream, 0, most)


async def _told(context: Context, subject: Subject, recorded: list[Recorded]) -> list[Told]:
    events = decoded(recorded)
    if subject.owners:
        platform = context.platform
        events = await open_for(
            context.identity, platform.vault, platform.access, subject.stream, events,
            wanted=lambda field: field.owner in subject.owners,
            purpose=subject.purpose, request=context.request_id,
        )  # fmt: skip
    return list(told(subject.teller(), zip(recorded, events, strict=True)))
