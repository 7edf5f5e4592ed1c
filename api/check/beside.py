"""Random questions about what is not a case: imports, alarms, alerts, and the register.

Asked only where there is something to be told, so that nearly every answer has something
in it. Where an alarm's case lies is today's, so it is left out of what is compared.
"""

import random
from typing import Any, Final

import msgspec

from api.check.questions import DAY_US, Ground, Kind, Question, scope_of
from api.reference import Earlier, Reference
from api.shortfalls import inventory
from eventlog.record import Position
from projections.alarm_list import queries as alarms
from projections.alarm_list.earlier import alarms_at, standing_at
from projections.alarm_list.queries import Seen
from projections.alert_list import queries as alerts
from projections.appeal_list import queries as appeals
from projections.as_of import At
from projections.case_board import queries as board
from projections.history import History
from projections.port import Connection

ALL: Final = Seen()


async def kinds(reads: Connection) -> tuple[Kind, ...]:
    """Return the questions that have an answer in a database."""
    asked: list[Kind] = [_register]
    for kind, table in _THERE:
        if await reads.fetchval(f"select exists (select from {table})"):
            asked.append(kind)
    return tuple(asked)


def _imports(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here)[:7]
    return Question(
        "imports", f"imports {scope}", lambda reads, at: board.imported(reads, scope, at=at)
    )


def _alarms(rng: random.Random, here: Ground) -> Question:
    middle = here.case.updated_at if here.case else here.clock
    window = rng.choice((
        (0, here.clock + 3 * DAY_US),
        (middle - rng.randrange(1, 60) * DAY_US, middle + rng.randrange(1, 60) * DAY_US),
    ))  # fmt: skip

    async def ask(reads: Connection, at: At | None) -> Any:
        log = History(reads)
        if at is None:
            rows, of = await alarms.standing(reads, ALL), None
        else:
            rows = await standing_at(reads, log, ALL, at)
            of = await alarms_at(reads, log, ALL, window, at)
        return (
            await alarms.counts(reads, ALL, *window, of),
            await alarms.busiest(reads, ALL, *window, of),
            [(one.number, one.kind, one.cycles)
             for one in await alarms.chattering(reads, ALL, *window, of)],
            [msgspec.structs.replace(row, scope="") for row in rows],
        )  # fmt: skip

    return Question("alarm_list", f"alarms {window}", ask)


def _alerts(rng: random.Random, here: Ground) -> Question:
    scope, limit = scope_of(rng, here)[:7], rng.randrange(1, 60)

    async def ask(reads: Connection, at: At | None) -> Any:
        found = [await alerts.undecided(reads, scope, None, limit, at=at)]
        for confirmed in (True, False):
            page = await alerts.decided(reads, scope, None, limit, confirmed=confirmed, at=at)
            found.append(page)
        return tuple(found) if any(found) else ()

    return Question("alert_list", f"alerts {scope} {limit}", ask)


def _appeals(rng: random.Random, here: Ground) -> Question:
    scope, limit = scope_of(rng, here)[:7], rng.randrange(1, 60)

    async def ask(reads: Connection, at: At | None) -> Any:
        found = [
            [
                # Where a case lies, and whether it is sensitive, is asked of today alone.
                msgspec.structs.replace(row, scope="", sensitive=False)
                for row in await appeals.page(reads, scope, None, None, limit, decided=one, at=at)
            ]
            for one in (None, True, False)
        ]
        return found if any(found) else ()

    return Question("appeal_list", f"appeals {scope} {limit}", ask)


def _register(rng: random.Random, here: Ground) -> Question:
    scope = scope_of(rng, here)

    async def ask(reads: Connection, at: At | None) -> Any:
        known = await _district(History(reads), at)
        return inventory(known, scope), known.webhooks, known.accounts, known.workers

    return Question("register", f"register {scope}", ask)


async def _district(log: History, at: At | None) -> Reference:
    """Return the district in memory as of a moment, of the whole log for None."""
    if at is not None:
        return await Earlier(log, Reference()).all_at(at)
    found, after = Reference(), Position(0)
    while page := await log.read_reference(after):
        after = page[-1].position
        found.apply_all(page)
    return found


_THERE: Final[tuple[tuple[Kind, str], ...]] = (
    (_imports, f"{board.SQL.schema}.board where basis = 'source'"),
    (_alarms, f"{alarms.SQL.schema}.alarm"),
    (_alerts, f"{alerts.SQL.schema}.alert"),
    (_appeals, f"{appeals.SQL.schema}.appeal"),
)
"""Which question is asked where which table has a row."""
