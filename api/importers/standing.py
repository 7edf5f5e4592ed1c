"""What is already on record of a row, read back from its stream, and what is still to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from api.importers.areas import City
from api.importers.digest import Marks, changed, merged, present
from api.importers.plan import Before, Step, correction_steps, first_steps
from api.importers.stated import Stated
from domain.case.events import (
    CaseClosed,
    CaseCorrected,
    CaseForceClosed,
    CaseReopened,
    CaseReported,
)
from domain.streams import imported_case_stream
from domain.topics import decode, decode_meta
from eventlog.record import Recorded


@dataclass(frozen=True, slots=True)
class Standing:
    """The last statement on record: its digest, the how-manieth it was, and what went before."""

    digest: str
    round: int
    fields: tuple[str, ...]
    before: Before
    at: int
    closed: bool
    commands: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Todo:
    """One case's missing steps in order, with their command ids."""

    stream: UUID
    rows: tuple[Stated, ...]
    steps: tuple[tuple[UUID, Step], ...]
    new: bool
    corrected: int
    unchanged: int


def on_record(events: Sequence[Recorded]) -> Standing | None:
    """Return what a stream's events say was stated last; None for an empty stream."""
    if not events:
        return None
    digest, number, fields = "", 0, tuple[str, ...]()
    at, closed, before = 0, False, Before(0, closed=False)
    for one in events:
        if one.topic == CaseCorrected.TOPIC:
            before = Before(at, closed=closed)
            event = decode(one.topic, one.schema, one.state)
            assert isinstance(event, CaseCorrected)
            digest, number, fields = event.digest, number + 1, event.fields
            closed = closed if event.closed is None else event.closed
        elif one.topic == CaseReported.TOPIC:
            reported = decode(one.topic, one.schema, one.state)
            assert isinstance(reported, CaseReported)
            digest = reported.source.digest if reported.source is not None else ""
        closed = _ENDS.get(one.topic, closed)
        at = decode_meta(one.meta).effective_at
    commands = frozenset(one.command_id for one in events)
    return Standing(digest, number, fields, before, at, closed, commands)


_ENDS: Final = {CaseClosed.TOPIC: True, CaseForceClosed.TOPIC: True, CaseReopened.TOPIC: False}


class Planner:
    """Says what is still to do for a case. Pure, given what is on record."""

    def __init__(self, city: City, marks: Marks) -> None:
        self._city = city
        self._marks = marks

    def stream(self, row: Stated) -> UUID:
        """Return the stream of a row's case."""
        return imported_case_stream(self._city.source.name, row.source_id)

    def todo(self, rows: tuple[Stated, ...], events: Sequence[Recorded]) -> Todo:
        """Return the missing steps of the rows of one case, oldest first."""
        stream, standing = self.stream(rows[0]), on_record(events)
        new, steps, kept = standing is None, list[tuple[UUID, Step]](), 0
        if standing is not None:
            same = [index for index, row in enumerate(rows) if not self._changes(standing, row)]
            if same:
                kept = same[-1] + 1
                steps += self._numbered(stream, standing, self._again(rows[same[-1]], standing))
        for row in rows[kept:]:
            standing, more = self._next(row, standing)
            steps += self._numbered(stream, standing, more)
        unchanged = kept if not steps or kept < len(rows) else kept - 1
        return Todo(
            stream, rows, tuple(steps), new, len(rows) - kept - (1 if new else 0), unchanged
        )

    def digest(self, row: Stated) -> str:
        """Return the digest of a row."""
        source = self._city.source
        return self._marks.digest(source.name, row.source_id, source.fields, row.values)

    def _changes(self, standing: Standing, row: Stated) -> tuple[str, ...]:
        return changed(standing.digest, self.digest(row), self._city.source.fields)

    def _again(self, row: Stated, standing: Standing) -> list[Step]:
        """Return the steps that led to what is on record: normally all there.

        A column that came since does not raise a flag now.
        """
        seen = present(standing.digest, self._city.source.fields)
        row = replace(row, flags=tuple(flag for flag in row.flags if flag.field in seen))
        if standing.round == 0:
            return first_steps(self._city, row, standing.digest)
        return correction_steps(self._city, row, standing.digest, standing.fields, standing.before)

    def _next(self, row: Stated, standing: Standing | None) -> tuple[Standing, list[Step]]:
        digest, closed = self.digest(row), row.closed
        if standing is None:
            steps = first_steps(self._city, row, digest)
            at = _last(steps)
            return Standing(digest, 0, (), Before(0, closed=False), at, closed, _NONE), steps
        fields = changed(standing.digest, digest, self._city.source.fields)
        digest = merged(standing.digest, digest, self._city.source.fields)
        before = Before(standing.at, closed=standing.closed)
        steps = correction_steps(self._city, row, digest, fields, before)
        at, number = max(standing.at, _last(steps)), standing.round + 1
        return Standing(digest, number, fields, before, at, closed, standing.commands), steps

    def _numbered(
        self, stream: UUID, standing: Standing, steps: Sequence[Step]
    ) -> list[tuple[UUID, Step]]:
        """Give each step its command id, and leave out those that are on record."""
        found = []
        for step in steps:
            said_once = step.label.startswith("note|")
            label = step.label if said_once else f"{standing.round}|{step.label}"
            command_id = self._marks.command_id(stream, label)
            if command_id not in standing.commands:
                found.append((command_id, step))
        return found


_NONE: Final[frozenset[UUID]] = frozenset()


def _last(steps: Sequence[Step]) -> int:
    return max(step.at for step in steps)
