"""What a figure rests on: the cases it counted, and the events that made them count.

A case's events are given as far as they bear on any figure: folding just these, by whatever
means, brings out the same milestones, so that anybody can work the figure out again.
"""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from projections.as_of import At, over
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold
from projections.figures.definitions import Definition, Duration
from projections.figures.measure import MeasureRow, measure_row
from projections.figures.queries import SQL, STATES, Window, bounds
from projections.port import Connection
from projections.seen import Seen

COLUMNS: Final = frozenset(MeasureRow.__struct_fields__)
UNTOLD: Final = frozenset({"id", "position", "updated_at"})
"""Columns that every event changes, or none."""
BEHIND: Final = ("assignment", "self_handled", "merged_at")
"""Facts that are no milestones themselves, but decide what a later event does to one."""
PLACE: Final = frozenset({"scope", "department"})
"""Columns that decide for whom a case counts."""
_WORD: Final = re.compile(r"[a-z_]+")


class Part(StrEnum):
    """Which of the cases behind a figure."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    LEFT_OUT = "left_out"


class Counted(msgspec.Struct, frozen=True):
    """A case behind a figure. `value` is a duration's, in microseconds, else None."""

    id: UUID
    in_numerator: bool
    value: int | None


@dataclass(frozen=True, slots=True)
class Reference:
    """An event that bears on a case's milestones; `sets` are the columns it changed."""

    seen: Seen
    sets: tuple[str, ...]


async def counted(
    connection: Connection,
    definition: Definition | Duration,
    part: Part,
    window: Window,
    *,
    scope: str = "",
    department: str | None = None,
    at: At | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[Counted]:
    """Return the cases behind one figure of an area or department, by id after `after`."""
    _, arguments = await bounds(connection, window, scope, at)
    numerator, measure = "false", "null::bigint"
    if isinstance(definition, Definition):
        numerator = definition.numerator
    else:
        measure = definition.measure
    text = (
        SQL["counted"]
        .replace(":numerator", numerator)
        .replace(":measure", measure)
        .replace(":columns", predicate(definition, part))
    )
    sql, given = over(text, STATES, [*arguments, department, after, limit], at)
    rows = await connection.fetch(sql, *given)
    return [Counted(row["id"], bool(row["counted"]), row["value"]) for row in rows]


def predicate(definition: Definition | Duration, part: Part) -> str:
    """Return the predicate of a part: SQL over one case, $1 and $2 the window's edges."""
    if isinstance(definition, Duration):
        return definition.cases if part is not Part.LEFT_OUT else "false"
    if part is Part.LEFT_OUT:
        return definition.left_out
    if part is Part.DENOMINATOR:
        return definition.denominator
    return f"({definition.denominator}) and ({definition.numerator})"


def looked_at(definition: Definition | Duration) -> frozenset[str]:
    """Return the columns that a definition looks at, with those that say for whom."""
    texts = [predicate(definition, part) for part in Part]
    if isinstance(definition, Duration):
        texts.append(definition.measure)
        texts += ["clocks", "pauses"] if definition.clock is not None else []
    words = {word for text in texts for word in _WORD.findall(text)}
    return (COLUMNS & words) | PLACE


def references(case: UUID, events: Iterable[Seen]) -> list[Reference]:
    """Return those of a case's events, in order, that bear on its milestones."""
    found: list[Reference] = []
    facts = CaseFacts(id=str(case))
    before = measure_row(facts)
    for seen in events:
        if seen.event is None:
            continue
        was, facts = facts, copy(facts)
        fold(facts, seen.event, seen.meta, seen.version, seen.position)
        row = measure_row(facts)
        sets = tuple(
            name
            for name in MeasureRow.__struct_fields__
            if name not in UNTOLD and getattr(row, name) != getattr(before, name)
        )
        if sets or _decides_later(was, facts):
            found.append(Reference(seen, sets))
        before = row
    return found


def _decides_later(was: CaseFacts, now: CaseFacts) -> bool:
    return any(getattr(was, name) != getattr(now, name) for name in BEHIND)


def up_to(events: Sequence[Seen], at: At) -> list[Seen]:
    """Return a case's events that a moment sees."""
    if at.effective_at is not None:
        return [one for one in events if one.meta.effective_at <= at.value]
    return [one for one in events if one.position <= at.position]
