"""From what a row states to the commands that put it on record. Pure.

A row that is new: report, flags, target, assignment, then what is dated, in the
order of its dates. A row that changed: one correction that names the fields, then
only what those fields state. Each step has a label; the same label is the same
command, so a second import, or one that was cut off, sends only what is missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.importers.areas import City
from api.importers.stated import DUPLICATE, Flag, Noted, Stated
from domain.case.commands import (
    FlagCase,
    StateAssignment,
    StateClose,
    StateCorrection,
    StateNote,
    StateReport,
    StateStatus,
    StateTarget,
)
from domain.case.values import Source as StatedSource
from domain.event import Command

PLAIN_OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a row, when the source says it was, and what makes it itself."""

    label: str
    command: Command
    at: int


@dataclass(frozen=True, slots=True)
class Before:
    """Where a case stands before a correction, which has no time of its own."""

    at: int
    closed: bool


def first_steps(city: City, row: Stated, digest: str) -> list[Step]:
    """Return the steps of a case that is not on record yet."""
    report = StateReport(
        source=StatedSource(source=city.source.name, source_id=row.source_id, digest=digest),
        number=row.source_id, category=city.category(row), place=city.place(row),
        description=row.description,
    )  # fmt: skip
    head = [Step("report", report, row.opened), *_flags(row.flags, row.opened)]
    head += _target(row) + _assignment(city, row)
    return head + _dated(row, _notes(row.notes) + _standing(row))


def correction_steps(
    city: City, row: Stated, digest: str, fields: Sequence[str], before: Before
) -> list[Step]:
    """Return the steps of a row that states `fields` otherwise than before."""
    groups, touched = city.source.groups, frozenset(fields)
    standing = bool(touched & groups.state)
    again = standing and before.closed and (not row.closed or bool(touched & groups.closing))
    named = row.department if touched & groups.department else None
    correction = StateCorrection(
        digest=digest, fields=tuple(fields),
        category=city.category(row) if touched & groups.category else None,
        place=city.place(row) if touched & groups.place else None,
        description=row.description if touched & groups.description else None,
        department=None if named is None else city.department(named),
        closed=False if again else None,
    )  # fmt: skip
    steps = [Step("correction", correction, before.at)]
    doubted = [flag for flag in row.flags if flag.field in touched or flag.rule == DUPLICATE]
    steps += _flags(doubted, before.at)
    steps += _target(row) if touched & groups.target else []
    later = _notes(row.notes) if touched & groups.notes else []
    if standing and row.closed and before.closed and not again:
        later += _notes([Noted("closed", _closing(row), row.closing_text)])
    elif standing:
        later += _standing(row)
    return steps + _dated(row, later)


def _flags(flags: Iterable[Flag], at: int) -> list[Step]:
    return [
        Step(f"flag|{flag.rule}|{flag.field}", FlagCase(rule=flag.rule, field=flag.field), at)
        for flag in flags
    ]


def _target(row: Stated) -> list[Step]:
    if row.target is None:
        return []
    return [Step(f"target|{row.target}", StateTarget(due=row.target), row.opened)]


def _assignment(city: City, row: Stated) -> list[Step]:
    if row.department is None:
        return []
    department = city.department(row.department)
    return [Step(f"assignment|{department}", StateAssignment(department=department), row.opened)]


def _notes(notes: Sequence[Noted]) -> list[Step]:
    """Notes that say the same at the same time are told apart by how many came before."""
    steps: list[Step] = []
    for index, note in enumerate(notes):
        twin = notes[:index].count(note)
        steps.append(
            Step(
                f"note|{note.at}|{note.kind}|{note.text}|{twin}",
                StateNote(kind=note.kind, note=note.text), note.at,
            )
        )  # fmt: skip
    return steps


def _standing(row: Stated) -> list[Step]:
    """Return where the source says the case stands: closed, or in its own word."""
    if row.closed:
        label = f"close|{row.closed_at}|{row.closing_text}"
        return [Step(label, StateClose(stated=row.closing_text), _closing(row))]
    if row.status.lower() == PLAIN_OPEN and row.status_note is None:
        return []
    label = f"status|{row.status}|{row.status_note}"
    stated = StateStatus(stated=row.status, note=row.status_note)
    return [Step(label, stated, row.status_at if row.status_at is not None else row.opened)]


def _closing(row: Stated) -> int:
    """When it was closed; where the source does not say, the last that it says of it."""
    if row.closed_at is not None:
        return row.closed_at
    return row.opened if row.status_at is None else row.status_at


def _dated(row: Stated, steps: Sequence[Step]) -> list[Step]:
    """In the order of their dates; what is dated before the opening keeps its place."""
    return sorted(steps, key=lambda step: max(step.at, row.opened))
