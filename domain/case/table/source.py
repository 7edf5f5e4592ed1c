"""The rows of what a source states: no order of steps is asked of it, nothing is invented."""

from typing import Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.guards import relations, triage
from domain.case.reasons import NoteKind
from domain.case.table.row import (
    ANY,
    NEW,
    REPORTED,
    SOURCE,
    VALUE,
    Row,
    needs,
)
from domain.case.values import Status

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    Row(
        c.StateReport, NEW, (REPORTED,), {Role.IMPORT: relations.anyone}, (),
        needs("policy", "category"),
    ),
    Row(c.StateAssignment, ANY, tuple(Status), SOURCE),
    Row(c.StateTarget, ANY, (), SOURCE),
    Row(c.StateStatus, ANY, (), SOURCE),
    Row(c.StateNote, ANY, (), SOURCE, (triage.coded("kind", NoteKind, VALUE),)),
    Row(c.StateClose, ANY, tuple(Status), SOURCE),
    Row(c.StateCorrection, ANY, tuple(Status), SOURCE),
    Row(c.FlagCase, ANY, (), SOURCE),
)
# fmt: on
